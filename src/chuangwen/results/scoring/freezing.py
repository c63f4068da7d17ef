"""The inputs of a round as JSON: written when it closes, read years later to the same digits."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any

import numpy as np

from chuangwen.kernel.chain import canonical
from chuangwen.results.scoring.arithmetic.inputs import Deduction, Entries, Measures, Register
from chuangwen.results.scoring.arithmetic.lines import FULL_MARKS, Line
from chuangwen.results.scoring.arithmetic.town import Town

ARITHMETIC = 2
"""The edition of the arithmetic. A round keeps the one it was closed under; under another its stored digits stand."""
EVERY_TYPE = frozenset(range(1_000))


def frozen_inputs(measures: Measures) -> dict[str, Any]:
    """Everything a score depends on besides its edition. Whole numbers and texts only."""
    entries, register = measures.entries, measures.register
    return {
        "register": {
            "types": register.types.tolist(),
            "owners": register.owners.tolist(),
            "owner_codes": list(register.owner_codes),
            "absent": sorted(register.absent),
        },
        "entries": {
            name: getattr(entries, name).tolist() for name in ("site", "position", "count", "total", "skipped")
        },
        "grades": dict(measures.grades),
        "tallies": {code: list(counts) for code, counts in measures.tallies.items()},
        "local_tallies": [[code, owner, *counts] for (code, owner), counts in measures.local_tallies.items()],
        "figures": {code: [str(one) for one in counts] for code, counts in measures.figures.items()},
        "locked": measures.locked,
        "deductions": [[one.code, one.title, one.effect, str(one.points)] for one in measures.deductions],
        "leads": dict(measures.leads),
    }


def thawed_inputs(data: Mapping[str, Any]) -> Measures:
    """The same measures again. Before 2026-12 no type was stated absent: one without a site was taken for absent."""
    register, entries = data["register"], data["entries"]
    columns = {name: np.array(values, dtype=np.int64) for name, values in entries.items()}
    return Measures(
        register=Register(
            np.array(register["types"], dtype=np.int64),
            np.array(register["owners"], dtype=np.int64),
            register["owner_codes"],
            frozenset(register["absent"]) if "absent" in register else EVERY_TYPE,
        ),
        entries=Entries(**columns),
        grades=data["grades"],
        tallies={code: (positive, valid) for code, (positive, valid) in data["tallies"].items()},
        local_tallies={(code, owner): (positive, valid) for code, owner, positive, valid in data["local_tallies"]},
        figures={code: (Decimal(part), Decimal(whole)) for code, (part, whole) in data["figures"].items()},
        locked=data["locked"],
        deductions=[
            Deduction(code, title, effect, Decimal(points)) for code, title, effect, points in data["deductions"]
        ],
        leads=data["leads"],
    )


@dataclass(frozen=True)
class Kept:
    """What a closed round keeps of its score: the day, the town's line, each system's by its code."""

    on: date
    total: Line
    systems: Mapping[str, Line]


def sealed_lines(town: Town) -> dict[str, Any]:
    """The lines of a score as they are sealed."""
    return {"total": asdict(town.line), "systems": {one.code: asdict(one.total) for one in town.systems}}


def stored_lines(frozen: Mapping[str, Any]) -> Kept:
    """The lines of a closed round, digit for digit."""
    on = date.fromisoformat(str(frozen["result"]["round"]["on"])[:10])
    lines = sealed_before(frozen)
    return Kept(on, _sealed(lines["total"]), {code: _sealed(line) for code, line in lines["systems"].items()})


def sealed_before(frozen: Mapping[str, Any]) -> dict[str, Any]:
    """The sealed lines; of a round closed before lines were sealed, what its printed result says of them."""
    if "lines" in frozen:
        lines: dict[str, Any] = frozen["lines"]
        return lines
    result = frozen["result"]
    found = {result["edition"]["id"]: asdict(_printed(result["main"]))}
    return {"total": asdict(_printed(result["total"])), "systems": found}


def sealed_total(line: Mapping[str, Any] | None, printed: Mapping[str, Any]) -> Line:
    """The town's line of a closed round from its sealed line, or from what was printed where none was sealed."""
    return _sealed(line) if line else _printed(printed)


def _sealed(line: Mapping[str, Any]) -> Line:
    """A line as it was sealed."""
    return Line(**line)


def _printed(line: Mapping[str, Any]) -> Line:
    """A line from what was printed of it; sampling is read off the ends of the interval."""
    expected, ends = line["expected"], line["interval"] or (0.0, 0.0)
    down, up = (0.0, 0.0) if expected is None else (expected - ends[0], ends[1] - expected)
    return Line(line["low"], expected, line["high"], line["measured"], FULL_MARKS, down, up, down, up)


def digest_of(frozen: Mapping[str, Any]) -> str:
    """SHA-256 of frozen inputs and result."""
    return sha256(canonical(frozen).encode()).hexdigest()


def plain(data: Mapping[str, Any]) -> dict[str, Any]:
    """Data as JSON stores it: what is compared later is what was stored."""
    read: dict[str, Any] = json.loads(json.dumps(data, default=str))
    return read
