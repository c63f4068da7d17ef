"""A flow as a drawing: boxes, arrows and words with their places. Pure arithmetic; the same flow gives the same digits."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from chuangwen.kernel.flowchart.lanes import Lane, tracks
from chuangwen.kernel.flowchart.lettering import LINE, label, width_of
from chuangwen.kernel.flowchart.places import START, Places, Run, Stop, Way, place
from chuangwen.kernel.flowchart.rows import GAP, Band, Beside, Box, Row, Sizes, Trunk, bands_of, widest

MARGIN, TRACK, ARROW, DOT, JOIN = 10.0, 13.0, 16.0, 5.0, 12.0
Point = tuple[float, float]


@dataclass(frozen=True)
class Arrow:
    """A line; ``tip``: its last point is the head, else it runs into another line there."""

    points: tuple[Point, ...]
    returns: bool = False
    tip: bool = True


@dataclass(frozen=True)
class Words:
    """Lines of text, the last of them at ``y``; ``end``: they end at ``x``, else they begin there."""

    x: float
    y: float
    lines: tuple[str, ...]
    end: bool = False


@dataclass
class Chart:
    """The whole drawing."""

    boxes: list[Box] = field(default_factory=list)
    arrows: list[Arrow] = field(default_factory=list)
    words: list[Words] = field(default_factory=list)
    dots: list[Point] = field(default_factory=list)
    width: float = 0.0
    height: float = 0.0


@dataclass
class Frame:
    """What the arrows are drawn between: the bands, the tracks, the edges of the columns."""

    places: Places
    bands: list[Band]
    tracks: dict[Trunk, int]
    targets: dict[Trunk, float]
    left: float = 0.0
    right: float = 0.0
    lanes_left: float = 0.0
    lanes_right: float = 0.0
    far: float = 0.0

    def lane(self, trunk: Trunk) -> float:
        """Where the upright part of a trunk stands."""
        step = self.tracks[trunk] * TRACK
        return self.lanes_left - step if trunk.left else self.lanes_right + step

    def edge(self, trunk: Trunk) -> float:
        """The edge of the box that a trunk comes in at."""
        if trunk.left:
            return self.left
        return self.far if trunk.target in self.places.host else self.right


def chart_of(stops: Sequence[Stop], ways: Sequence[Way], sizes: Sizes | None = None) -> Chart:
    """Draw a flow. Arrows from a state to itself belong to ``Stop.stays``."""
    sizes = sizes or Sizes()
    places = place(stops, ways, beside=sizes.beside)
    bands = bands_of(stops, ways, places, sizes)
    opening = [way for way in ways if way.source == START and way.target == places.spine[0]]
    head = _head(opening, sizes)
    height = _stack(bands, MARGIN + _tall(head))
    frame = _framed(places, bands)
    chart = Chart(height=height)
    width = _columns(frame, sizes, head)
    chart.width = max(width, MARGIN)
    _draw_boxes(chart, frame, sizes)
    _draw_opening(chart, frame, head)
    for band in bands:
        _draw_band(chart, frame, band)
    _draw_trunks(chart, frame)
    return chart


def _head(opening: Sequence[Way], sizes: Sizes) -> list[str]:
    return label(tuple(title for way in opening for title in way.titles), sizes.label) if opening else []


def _tall(head: Sequence[str]) -> float:
    """The height of the dot where the way begins, with its arrow."""
    return 2 * DOT + max(24.0, len(head) * LINE + 14) if head else 0.0


def _stack(bands: Sequence[Band], top: float) -> float:
    """Put the bands below each other, and every row at its height; gives the height of the whole."""
    y = top
    for number, band in enumerate(bands):
        band.box.y, band.box.height = y, band.height
        _settle(band.left, y + (band.height - sum(row.height for row in band.left)) / 2)
        inner = sum(one.height for one in band.right) + GAP * max(0, _blocks(band) - 1)
        _settle_right(band, y + (band.height - inner) / 2)
        y += band.height + (band.space if number < len(bands) - 1 else MARGIN)
    return y


def _blocks(band: Band) -> int:
    return sum(isinstance(one, Beside) for one in band.right)


def _settle(rows: Iterable[Row], y: float) -> None:
    """The line of a row with words lies under them; of one without, in its middle."""
    for row in rows:
        y += row.height
        row.y = round(y - (4.0 if row.text else row.height / 2), 1)


def _settle_right(band: Band, y: float) -> None:
    first = True
    for one in band.right:
        if isinstance(one, Row):
            _settle([one], y)
        else:
            y += 0 if first else GAP
            first = False
            one.box.y, one.box.height = round(y, 1), one.height
            _settle(one.rows, y + (one.height - sum(row.height for row in one.rows)) / 2)
        y += one.height


def _framed(places: Places, bands: list[Band]) -> Frame:
    """Gather every trunk's heights and give it its track."""
    lanes: dict[Trunk, Lane] = {}
    targets: dict[Trunk, float] = {}
    for row, _beside in _trunk_rows(bands):
        if row.trunk is not None and row.way is None:
            targets[row.trunk] = row.y
    for row, beside in _trunk_rows(bands):
        if row.trunk is None:
            continue
        lane = lanes.setdefault(row.trunk, Lane(row.trunk))
        (lane.far if beside else lane.near).append(row.y)
        if row.trunk.target in places.host and row.trunk not in targets:
            targets[row.trunk] = _way_in(bands, row.trunk)
            lane.far.append(targets[row.trunk])
    left = tracks([one for one in lanes.values() if one.trunk.left])
    right = tracks([one for one in lanes.values() if not one.trunk.left])
    return Frame(places, bands, left | right, targets)


