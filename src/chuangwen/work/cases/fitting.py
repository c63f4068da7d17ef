"""Whether what a pack says about cases fits beside the other packs: roles, units, tables, ladders, letters that exist once."""

from collections.abc import Collection, Iterable

from chuangwen.kernel.problems import Problems
from chuangwen.kernel.words import listed, say
from chuangwen.work.cases.definitions import RELATIONS, CaseContent, CaseTypeRow


def check_words(
    content: CaseContent, everything: CaseContent, roles: Collection[str], units: Collection[str], problems: Problems
) -> None:
    """What shows only beside the other packs: roles, units, types and tables of categories that really exist.

    ``everything`` is what all packs say together; ``units`` empty means that no town stands beside, so none is asked.
    """
    for one in content.types:
        _check_roles(one, roles, problems)
        _check_place(one, everything, problems)
        _check_once(one, everything, problems)
    kinds = {one.type.id for one in everything.types}
    for rung in content.rungs:
        _known_words("escalation.toml", f"rung.{rung.id}.tells", rung.tells, roles, problems)
        if rung.opens and rung.opens not in kinds:
            what = say("没有事项类型“{kind}”", kind=rung.opens)
            problems.add(file="escalation.toml", column="opens", what=what, cure=say("请照抄事项类型的 id。"))
    keys = {row.key for row in everything.units}
    for line, row in enumerate(content.categories, start=2):
        if keys and row.unit and row.unit not in keys:
            _no_key("categories.csv", line, row.unit, problems)
    for line, unit in enumerate(content.units, start=2):
        if units and unit.unit not in units:
            what = say("没有单位“{unit}”", unit=unit.unit)
            problems.add(file="case_units.csv", row=line, column="unit", what=what, cure=say("请照抄单位编号。"))


def _check_place(one: CaseTypeRow, everything: CaseContent, problems: Problems) -> None:
    """The table of categories, the ladder and the unit that the type names."""
    name, head = f"cases/{one.type.id}.toml", one.type
    if head.categories and head.categories not in {row.table for row in everything.categories}:
        what = say("没有类别表“{table}”", table=head.categories)
        problems.add(file=name, column="categories", what=what, cure=say("请在 categories.csv 里写这张表。"))
    ladders = {row.ladder for row in everything.rungs}
    if head.ladder and ladders and head.ladder not in ladders:
        what = say("没有督办阶梯“{ladder}”", ladder=head.ladder)
        cure = say("可用：{known}。", known=listed(sorted(ladders)))
        problems.add(file=name, column="ladder", what=what, cure=cure)
    if head.unit and everything.units and head.unit not in {row.key for row in everything.units}:
        _no_key(name, 0, head.unit, problems)


def _no_key(file: str, line: int, key: str, problems: Problems) -> None:
    what = say("case_units.csv 里没有“{key}”", key=key)
    problems.add(file=file, row=line, column="unit", what=what, cure=say("请在 case_units.csv 里写明由哪个单位负责。"))


def _check_once(one: CaseTypeRow, everything: CaseContent, problems: Problems) -> None:
    """A kind is declared once, and its letter is its own: numbers of cases begin with it."""
    name = f"cases/{one.type.id}.toml"
    if sum(other.type.id == one.type.id for other in everything.types) > 1:
        what = say("事项类型“{kind}”写了两次", kind=one.type.id)
        problems.add(file=name, column="id", what=what, cure=say("每种事项只能由一个内容包来写，请换一个 id。"))
    same = [
        other for other in everything.types if other.type.letter == one.type.letter and other.type.id != one.type.id
    ]
    if same:
        what = say("字头“{letter}”已由“{title}”使用，编号会重", letter=one.type.letter, title=same[0].type.title)
        problems.add(file=name, column="letter", what=what, cure=say("请换一个字头。"))


def _check_roles(one: CaseTypeRow, roles: Collection[str], problems: Problems) -> None:
    for where, words in _who_words(one):
        _known_words(f"cases/{one.type.id}.toml", where, words, roles, problems)


def _known_words(file: str, column: str, words: Iterable[str], roles: Collection[str], problems: Problems) -> None:
    cure = say("可用的角色：{roles}；或 {relations}。", roles=listed(roles), relations=listed(sorted(RELATIONS)))
    for word in words:
        if word not in RELATIONS and word not in roles:
            problems.add(file=file, column=column, what=say("没有角色“{word}”", word=word), cure=cure)


def _who_words(one: CaseTypeRow) -> Iterable[tuple[str, tuple[str, ...]]]:
    for move in one.moves:
        yield f"move.{move.id}.who", (*move.who, *move.tells)
    for state in one.states:
        yield f"state.{state.id}.turn", state.turn
    for row in one.fields:
        yield f"field.{row.id}.readers", row.readers
        yield f"field.{row.id}.roles", row.roles
