"""The inputs of a round as JSON: written when it closes, read years later to the same digits."""

import json
from collections.abc import Mapping
from decimal import Decimal
from hashlib import sha256
from typing import Any

import numpy as np

from chuangwen.kernel.chain import canonical
from chuangwen.results.scoring.arithmetic.inputs import Deduction, Entries, Measures, Register


def frozen_inputs(measures: Measures) -> dict[str, Any]:
    """Everything a score depends on besides its edition. Whole numbers and texts only."""
    entries, register = measures.entries, measures.register
    return {
        "register": {
            "types": register.types.tolist(),
            "owners": register.owners.tolist(),
            "owner_codes": list(register.owner_codes),
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
    """The same measures again."""
    register, entries = data["register"], data["entries"]
    columns = {name: np.array(values, dtype=np.int64) for name, values in entries.items()}
    return Measures(
        register=Register(
            np.array(register["types"], dtype=np.int64),
            np.array(register["owners"], dtype=np.int64),
            register["owner_codes"],
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


def digest_of(frozen: Mapping[str, Any]) -> str:
    """SHA-256 of frozen inputs and result."""
    return sha256(canonical(frozen).encode()).hexdigest()


def plain(data: Mapping[str, Any]) -> dict[str, Any]:
    """Data as JSON stores it: what is compared later is what was stored."""
    read: dict[str, Any] = json.loads(json.dumps(data, default=str))
    return read
