"""What is known: one TOML file a condition, the shared tables, and their words for people."""

from kossa.conditions.files import BadKnowledge, load
from kossa.conditions.knowledge import Condition, Knowledge, Likelihood

__all__ = ["BadKnowledge", "Condition", "Knowledge", "Likelihood", "load"]
