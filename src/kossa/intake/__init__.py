"""What is in a folder, and the only guarded ways to open it.

This room sorts by content, holds budgets, and keeps paths and identities to itself.
"""
