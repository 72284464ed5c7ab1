"""Anatomy as smooth implicit shapes, from the top of the lungs to the upper thigh.

Coordinates are those of a reference man of 1.72 m in millimetres: x to his left, y to his back, z up;
the middle of the hip joints is z = 0. A `Frame` stretches, turns and leans him into a person in LPS.
"""
