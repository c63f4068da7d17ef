"""The rows at the two sides of every state: each arrow that comes or goes has one of its own, so no label meets another."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from chuangwen.kernel.flowchart.lettering import LINE, NOTE, TITLE, broken, label, width_of
from chuangwen.kernel.flowchart.places import START, Places, Run, Stop, Way

BARE, PAD, GAP, SPACE = 14.0, 6.0, 10.0, 24.0


@dataclass(frozen=True)
class Sizes:
    """How wide things are drawn, in pixels. ``beside``: endings and short side steps stand at the right."""

    box: float = 132.0
    label: float = 100.0
    beside: bool = True


@dataclass(frozen=True)
class Trunk:
    """Arrows that run together: the same target, the same side, the same kind of line."""

    target: str
    returns: bool
    left: bool


@dataclass
class Row:
    """One arrow's place at a side. Without ``way`` it is where a trunk comes in. ``beside``: the label is that of the

    state beside the way, so it stands next to it.
    """

    way: Way | None
    trunk: Trunk | None
    text: list[str] = field(default_factory=list)
    beside: bool = False
    y: float = 0.0

    @property
    def height(self) -> float:
        return len(self.text) * LINE + PAD if self.text else BARE


@dataclass
class Beside:
    """A state beside the way, with the rows that end at it."""

    box: "Box"
    rows: list[Row]

    @property
    def height(self) -> float:
        return max(self.box.least, sum(row.height for row in self.rows) + 4)


@dataclass
class Box:
    """A state as drawn."""

    stop: Stop
    title: list[str]
    note: list[str]
    stays: list[str]
    x: float = 0.0
    y: float = 0.0
    width: float = 0.0
    height: float = 0.0

    @property
    def least(self) -> float:
        """The height that its words need."""
        return len(self.title) * 19 + (len(self.note) + len(self.stays)) * LINE + 12


@dataclass
class Band:
    """A state of the way down with all that stands at its sides, and the arrow to the next."""

    box: Box
    left: list[Row]
    right: list[Row | Beside]
    down: list[Way] = field(default_factory=list)
    text: list[str] = field(default_factory=list)

    @property
    def height(self) -> float:
        gaps = GAP * max(0, sum(isinstance(one, Beside) for one in self.right) - 1)
        right = sum(one.height for one in self.right) + gaps + (4 if self.right else 0)
        return max(self.box.least, sum(row.height for row in self.left) + 4, right)

    @property
    def rows(self) -> list[Row]:
        """Every row at the right, those of the states beside it too."""
        return [row for one in self.right for row in (one.rows if isinstance(one, Beside) else [one])]

    @property
    def space(self) -> float:
        """The room below, for the arrow to the next state and its words."""
        return max(SPACE, len(self.text) * LINE + 14)


def box_of(stop: Stop, width: float) -> Box:
    """A state with its words broken to the width."""
    inner = width - 16
    stays = [line for one in stop.stays for line in broken(f"↻ {one}", inner, NOTE)]
    return Box(stop, broken(stop.title, inner, TITLE), broken(stop.note, inner, NOTE) if stop.note else [], stays)


def bands_of(stops: Sequence[Stop], ways: Sequence[Way], places: Places, sizes: Sizes) -> list[Band]:
    """Every state of the way down with its rows, from top to bottom; where they stand is not known yet."""
    known = {one.id: one for one in stops}
    bands = []
    for number, id_ in enumerate(places.spine):
        band = Band(box_of(known[id_], sizes.box), _left(id_, ways, places, sizes), [])
        band.right = _right(id_, ways, places, (sizes, known))
        band.down = [way for way in ways if way.source == id_ and places.run(way) is Run.DOWN]
        band.text = label(tuple(title for way in band.down for title in way.titles), sizes.label) if band.down else []
        if number == 0:
            band.left = [row for row in band.left if row.way is None or row.way.source != START]
        bands.append(band)
    return bands


def _left(id_: str, ways: Sequence[Way], places: Places, sizes: Sizes) -> list[Row]:
    """Openings, arrows up (the nearest first), and where arrows from below come in."""
    opens = [way for way in ways if way.target == id_ and way.source == START]
    up = [way for way in ways if way.source == id_ and places.run(way) is Run.UP]
    up.sort(key=lambda way: -places.row(way.target))
    rows = [Row(way, None, label(way.titles, sizes.label)) for way in opens]
    rows += [Row(way, Trunk(way.target, way.returns, left=True), label(way.titles, sizes.label)) for way in up]
    return rows + _coming(way for way in ways if way.target == id_ and places.run(way) is Run.UP)


def _coming(ways: Iterable[Way], *, left: bool = True) -> list[Row]:
    """One row for each trunk that comes in."""
    return [Row(None, one) for one in dict.fromkeys(Trunk(way.target, way.returns, left) for way in ways)]


def _right(
    id_: str, ways: Sequence[Way], places: Places, sizes_and_stops: tuple[Sizes, dict[str, Stop]]
) -> list[Row | Beside]:
    """What comes in from above, arrows up to endings, the states beside, arrows down (the farthest first)."""
    sizes, known = sizes_and_stops
    here = places.row(id_)
    round_ = [way for way in ways if way.source == id_ and places.run(way) is Run.ROUND]
    coming = [way for way in ways if way.target == id_ and places.run(way) is Run.ROUND]
    above = [way for way in round_ if places.row(way.target) < here]
    below = [way for way in round_ if way not in above]
    below.sort(key=lambda way: -places.row(way.target))
    beside = [_beside(one, ways, places, (sizes, known)) for one in places.beside(id_)]
    top = [way for way in coming if places.row(way.source) <= here]
    rows: list[Row | Beside] = [*_coming(top, left=False), *_going(above, sizes), *beside, *_going(below, sizes)]
    return rows + [
        row
        for row in _coming(coming, left=False)
        if row.trunk not in {one.trunk for one in rows if isinstance(one, Row)}
    ]


def _going(ways: Iterable[Way], sizes: Sizes, *, beside: bool = False) -> list[Row]:
    return [
        Row(way, Trunk(way.target, way.returns, left=False), label(way.titles, sizes.label), beside) for way in ways
    ]


def _beside(id_: str, ways: Sequence[Way], places: Places, sizes_and_stops: tuple[Sizes, dict[str, Stop]]) -> Beside:
    """A state beside the way: arrows to it, back from it, and on from it to elsewhere."""
    sizes, known = sizes_and_stops
    out = [way for way in ways if way.target == id_ and places.run(way) is Run.OUT]
    home = [way for way in ways if way.source == id_ and places.run(way) is Run.HOME]
    on = [way for way in ways if way.source == id_ and places.run(way) is Run.ROUND]
    rows = [Row(way, None, label(way.titles, sizes.label)) for way in out]
    rows += [Row(way, None, label(way.titles, sizes.label), beside=True) for way in home]
    return Beside(box_of(known[id_], sizes.box), rows + _going(on, sizes, beside=True))


def widest(rows: Iterable[Row]) -> float:
    """How wide the labels of these rows are."""
    return max((width_of(line) for row in rows for line in row.text), default=0.0)