def _trunk_rows(bands: Iterable[Band]) -> Iterator[tuple[Row, bool]]:
    for band in bands:
        for row in (*band.left, *band.rows):
            yield row, row.beside


def _way_in(bands: Iterable[Band], trunk: Trunk) -> float:
    """Where a trunk joins the level arrow to a state beside the way."""
    rows = [row for band in bands for row in band.rows if row.way and row.way.target == trunk.target and not row.trunk]
    same = [row for row in rows if row.way and row.way.returns == trunk.returns]
    return (same or rows)[0].y


def _columns(frame: Frame, sizes: Sizes, head: Sequence[str]) -> float:
    """Where the columns stand; gives the width of the whole."""
    bands = frame.bands
    at = [frame.tracks[one] for one in frame.tracks if one.left]
    left = [row for band in bands for row in band.left]
    gutter = widest(left) + ARROW + 2 if left else 0.0
    frame.lanes_left = MARGIN + TRACK * max(at, default=0)
    frame.left = frame.lanes_left + gutter if left else MARGIN
    frame.right = frame.left + sizes.box
    rows = [row for band in bands for row in band.rows]
    spoken = [line for band in bands for line in band.text] + list(head)
    beyond = max((width_of(line) for line in spoken), default=0.0) + 8 - sizes.box / 2
    near = max(widest(row for row in rows if not row.beside) + ARROW if rows else 0.0, beyond)
    frame.lanes_right = frame.right + near + 4
    count = max((frame.tracks[one] for one in frame.tracks if not one.left), default=-1) + 1
    end = frame.lanes_right + TRACK * max(0, count - 1)
    if not frame.places.host:
        return (end if count else frame.right + max(0.0, beyond)) + MARGIN
    frame.far = end + max(widest(row for row in rows if row.beside) + ARROW, ARROW + 8)
    return frame.far + sizes.box + MARGIN


def _draw_boxes(chart: Chart, frame: Frame, sizes: Sizes) -> None:
    for band in frame.bands:
        for box in (band.box, *(one.box for one in band.right if isinstance(one, Beside))):
            box.x = frame.left if box is band.box else frame.far
            box.width = sizes.box
            chart.boxes.append(box)


def _draw_opening(chart: Chart, frame: Frame, head: Sequence[str]) -> None:
    """The dot at the top and the arrow into the first state."""
    if head:
        middle, top = (frame.left + frame.right) / 2, frame.bands[0].box.y
        chart.dots.append((middle, MARGIN + DOT))
        chart.arrows.append(Arrow(((middle, MARGIN + 2 * DOT), (middle, top))))
        chart.words.append(Words(middle + 8, top - 10, tuple(head)))


def _draw_band(chart: Chart, frame: Frame, band: Band) -> None:
    for row in band.left:
        _draw_left(chart, frame, row)
    for row in band.rows:
        _draw_right(chart, frame, row)
    if band.down:
        middle, foot = (frame.left + frame.right) / 2, band.box.y + band.box.height
        returns = all(way.returns for way in band.down)
        chart.arrows.append(Arrow(((middle, foot), (middle, foot + band.space)), returns))
        chart.words.append(Words(middle + 8, foot + band.space - 10, tuple(band.text)))


def _draw_left(chart: Chart, frame: Frame, row: Row) -> None:
    if row.way is None:
        return
    chart.words.append(Words(frame.left - 10, row.y - 4, tuple(row.text), end=True))
    if row.trunk is None:
        start = frame.left - max(width_of(line) for line in row.text) - ARROW
        chart.dots.append((start, row.y))
        chart.arrows.append(Arrow(((start, row.y), (frame.left, row.y))))


def _draw_right(chart: Chart, frame: Frame, row: Row) -> None:
    if row.way is None:
        return
    x = frame.far - 8 if row.beside else frame.right + 8
    chart.words.append(Words(x, row.y - 4, tuple(row.text), end=row.beside))
    if row.trunk is None:
        ends = ((frame.right, row.y), (frame.far, row.y))
        out = frame.places.run(row.way) is Run.OUT
        chart.arrows.append(Arrow(ends if out else ends[::-1], row.way.returns))


def _draw_trunks(chart: Chart, frame: Frame) -> None:
    """Each trunk once: its farthest source draws the upright part, the nearer ones run into it."""
    for trunk, y in frame.targets.items():
        rows = [row for row, _beside in _trunk_rows(frame.bands) if row.trunk == trunk and row.way is not None]
        for side in (-1, 1):
            some = sorted((row for row in rows if (row.y >= y) == (side > 0)), key=lambda row: side * (y - row.y))
            for number, row in enumerate(some):
                chart.arrows.append(_joined(frame, row, trunk, whole=number == 0))


def _joined(frame: Frame, row: Row, trunk: Trunk, *, whole: bool) -> Arrow:
    start, lane, y = frame.far if row.beside else frame.right, frame.lane(trunk), frame.targets[trunk]
    start = frame.left if trunk.left else start
    if whole:
        return Arrow(((start, row.y), (lane, row.y), (lane, y), (frame.edge(trunk), y)), trunk.returns)
    near = row.y + max(-JOIN, min(JOIN, y - row.y))
    return Arrow(((start, row.y), (lane, row.y), (lane, near)), trunk.returns, tip=False)
