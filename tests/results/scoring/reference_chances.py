"""How far chance may move a line, in plain Python: written from docs/reference/interval.md, not from the code."""

from collections import defaultdict
from math import sqrt

from tests.results.scoring.reference_scales import through, wilson


class Town:
    """What the whole town teaches: values by (check, type) and site, sites in the register by type."""

    def __init__(self, values, registered, kinds):
        self.values, self.registered = {cell: seen for cell, seen in values.items() if seen}, registered
        whole = [value for seen in self.values.values() for value in seen.values()]
        rate = (sum(whole) + 0.5) / (len(whole) + 1)
        self.rates = {}
        for kind in kinds:
            mine = [value for (_, one), seen in self.values.items() if one == kind for value in seen.values()]
            self.rates[kind] = (sum(mine) + rate) / (len(mine) + 1)
        self.means = {cell: sum(seen.values()) / len(seen) for cell, seen in self.values.items()}
        coins = {cell: self.lean(cell) * (1 - self.lean(cell)) for cell in self.values}
        squares = found = 0.0
        for cell, seen in self.values.items():
            n = len(seen)
            if n > 1:
                squares += sum((value - self.means[cell]) ** 2 for value in seen.values()) * n / (n - 1)
                found += n * coins[cell]
        self.spread = min(1.3, (squares + 1) / (found + 1))
        self.widths = {cell: sqrt(coin * self.spread) for cell, coin in coins.items()}
        self.cluster = self._cluster()

    def lean(self, cell):
        seen = self.values[cell]
        return (sum(seen.values()) + self.rates[cell[1]]) / (len(seen) + 1)

    def finite(self, cell):
        n = len(self.values[cell])
        return sqrt(max(0.0, 1 - n / max(n, self.registered[cell[1]])))

    def off(self, cell, site):
        """How far a site's value lies from its cell's mean, as wide as from the truth."""
        n = len(self.values[cell])
        return (self.values[cell][site] - self.means[cell]) * sqrt(n / (n - 1)) if n > 1 else 0.0

    def _cluster(self):
        by_site = defaultdict(list)
        for cell, seen in self.values.items():
            for site in seen:
                by_site[site].append(cell)
        found = possible = 0.0
        typical = []
        for site, cells in by_site.items():
            pairs = [(one, two) for one in cells for two in cells if one != two]
            found += sum(self.off(one, site) * self.off(two, site) for one, two in pairs)
            many = [(one, two) for one, two in pairs if len(self.values[one]) > 1 and len(self.values[two]) > 1]
            possible += sum(self.widths[one] * self.widths[two] for one, two in many)
            typical.append(sum(self.widths[one] * self.widths[two] for one, two in pairs))
        whole = sum(1 for one in typical if one > 0)
        prior = 2 * sum(typical) / whole if whole else 0.0
        if possible + prior <= 0:
            return 0.3
        return min(1.0, max(0.0, (found + 0.3 * prior) / (possible + prior)))


def by_type(town, weights):
    """(variance, freedom, lean, bend) of each site type, for a line that weighs its cells so."""
    kinds = defaultdict(dict)
    for cell, weight in weights.items():
        if weight > 0 and town.finite(cell) > 0:
            kinds[cell[1]][cell] = weight
    for cells in kinds.values():
        whole = sum(cells.values())
        widths = {
            cell: weight * town.widths[cell] / sqrt(len(town.values[cell])) * town.finite(cell)
            for cell, weight in cells.items()
        }
        wide = sum(widths.values())
        model = town.cluster * wide**2 + (1 - town.cluster) * sum(width**2 for width in widths.values())
        lost = sum(weight * (1 - town.lean(cell)) for cell, weight in cells.items()) / whole
        coin = lost * (1 - lost)
        finite = sum(weight * town.finite(cell) for cell, weight in cells.items()) / whole
        rare = model * (1 - 2 * lost) ** 2 / (whole * coin * finite) ** 2
        more = sum(widths[cell] * len(town.values[cell]) for cell in cells) / wide - 1
        freedom = more / (1 + more * rare / 2)
        moved = defaultdict(float)
        for cell, weight in cells.items():
            n = len(town.values[cell])
            for site in town.values[cell]:
                moved[site] += weight * town.off(cell, site) * town.finite(cell) / n
        found = sum(move**2 for move in moved.values())
        variance = (freedom * found + 5 * model) / (freedom + 5)
        yield variance, freedom + 5, variance**2 * (1 - 2 * lost) / (whole * coin), variance**3 / whole**2 / coin


def answer(scale, k, n, z):
    """(down, up, lean) of a question's attainment."""
    rate, fewer = k / n, max(n - 4, 1)
    first, last = wilson(rate * fewer, fewer, z)
    half = (last - first) / 2
    low, middle, high = through(scale, rate - half), through(scale, rate), through(scale, rate + half)
    centre = (k + z * z / 2) / (n + z * z)
    slope = (high - low) / (2 * half)
    return middle - low, high - middle, slope**3 * centre * (1 - centre) * (2 * centre - 1) / n**2


def student(z, vague):
    """Student's quantile by its expansion in one over the degrees of freedom."""
    one = min(0.5, vague)
    return (
        z
        + one * (z**3 + z) / 4
        + one**2 * (5 * z**5 + 16 * z**3 + 3 * z) / 96
        + one**3 * (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    )


def swing(town, weights, asked, z):
    """(down, up): ``weights`` by cell, ``asked`` a list of (weight, scale, positive, valid)."""
    types = list(by_type(town, weights))
    field = sum(one[0] for one in types)
    down = up = 0.0
    lean = sum(one[2] for one in types)
    for weight, scale, k, n in asked:
        a, b, leaning = answer(scale, k, n, z)
        down, up, lean = down + (weight * a / z) ** 2, up + (weight * b / z) ** 2, lean + weight**3 * leaning
    whole = field + (down + up) / 2
    if whole <= 0:
        return 0.0, 0.0
    vague = sum(one[0] ** 2 / one[1] for one in types) / whole**2 + 0.25 * lean**2 / (2 * whole**3)
    t = student(z, vague)
    bent = 1 + t * t * sum(one[3] for one in types) / whole**2
    shift = t * t / 2 * lean / whole / bent
    return sqrt(t * t / sqrt(bent) * (field + down) + shift**2) + shift, sqrt(
        t * t / sqrt(bent) * (field + up) + shift**2
    ) - shift
