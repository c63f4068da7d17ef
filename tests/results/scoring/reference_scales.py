"""Scales and Wilson's limits in plain Python."""

import itertools
from math import sqrt


def through(scale, rate):
    points = [(float(x), float(y)) for x, y in scale]
    if rate <= points[0][0]:
        return points[0][1]
    for (a, b), (c, d) in itertools.pairwise(points):
        if rate <= c:
            return b + (d - b) * (rate - a) / (c - a)
    return points[-1][1]


def wilson(k, n, z):
    p = k / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(0.0, middle - half), min(1.0, middle + half)
