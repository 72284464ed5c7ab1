"""The conductor: intake, readers, diagnosis and care, in this order."""
