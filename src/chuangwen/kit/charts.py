"""What a page tells the chart drawer: plain data, read by the browser and shown as a table beside the chart."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Literal


@dataclass(frozen=True)
class Series:
    """One line or row of bars. ``low`` and ``high``, if given, draw the interval round each value. ``None`` is a gap."""

    name: str
    values: Sequence[float | None]
    low: Sequence[float | None] = ()
    high: Sequence[float | None] = ()


@dataclass(frozen=True)
class Chart:
    """A chart of ``kind`` with one value per label and series.

    ``line`` goes over time, ``bars`` compares side by side, ``lying`` compares long names, ``stack`` adds up.
    ``mark`` is a line to reach, with ``mark_label``; ``notes`` are (label, text) pairs written at a label.
    ``days`` (ISO, one per label) puts a line's points at their true distances in time.
    """

    title: str
    labels: Sequence[str]
    series: Sequence[Series]
    kind: Literal["line", "bars", "lying", "stack"] = "line"
    unit: str = ""
    mark: float | None = None
    mark_label: str = ""
    least: float | None = None
    most: float | None = None
    notes: Sequence[tuple[str, str]] = field(default_factory=tuple)
    days: Sequence[str] = ()

    def as_dict(self) -> dict[str, object]:
        """For the JSON script that stands beside the chart."""
        return asdict(self)

    def rows(self) -> Iterator[tuple[str, list[float | None]]]:
        """The table behind the chart: a label and one value per series."""
        for place, label in enumerate(self.labels):
            yield label, [one.values[place] if place < len(one.values) else None for one in self.series]
