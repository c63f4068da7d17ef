"""Moves for things of a kind (``when``), judged when the pack loads: the field is a choice, and every kind finds its way."""

from itertools import product

from chuangwen.kernel import flow
from chuangwen.kernel.problems import Problems
from chuangwen.kernel.words import listed, say
from chuangwen.work.cases.conditions import told
from chuangwen.work.cases.definitions import CaseTypeRow, MoveRow, StateRow
from chuangwen.work.cases.pack_lines import Lines, Place, known

MOST_KINDS = 200
"""So many combinations of values are tried at most."""


def check_branches(one: CaseTypeRow, name: str, lines: Lines, problems: Problems) -> None:
    """What ``when`` names is there, and a thing of every kind can be carried to an end from wherever it comes."""
    before = len(problems)
    for move in one.moves:
        place = Place(name, lines.row("move", move.id))
        for field, values in move.when.items():
            _check_condition(one, field, values, place, problems)
    if len(problems) == before and any(move.when for move in one.moves):
        _check_ways(one, name, lines, problems)


def _check_condition(one: CaseTypeRow, field: str, values: tuple[str, ...], place: Place, problems: Problems) -> None:
    row = one.field(field)
    known("when", [field], [row.id for row in one.fields], place, problems)
    if row is None:
        return
    if row.kind != "choice" or row.private:
        what = say("“{id}”不是公开的选择项，不能用作条件", id=field)
        cure = say('请写 kind = "choice"，并删去 private。')
        problems.add(file=place.file, row=place.line, column="when", what=what, cure=cure)
        return
    known("when", values, row.options, place, problems)
    if not values:
        what = say("条件“{id}”没有写值", id=field)
        problems.add(file=place.file, row=place.line, column="when", what=what, cure=say("请列出适用的值。"))


def _check_ways(one: CaseTypeRow, name: str, lines: Lines, problems: Problems) -> None:
    names = sorted({field for move in one.moves for field in move.when})
    options = [row.options for field in names if (row := one.field(field))]
    stuck: dict[str, str] = {}
    for values in list(product(*options))[:MOST_KINDS]:
        kind = dict(zip(names, values, strict=True))
        for state in _stuck(one, kind):
            stuck.setdefault(state.id, listed(f"{one.field(key).title}={value}" for key, value in kind.items()))  # type: ignore[union-attr]
    for state in one.states:
        if state.id in stuck:
            what = say("{kind}的事项到了“{title}”就办不结", kind=stuck[state.id], title=state.title)
            cure = say("请让每一种值都有能办的 move（改 when，或加一个 move）。")
            problems.add(file=name, row=lines.row("state", state.id), column="when", what=what, cure=cure)


def _stuck(one: CaseTypeRow, kind: dict[str, str]) -> list[StateRow]:
    """States that a thing of this kind reaches and cannot leave for an end."""
    moves = [move for move in one.moves if _fits(move, kind)]
    graph = flow.edges(moves)
    closed = [state.id for state in one.states if state.kind == "closed"]
    dead = flow.dead_ends(graph, closed)
    reached = flow.reachable(graph)
    return [state for state in one.states if state.id in reached and state.id not in closed and state.id in dead]


def _fits(move: MoveRow, kind: dict[str, str]) -> bool:
    asked = {*move.fields, *move.needs}
    return all(field in asked or kind[field] in values for field, values in move.when.items())


def condition_told(one: CaseTypeRow, move: MoveRow) -> str:
    """For the page that explains a type."""
    wanted = told(one, move)
    return say("只用于{wanted}的", wanted=wanted) if wanted else ""
