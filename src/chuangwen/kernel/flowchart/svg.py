"""The drawing of a flow as SVG. Colours and strokes are the style sheet's (``flow.css``); the kinds of states and arrows

differ by line as well, so that the drawing reads when it is printed in black.
"""

from collections.abc import Iterable, Iterator
from html import escape
from itertools import groupby

from chuangwen.kernel.flowchart.layout import Arrow, Chart, Point, Words
from chuangwen.kernel.flowchart.lettering import LINE, NOTE, width_of
from chuangwen.kernel.flowchart.rows import Box
from chuangwen.kernel.words import say

TURN, TIP = 6.0, 7.0


def svg_of(chart: Chart, *, name: str, title: str, told: str, now: str = "", style: str = "") -> str:
    """The drawing. ``name`` is unique on its page; ``told`` says the same in words; ``now`` is the state to show as the

    one where a case stands; ``style`` is a style sheet for a drawing that stands alone.
    """
    width, height = figure(chart.width), figure(chart.height)
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="flow" {size} role="img" aria-labelledby="{name}-title {name}-told">',
        f'<title id="{name}-title">{escape(title)}</title>',
        f'<desc id="{name}-told">{escape(told)}</desc>',
    ]
    if style:
        parts += [f"<style>{style}</style>", f'<rect class="flow-ground" width="{width}" height="{height}"/>']
    parts += [line for arrow in chart.arrows for line in _arrow(arrow)]
    parts += [f'<circle class="flow-dot" cx="{figure(x)}" cy="{figure(y)}" r="5"/>' for x, y in chart.dots]
    parts += [line for box in chart.boxes for line in _box(box, is_now=box.stop.id == now)]
    parts += [line for words in chart.words for line in _words(words)]
    return "\n".join([*parts, "</svg>"]) + "\n"


def figure(value: float) -> str:
    """One digit after the point at most.

    >>> figure(12.0), figure(12.25)
    ('12', '12.2')
    """
    return f"{value:.1f}".removesuffix(".0")


def _arrow(arrow: Arrow) -> Iterator[str]:
    css = " flow-returns" if arrow.returns else ""
    yield f'<path class="flow-line{css}" d="{_path(arrow.points)}"/>'
    if not arrow.tip:
        return
    (ax, ay), (bx, by) = arrow.points[-2:]
    x, y = (bx > ax) - (bx < ax), (by > ay) - (by < ay)
    corners = ((bx, by), (bx - x * TIP - y * 4, by - y * TIP - x * 4), (bx - x * TIP + y * 4, by - y * TIP + x * 4))
    yield f'<path class="flow-tip{css}" d="M{"L".join(f"{figure(px)} {figure(py)}" for px, py in corners)}z"/>'


def _path(points: Iterable[Point]) -> str:
    """A line with rounded corners."""
    known = [point for point, _same in groupby(points)]
    said = [f"M{figure(known[0][0])} {figure(known[0][1])}"]
    for before, corner, after in zip(known, known[1:], known[2:], strict=False):
        near, far = _towards(corner, before), _towards(corner, after)
        said.append(f"L{_point(near)}Q{_point(corner)} {_point(far)}")
    return "".join([*said, f"L{_point(known[-1])}"])


def _towards(corner: Point, other: Point) -> Point:
    """A little way from the corner, half the way at most."""
    dx, dy = other[0] - corner[0], other[1] - corner[1]
    length = max(abs(dx), abs(dy))
    step = min(TURN, length / 2)
    return corner[0] + dx / length * step, corner[1] + dy / length * step


def _point(point: Point) -> str:
    return f"{figure(point[0])} {figure(point[1])}"


def _box(box: Box, *, is_now: bool) -> Iterator[str]:
    tone = f" flow-{box.stop.tone}" if box.stop.tone else ""
    now = " flow-now" if is_now else ""
    round_ = 12 if box.stop.kind == "closed" else 5
    place = f'x="{figure(box.x)}" y="{figure(box.y)}" width="{figure(box.width)}" height="{figure(box.height)}"'
    yield f'<rect class="flow-box flow-{box.stop.kind}{tone}{now}" {place} rx="{round_}"/>'
    if box.stop.kind == "closed":
        inner = f'x="{figure(box.x + 3)}" y="{figure(box.y + 3)}" width="{figure(box.width - 6)}"'
        yield f'<rect class="flow-inner" {inner} height="{figure(box.height - 6)}" rx="{round_ - 3}"/>'
    if is_now:
        yield from _pill(box.x + 6, box.y - 9)
    x, y = figure(box.x + box.width / 2), box.y + (box.height - box.least) / 2 + 6
    for line in box.title:
        y += 19
        yield f'<text class="flow-title" x="{x}" y="{figure(y - 4)}">{escape(line)}</text>'
    for line in (*box.note, *box.stays):
        y += LINE
        yield f'<text class="flow-note" x="{x}" y="{figure(y - 3)}">{escape(line)}</text>'


def _pill(x: float, y: float) -> Iterator[str]:
    """The mark of the state where the case stands: a word, so that it is not told by the thick line alone."""
    word = say("现在")
    width = width_of(word, NOTE) + 10
    yield f'<rect class="flow-pill" x="{figure(x)}" y="{figure(y)}" width="{figure(width)}" height="17" rx="8"/>'
    yield f'<text class="flow-here" x="{figure(x + width / 2)}" y="{figure(y + 12.5)}">{escape(word)}</text>'


def _words(words: Words) -> Iterator[str]:
    css = "flow-label flow-end" if words.end else "flow-label"
    for number, line in enumerate(reversed(words.lines)):
        yield f'<text class="{css}" x="{figure(words.x)}" y="{figure(words.y - number * LINE)}">{escape(line)}</text>'
