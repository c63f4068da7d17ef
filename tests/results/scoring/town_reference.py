"""The town's score in plain Python: companions, floors, bars; written from the design of the score, not from the code.

A system is (code, framework, measures, share, floor or None).
"""

from math import sqrt

from tests.results.scoring import reference


def town(systems):
    """The composite line as {low, expected, high, measured, likely}; each system's line by code; the floors that bar."""
    lines = {code: reference.score(framework, measures)[""] for code, framework, measures, *_ in systems}
    shares = {code: share for code, *_, share, _floor in systems}
    whole = sum(shares.values())
    shares = {code: share / whole for code, share in shares.items()}
    low, high, measured = (sum(shares[code] * lines[code][place] for code in lines) for place in (0, 2, 3))
    known = [code for code in lines if lines[code][1] is not None]
    told = {"low": low, "high": high, "measured": measured, "expected": None, "likely": (0.0, 100.0)}
    if known:
        mine = sum(shares[code] for code in known)
        kin = {place: sum(shares[code] * lines[code][place] for code in known) / mine for place in (1,)}
        kin_down, kin_up = (_chance(known, shares, lines, place, mine) for place in (4, 5))
        expected = sum(shares[code] * (lines[code][1] if code in known else kin[1]) for code in lines)
        downs = [shares[code] * (lines[code][1] - lines[code][4] if code in known else kin_down) for code in lines]
        ups = [shares[code] * (lines[code][5] - lines[code][1] if code in known else kin_up) for code in lines]
        told["expected"] = expected
        told["likely"] = (expected - sqrt(sum(d * d for d in downs)), expected + sqrt(sum(u * u for u in ups)))
    return told, lines


def _chance(known, shares, lines, place, mine):
    return sqrt(sum((shares[code] / mine * (lines[code][place] - lines[code][1])) ** 2 for code in known))


def losses(systems):
    """{(system, standard, method): (lost, at risk)} in points of the town's total."""
    found = {}
    whole = sum(share for *_, share, _floor in systems)
    for code, framework, measures, share, _floor in systems:
        parts, _values, _registered = reference.parts_of(framework, measures)
        reference.weigh(framework, parts)
        for part in parts:
            key = code, part["standard"], part["method"]
            lost, risk = found.get(key, (0.0, 0.0))
            points = part["coef"] * share / whole
            if part["value"] is None:
                found[key] = lost, risk + points
            else:
                found[key] = lost + points * (1 - part["value"]), risk
    return {key: both for key, both in found.items() if sum(both) > 1e-9}
