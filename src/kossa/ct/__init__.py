"""The reader of computed tomography: `examine` takes files and gives deposits and findings."""
