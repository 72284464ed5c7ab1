"""Findings and knowledge -> kinds and causes with reasons, next tests, safety floors, flips."""

from kossa.diagnosis.output import case_output
from kossa.diagnosis.weigh import Case, flips, prepare, weigh

__all__ = ["Case", "case_output", "flips", "prepare", "weigh"]
