"""The drawing of a score: what is sure, what nobody has measured, how far chance may move it, the line to reach.

Pure drawing: numbers in, SVG out. All lengths are SVG attributes in per cent, because the pages allow no inline style.
Only numbers and the caption (escaped) enter the markup.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from chuangwen.kernel.numerals import fixed, percent, plain
from chuangwen.kernel.words import later, say

SIZES = {"s": (15, 3, 9), "m": (22, 5, 11), "l": (30, 7, 14)}  # height, top of the track, height of the track; pixels


@dataclass(frozen=True)
class Score:
    """What a band needs of a score. All but ``measured`` (a share, 0 to 1) and ``level`` (0 to 1) are in points.

    ``out_of`` is the most that can be had; ``interval`` the two ends that hold the true score with chance ``level``;
    ``pass_line`` the score to reach. ``low`` and ``high`` are the reach (最低、最高): every unknown at 0 or full, chance
    included, so that the interval lies inside. ``enough``: so much is measured that an expected score may be told.
    """

    low: float
    expected: float
    high: float
    out_of: float = 100.0
    measured: float = 1.0
    interval: tuple[float, float] | None = None
    pass_line: float | None = None
    level: float = 0.9
    enough: bool = True

    @property
    def is_unknown(self) -> bool:
        """Nothing of it has been measured."""
        return self.measured <= 0

    @property
    def is_exact(self) -> bool:
        """All is measured and nothing was sampled: the bar's end says it, without a tick."""
        return self.low == self.high and self.interval is None

    @property
    def unknown(self) -> float:
        """Share of the points that nobody has measured, 0 to 1."""
        return 1.0 - self.measured

    @property
    def attainment(self) -> float:
        """Expected score as a share of the full score, 0 to 1."""
        return self.expected / self.out_of if self.out_of else 0.0


def _read(source: object, name: str) -> object:
    if isinstance(source, Mapping):
        return source.get(name)
    return getattr(source, name, None)


def _number(source: object, name: str, default: float) -> float:
    value = _read(source, name)
    return default if value is None else float(str(value))


def score_of(source: object, *, out_of: object = None, pass_line: object = None) -> Score:
    """Read a score from any object or dict with these names; ``points`` serves as ``out_of`` when that is missing.

    A ``source`` of ``None`` or without ``expected`` is a score of which nothing is known.
    """
    if isinstance(source, Score) and out_of is None and pass_line is None:
        return source
    full = float(str(out_of)) if out_of is not None else _number(source, "out_of", _number(source, "points", 100.0))
    ends, reach = _span(source, "interval"), _span(source, "reach")
    told = None if source is None else _read(source, "expected")
    if source is None or (told is None and (reach is None or _number(source, "measured", 0.0) <= 0)):
        return Score(low=0.0, expected=0.0, high=full, out_of=full, measured=0.0)
    line = pass_line if pass_line is not None else _read(source, "pass_line")
    return Score(
        low=reach[0] if reach else _number(source, "low", 0.0),
        expected=_number(source, "expected", 0.0),
        high=reach[1] if reach else _number(source, "high", full),
        out_of=full,
        measured=_number(source, "measured", 1.0),
        interval=ends,
        pass_line=None if line is None else float(str(line)),
        level=_number(source, "level", 0.9),
        enough=told is not None and (reach is None or ends is not None),
    )


def _span(source: object, name: str) -> tuple[float, float] | None:
    span = _read(source, name)
    return (float(str(span[0])), float(str(span[1]))) if isinstance(span, list | tuple) and len(span) == 2 else None


def figure(value: float) -> str:
    """Two digits after the point at most, whole numbers without any.

    >>> figure(83.6), figure(90.0), figure(1.375)
    ('83.6', '90', '1.38')
    """
    return plain(value)


def span_or_figure(score: Score, digits: int = 1) -> str:
    """The expected score; where too little is measured the span from the lowest to the highest."""
    if score.enough:
        return fixed(score.expected, digits)
    return f"{fixed(score.low, digits)}—{fixed(score.high, digits)}"


def words_of(score: Score) -> str:
    """The whole band in one sentence, for screen readers and for the tip under the pointer."""
    if score.is_unknown:
        return say("尚未测，满分 {full}", full=figure(score.out_of))
    told = later("预计 {expected}，最低 {low}，最高 {high}，满分 {full}")
    if not score.enough:
        told = later("测得太少，不给预计；最低 {low}，最高 {high}，满分 {full}")
    ends = {"low": figure(score.low), "high": figure(score.high), "full": figure(score.out_of)}
    said = [
        say(told, expected=figure(score.expected), **ends),
        say("已测 {share}", share=percent(score.measured, 2)),
    ]
    if score.interval:
        first, last = score.interval
        said.append(say("{level} 的把握在 {a} 至 {b}", level=percent(score.level), a=figure(first), b=figure(last)))
    if score.pass_line is not None:
        said.append(say("达标线 {line}", line=figure(score.pass_line)))
    return say("；").join(said)


def _at(value: float, score: Score) -> float:
    """Where a score stands on the band, in per cent, kept inside."""
    share = value / score.out_of * 100 if score.out_of else 0.0
    return round(min(100.0, max(0.0, share)), 2)


