"""The version that every output carries. It stands here because no room imports the root package."""

from __future__ import annotations

__all__ = ["VERSION"]

VERSION = "0.1.0"
