"""What is known: one TOML file a condition, the shared tables, and their words for people."""

from kossa.conditions.knowledge import Condition, Knowledge, Likelihood
from kossa.conditions.load import BadKnowledge, load

__all__ = ["BadKnowledge", "Condition", "Knowledge", "Likelihood", "load"]
