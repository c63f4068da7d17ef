"""For the time being."""

import math
from decimal import Decimal


def distance_m(a: tuple[Decimal, Decimal], b: tuple[Decimal, Decimal]) -> float:
    return math.hypot(float(a[0] - b[0]) * 96000, float(a[1] - b[1]) * 111000)
