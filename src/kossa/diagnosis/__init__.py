"""Findings and knowledge -> kinds and causes with reasons, next tests, safety floors, flips."""

from kossa.diagnosis.answer import Case, flips, prepare, weigh
from kossa.diagnosis.first_question import calcification_state
from kossa.diagnosis.output import case_output

__all__ = ["Case", "calcification_state", "case_output", "flips", "prepare", "weigh"]
