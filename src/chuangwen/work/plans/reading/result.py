"""What reading a plan gives."""

from dataclasses import dataclass
from typing import Any

KEYS = (
    "document",
    "nodes",
    "goals",
    "areas",
    "phases",
    "requirements",
    "campaigns",
    "targets",
    "channels",
    "responsible",
    "unplaced",
    "to_settle",
)


@dataclass(frozen=True)
class PlanReading:
    """A plan read. ``as_data`` is the JSON of ``chuangwen plan read --json`` (docs/reference/plan-reading.md)."""

    data: dict[str, Any]

    def as_data(self) -> dict[str, Any]:
        """The whole reading as one object, its keys in a fixed order."""
        return {key: self.data[key] for key in KEYS}
