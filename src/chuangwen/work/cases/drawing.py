"""The flow of a case type as a drawing, made from its declaration."""

from chuangwen.kernel.flowchart.layout import chart_of
from chuangwen.kernel.flowchart.places import START, Stop, Way
from chuangwen.kernel.flowchart.rows import Sizes
from chuangwen.kernel.flowchart.svg import svg_of
from chuangwen.kernel.words import say
from chuangwen.work.cases.definitions import CaseTypeRow, MoveRow
from chuangwen.work.cases.explaining import Names, names_of, quoted

WIDE = Sizes()
SLIM = Sizes(box=112, label=72, beside=False)
"""For a phone: all states below each other."""

SENDS_BACK = {"return", "rework", "relapse", "object"}


def draw(type_: CaseTypeRow, names: Names, *, sizes: Sizes = WIDE, name: str = "flow", now: str = "", style: str = "") -> str:  # fmt: skip
    """The drawing as SVG; ``now`` is the state where a case stands, ``style`` a style sheet if it stands alone."""
    chart = chart_of(stops_of(type_, names), ways_of(type_), sizes)
    title = say("{title}流程图", title=type_.type.title)
    return svg_of(chart, name=name, title=title, told=_told(type_, now), now=now, style=style)


def stops_of(type_: CaseTypeRow, names: Names) -> list[Stop]:
    """The states, each with whose turn it is and the moves that leave it as it is."""
    stays = [(source, move.title) for move in type_.moves for source in move.sources if _end(move, source) == source]
    return [
        Stop(
            id=one.id,
            title=one.title,
            note=names_of(one.turn, names),
            kind=one.kind,
            tone=one.tone if one.tone != "calm" else "",
            good=one.outcome == "done",
            stays=tuple(title for source, title in stays if source == one.id),
        )
        for one in type_.states
    ]


def ways_of(type_: CaseTypeRow) -> list[Way]:
    """The arrows: moves between the same two states, and of the same nature, are one."""
    order = {one.id: number for number, one in enumerate(type_.states)}
    found: dict[tuple[str, str, bool], list[str]] = {}
    for move in type_.moves:
        for source in move.sources or (START,):
            target = _end(move, source)
            if target != source:
                back = source != START and move.does in SENDS_BACK and order[target] < order[source]
                found.setdefault((source, target, back), []).append(move.title)
    return [Way(source, target, tuple(titles), back) for (source, target, back), titles in found.items()]


def _end(move: MoveRow, source: str) -> str:
    return source if move.stays else move.to


def _told(type_: CaseTypeRow, now: str) -> str:
    """The drawing in one sentence, for those who hear it."""
    told = say(
        "共 {states} 个环节、{moves} 个动作，从{first}开始，到{last}为止。下面的两张表写着同样的内容。",
        states=len(type_.states),
        moves=len(type_.moves),
        first=quoted(dict.fromkeys(type_.state(one.to).title for one in type_.openings)),
        last=quoted(one.title for one in type_.states if one.kind == "closed"),
    )
    return told + say("这件事现在在“{state}”。", state=type_.state(now).title) if now else told
