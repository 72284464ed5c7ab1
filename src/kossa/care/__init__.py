"""What can be done: options with aim, evidence, needs and cautions; never orders, never doses."""

from kossa.care.options import options
from kossa.care.problem import Problem, problem

__all__ = ["Problem", "options", "problem"]