def _track(score: Score, top: int, tall: int) -> list[str]:
    low, high = _at(score.low, score), _at(score.high, score)
    if score.is_unknown:
        low, high = 0.0, 100.0
    elif score.unknown <= 0:
        low = high = _at(score.expected, score)
    box = f'y="{top}" height="{tall}"'
    parts = [f'<rect class="band-track" {box} width="100%" rx="2"/>']
    if high > low:
        parts.append(f'<rect {box} x="{low}%" width="{round(high - low, 2)}%" fill="url(#hatch)"/>')
    if low > 0:
        parts.append(f'<rect class="band-sure" {box} width="{low}%" rx="2"/>')
    return parts


def _marks(score: Score, height: int, top: int, tall: int) -> list[str]:
    parts = []
    foot = top + tall
    if score.interval and not score.is_unknown:
        a, b = (_at(end, score) for end in score.interval)
        y = min(height - 1, foot + 4)
        lines = [(a, a, y - 2, y + 2), (a, b, y, y), (b, b, y - 2, y + 2)]
        parts += [f'<line class="band-span" x1="{x}%" x2="{z}%" y1="{s}" y2="{t}"/>' for x, z, s, t in lines]
    if score.pass_line is not None:
        x = _at(score.pass_line, score)
        parts.append(f'<line class="band-pass" x1="{x}%" x2="{x}%" y1="0" y2="{height}"/>')
    if not score.is_unknown and not score.is_exact and score.enough:
        x = _at(score.expected, score)
        reach = 2 if tall < 10 else 4
        parts.append(
            f'<svg x="{x}%" overflow="visible"><rect class="band-mid" x="-1" y="{top - reach}" width="2" '
            f'height="{tall + 2 * reach}"/></svg>'
        )
    return parts


def draw_band(score: Score, *, size: str = "s", tone: str = "") -> str:
    """The band as one SVG: solid sure part, hatched unknown part, tick, whisker, dashed line to reach.

    ``size`` is s, m or l; ``tone`` is empty, good, warn or bad.
    """
    height, top, tall = SIZES[size]
    parts = _track(score, top, tall) + _marks(score, height, top, tall)
    toned = f" tone-{tone}" if tone in {"good", "warn", "bad"} else ""
    return (
        f'<svg class="band band-{size}{toned}" role="img" height="{height}">'
        f"<title>{escape(words_of(score))}</title>{''.join(parts)}</svg>"
    )


def _arc(first: float, last: float, radius: float) -> str:
    """A piece of the half circle from share ``first`` to share ``last`` (0 left, 1 right)."""
    (ax, ay), (bx, by) = (_on_circle(share, radius) for share in (first, last))
    return f"M{ax} {ay}A{radius:g} {radius:g} 0 0 1 {bx} {by}"


def _on_circle(share: float, radius: float) -> tuple[float, float]:
    angle = math.pi * (1 - share)
    return round(130 + radius * math.cos(angle), 2), round(126 - radius * math.sin(angle), 2)


def _ray(share: float, inner: float, outer: float, css: str) -> str:
    (ax, ay), (bx, by) = _on_circle(share, inner), _on_circle(share, outer)
    return f'<line class="{css}" x1="{ax}" y1="{ay}" x2="{bx}" y2="{by}"/>'


def draw_gauge(score: Score) -> str:
    """The same facts as the band, bent into a half circle with the figure in the middle; one to a page at most."""
    low, high = (0.0, 1.0) if score.is_unknown else (_at(score.low, score) / 100, _at(score.high, score) / 100)
    parts = [f'<path class="gauge-track" d="{_arc(0, 1, 110)}"/>']
    if high > low:
        parts.append(f'<path d="{_arc(low, high, 110)}" stroke="url(#hatch)"/>')
    if low > 0:
        parts.append(f'<path class="gauge-sure" d="{_arc(0, low, 110)}"/>')
    if score.interval and not score.is_unknown:
        a, b = (_at(end, score) / 100 for end in score.interval)
        parts.append(f'<path class="gauge-span" d="{_arc(a, b, 96)}"/>')
    if score.pass_line is not None:
        parts.append(_ray(_at(score.pass_line, score) / 100, 99, 124, "gauge-pass"))
    told = say("未测") if score.is_unknown else span_or_figure(score)
    if not score.is_unknown and score.enough:
        parts.append(_ray(_at(score.expected, score) / 100, 98, 122, "gauge-mid"))
    note = say("满分 {full}", full=figure(score.out_of))
    return (
        f'<svg class="gauge" viewBox="0 0 260 136" role="img"><title>{escape(words_of(score))}</title>{"".join(parts)}'
        f'<text x="130" y="106">{escape(told)}</text><text class="gauge-note" x="130" y="126">{escape(note)}</text></svg>'
    )


def draw_whisker(score: Score, *, least: float = 0.0, most: float | None = None) -> str:
    """One row of a comparison: a dot for the expected score and a line for its reach, on an axis least..most."""
    end = score.out_of if most is None else most
    stretch = end - least or 1.0

    def at(value: float) -> float:
        return round(min(100.0, max(0.0, (value - least) / stretch * 100)), 2)

    parts = ['<line class="whisker-rule" x1="0" x2="100%" y1="11.5" y2="11.5"/>']
    if not score.is_unknown:
        parts.append(f'<line class="whisker-line" x1="{at(score.low)}%" x2="{at(score.high)}%" y1="6" y2="6"/>')
    if not score.is_unknown and score.enough:
        parts.append(f'<circle class="whisker-dot" cx="{at(score.expected)}%" cy="6" r="4"/>')
    caption = escape(words_of(score))
    return f'<svg class="whisker" role="img" height="12"><title>{caption}</title>{"".join(parts)}</svg>'
