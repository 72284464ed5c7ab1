"""What can be done: options with aim, evidence, needs and cautions; never orders, never doses."""

from kossa.care.first_question import Problem, problem
from kossa.care.person_options import options

__all__ = ["Problem", "options", "problem"]
