"""A body with known deposits, scanned and written to disk as a hospital would.

It shares no code with the readers that are tested on it.
"""
