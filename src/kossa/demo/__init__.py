"""Virtual people made, read cold, and compared with their truth."""
