"""A work-up as a page for people and as files for machines."""
