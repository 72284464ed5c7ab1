"""Days as results and findings carry them, and from when on a result is old."""

from __future__ import annotations

from datetime import date

__all__ = ["STALE_DAYS", "day_of"]

STALE_DAYS = 365  # clinical reference, section 3.7: a result older than twelve months weighs less


def day_of(text: str | None) -> date | None:
    """Return the calendar day at the beginning of an ISO 8601 text; None where it names no whole day."""
    try:
        return date.fromisoformat((text or "")[:10])
    except ValueError:
        return None
