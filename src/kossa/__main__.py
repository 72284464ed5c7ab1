"""`python -m kossa` is `kossa`."""

from kossa.cli.start import run

run()
