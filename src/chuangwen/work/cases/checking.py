"""Reading what a pack says about cases, and judging every flow as a whole; all problems are told together."""

from pathlib import Path

from chuangwen.kernel import flow, papers
from chuangwen.kernel.fields import FieldRow
from chuangwen.kernel.packfiles import into, read_csv, read_toml, tables
from chuangwen.kernel.problems import Problems
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import listed, say
from chuangwen.kernel.workdays import Term
from chuangwen.work.cases.branches import check_branches
from chuangwen.work.cases.definitions import (
    CaseContent,
    CaseTypeRow,
    CategoryRow,
    ClockRow,
    MoveRow,
    PaperRow,
    RungRow,
    StateRow,
    TypeHead,
    UnitRow,
)
from chuangwen.work.cases.pack_lines import Lines, Place, known

PARTS = ("field", "state", "clock", "move", "paper")


def read_content(folder: Path, problems: Problems) -> CaseContent:
    """What a pack folder says about cases; a pack without any of these files says nothing."""
    types = [read_type(folder, path, problems) for path in sorted((folder / "cases").glob("*.toml"))]
    categories = [one.row for one in read_csv(folder, "categories.csv", CategoryRow, problems, needed=False)]
    units = [one.row for one in read_csv(folder, "case_units.csv", UnitRow, problems, needed=False)]
    rungs: tuple[RungRow, ...] = ()
    if (folder / "escalation.toml").is_file():
        said = read_toml(folder, "escalation.toml", problems)
        rungs = tables(said, "rung", RungRow, "escalation.toml", problems)
    found = CaseContent(
        types=tuple(one for one in types if one), categories=tuple(categories), units=tuple(units), rungs=rungs
    )
    _check_rows(found, problems)
    for path, one in zip(sorted((folder / "cases").glob("*.toml")), types, strict=True):
        if one is not None:
            _check_papers(folder, one, f"cases/{path.name}", problems)
    return found


def read_type(folder: Path, path: Path, problems: Problems) -> CaseTypeRow | None:
    """One case type from its file, judged as a whole."""
    name = path.relative_to(folder).as_posix()
    before = len(problems)
    said = read_toml(folder, name, problems)
    if len(problems) > before:
        return None
    for key in said:
        if key != "type" and key not in PARTS:
            cure = say("可用：{known}。", known=listed(["type", *PARTS]))
            problems.add(file=name, column=key, what=say("不认识“{key}”", key=key), cure=cure)
    head = into(TypeHead, said.get("type", {}), name, _line(folder / name, "[type]"), problems)
    fields = tables(said, "field", FieldRow, name, problems)
    states = tables(said, "state", StateRow, name, problems)
    clocks = tables(said, "clock", ClockRow, name, problems)
    moves = tables(said, "move", MoveRow, name, problems)
    papers = tables(said, "paper", PaperRow, name, problems)
    if head is None or len(problems) > before:
        return None
    found = CaseTypeRow(type=head, fields=fields, states=states, clocks=clocks, moves=moves, papers=papers)
    check_type(found, name, Lines(folder / name), problems)
    return found


def _line(path: Path, text: str) -> int:
    return Lines(path).of(text)


def check_type(one: CaseTypeRow, name: str, lines: Lines, problems: Problems) -> None:
    """Every rule that a case type must keep."""
    for part, rows in (("state", one.states), ("field", one.fields), ("clock", one.clocks), ("move", one.moves)):
        _once(part, [row.id for row in rows], name, lines, problems)
    before = len(problems)
    _check_names(one, name, lines, problems)
    _check_known_fields(one, name, lines, problems)
    _check_terms(one, name, lines, problems)
    _check_materials(one, name, lines, problems)
    if len(problems) == before:
        _check_graph(one, name, lines, problems)
        check_branches(one, name, lines, problems)
        _check_clocks(one, name, lines, problems)


def _once(part: str, ids: list[str], name: str, lines: Lines, problems: Problems) -> None:
    for id_ in sorted({one for one in ids if ids.count(one) > 1}):
        what = say("{part} 里“{id}”写了两次", part=part, id=id_)
        problems.add(file=name, row=lines.row(part, id_), column="id", what=what, cure=say("每个 id 只能用一次。"))


def _check_names(one: CaseTypeRow, name: str, lines: Lines, problems: Problems) -> None:
    fields = [row.id for row in one.fields]
    for move in one.moves:
        _check_move(one, move, Place(name, lines.row("move", move.id)), problems)
    if one.type.conceals:
        known("conceals", (one.type.conceals,), fields, Place(name, lines.of("[type]")), problems)
    openings = [move.id for move in one.openings]
    for key, wanted in (("gap", one.type.gap), ("material", one.type.material)):
        if wanted:
            known(key, (wanted,), openings, Place(name, lines.of("[type]")), problems)
    _check_shapes(one, name, lines, problems)
    for paper in one.papers:
        place = Place(name, lines.row("paper", paper.id))
        known("states", paper.states, [state.id for state in one.states], place, problems)
        known("clocks", paper.clocks, [clock.id for clock in one.clocks], place, problems)
        known("steps", paper.steps, [move.id for move in one.moves], place, problems)


def _check_shapes(one: CaseTypeRow, name: str, lines: Lines, problems: Problems) -> None:
    for row in one.fields:
        _check_field(row, Place(name, lines.row("field", row.id)), problems)


def _check_field(row: FieldRow, place: Place, problems: Problems) -> None:
    if row.kind in {"choice", "choices"} and not row.options:
        what = say("选择项“{id}”没有 options", id=row.id)
        problems.add(file=place.file, row=place.line, what=what, cure=say("请列出可选的值。"))
    if row.kind == "table" and not row.columns:
        what = say("表格“{id}”没有 columns", id=row.id)
        problems.add(file=place.file, row=place.line, what=what, cure=say("请列出各列的名称。"))
    if row.rota and row.kind != "person":
        what = say("“{id}”不是人员，不能写 rota", id=row.id)
        cure = say('请写 kind = "person"，或删去 rota。')
        problems.add(file=place.file, row=place.line, column="rota", what=what, cure=cure)


KNOWN = {
    "unit": "unit",
    "assist": "units",
    "person": "person",
    "category": "category",
    "extension": "term",
    "solved": "yes_no",
    "stars": "stars",
}
"""Fields that the engine knows by their id, and the kind that it counts on."""


def _check_known_fields(one: CaseTypeRow, name: str, lines: Lines, problems: Problems) -> None:
    wanted = {**KNOWN, **{clock.by_field: "term" for clock in one.clocks if clock.by_field}}
    wanted |= {clock.by_date: "date" for clock in one.clocks if clock.by_date}
    if one.type.conceals:
        wanted[one.type.conceals] = "unit"
    fields = {row.id: row for row in one.fields}
    for id_, kind in wanted.items():
        row = fields.get(id_)
        if row is not None and row.kind != kind:
            what = say("“{id}”是系统认得的一项，kind 应为“{kind}”，不是“{is_}”", id=id_, kind=kind, is_=row.kind.value)
            problems.add(
                file=name, row=lines.row("field", id_), column="kind", what=what, cure=say("请改 kind，或换一个 id。")
            )
        if row is not None and row.private and kind in {"term", "date"}:
            what = say("“{id}”用来算时限，不能是受限内容", id=id_)
            problems.add(
                file=name, row=lines.row("field", id_), column="private", what=what, cure=say("请删去 private。")
            )
    for clock in one.clocks:
        place = Place(name, lines.row("clock", clock.id))
        for column, field in (("by_field", clock.by_field), ("by_date", clock.by_date)):
            known(column, [field] if field else [], fields, place, problems)
    _check_extension(one, name, lines, problems)
    _check_residents(one, name, lines, problems)


def _check_extension(one: CaseTypeRow, name: str, lines: Lines, problems: Problems) -> None:
    """What is asked for can be granted: a deadline that may be put off, and a field that says by how much."""
    asking = [move for move in one.moves if move.does in {"ask_extension", "grant_extension"}]
    if asking and not any(clock.extension for clock in one.clocks):
        what = say("“{move}”没有可以延期的时限", move=asking[0].title)
        cure = say("请在一个 clock 上写 extension（最多延多久）。")
        problems.add(file=name, row=lines.row("move", asking[0].id), column="does", what=what, cure=cure)
    if asking and not any("extension" in (*move.fields, *move.needs) for move in asking):
        what = say("“{move}”没有问要延多久", move=asking[0].title)
        cure = say('请在 needs 里写 extension，并声明这一项（kind = "term"）。')
        problems.add(file=name, row=lines.row("move", asking[0].id), column="needs", what=what, cure=cure)


def _check_residents(one: CaseTypeRow, name: str, lines: Lines, problems: Problems) -> None:
    """A resident can answer all that an opening needs."""
    for move in (move for move in one.openings if "@resident" in move.who):
        asked = {row.id for row in one.resident_fields(move)}
        for row in one.fields_of(move):
            if (row.required or row.id in move.needs) and row.id not in asked:
                what = say("群众填不了“{title}”，却是必填", title=row.title)
                cure = say("请从 needs 里拿掉，改在镇里的人办的动作里填。")
                problems.add(file=name, row=lines.row("move", move.id), column="needs", what=what, cure=cure)


def _check_move(one: CaseTypeRow, move: MoveRow, place: Place, problems: Problems) -> None:
    states, fields = [row.id for row in one.states], [row.id for row in one.fields]
    clocks, moves = [row.id for row in one.clocks], {row.id for row in one.moves}
    known("from", move.sources, states, place, problems)
    known("to", [] if move.stays else [move.to], states, place, problems)
    known("fields", (*move.fields, *move.needs), fields, place, problems)
    for key in ("starts", "stops", "pauses", "resumes"):
        known(key, getattr(move, key), clocks, place, problems)
    known("needs_after", move.needs_after, sorted(moves), place, problems)
    known("needs_after", [one for names in move.needs_after.values() for one in names], fields, place, problems)
    known("apart_from", move.apart_from, sorted(moves | {row.does for row in one.moves}), place, problems)
    if move.opens and move.stays:
        what = say("开头的动作必须到一个环节")
        problems.add(file=place.file, row=place.line, column="to", what=what, cure=say("请写明到哪个环节。"))


def _check_materials(one: CaseTypeRow, name: str, lines: Lines, problems: Problems) -> None:
    """Handing in and grading ask for a type about required materials, grading for a grade that must be given."""
    grades = {row.id for row in one.fields if row.kind == "grade"}
    for move in (one_ for one_ in one.moves if one_.does in {"hand_in", "grade"}):
        line = lines.row("move", move.id)
        if not one.type.material:
            what = say("“{title}”要有关联的材料要求，而这种事项没有写 material", title=move.title)
            cure = say("请在 [type] 里写 material，值为发起的动作。")
            problems.add(file=name, row=line, column="does", what=what, cure=cure)
        if move.does == "grade" and not grades & set(move.needs):
            what = say("“{title}”没有要求填等次", title=move.title)
            cure = say('请声明一个 kind = "grade" 的字段，并写进这个 move 的 needs。')
            problems.add(file=name, row=line, column="needs", what=what, cure=cure)


def _check_terms(one: CaseTypeRow, name: str, lines: Lines, problems: Problems) -> None:
    for clock in one.clocks:
        for column in ("term", "urgent", "warn", "extension"):
            _term(str(getattr(clock, column)), column, name, lines.row("clock", clock.id), problems)
    _term(one.type.revisit, "revisit", name, lines.of("[type]"), problems)


def _term(text: str, column: str, name: str, line: int, problems: Problems) -> None:
    if not text:
        return
    try:
        Term.parse(text)
    except Refusal as wrong:
        problems.add(file=name, row=line, column=column, what=str(wrong))


def _check_graph(one: CaseTypeRow, name: str, lines: Lines, problems: Problems) -> None:
    closed = [state.id for state in one.states if state.kind == "closed"]
    graph = flow.edges(one.moves)
    if not one.openings:
        problems.add(file=name, what=say("没有开头的动作"), cure=say("请写一个 from 为空的 move。"))
    if not closed:
        problems.add(file=name, what=say("没有办结的环节"), cure=say('请把至少一个 state 写成 kind = "closed"。'))
    reached = flow.reachable(graph)
    for state in one.states:
        line = lines.row("state", state.id)
        if state.id not in reached:
            what = say("环节“{title}”永远到不了", title=state.title)
            problems.add(file=name, row=line, what=what, cure=say("请加一个通向它的 move，或删去它。"))
        elif closed and state.id in flow.dead_ends(graph, closed):
            what = say("环节“{title}”是死路，办不结", title=state.title)
            problems.add(file=name, row=line, what=what, cure=say("请加一个从它出发、最终能办结的 move。"))
        if state.kind == "closed" and not state.outcome:
            what = say("办结环节“{title}”没有写 outcome", title=state.title)
            problems.add(file=name, row=line, what=what, cure=say("可用：done、declined、withdrawn、moved。"))
        _check_turn(one, state, Place(name, line), problems)
    _check_proof(one, name, lines, problems)


def _check_turn(one: CaseTypeRow, state: StateRow, place: Place, problems: Problems) -> None:
    """Somebody is asked in an open state, and those who are asked have something to do."""
    if state.kind == "open" and not state.turn:
        cure = say('请写明轮到谁办，如 ["office"] 或 ["@lead"]。')
        problems.add(
            file=place.file, row=place.line, what=say("环节“{title}”没有写 turn", title=state.title), cure=cure
        )
    able = {word for move in one.moves if state.id in move.sources for word in move.who}
    if state.kind != "closed" and state.turn and not able & set(state.turn):
        what = say("环节“{title}”轮到的人没有可办的动作", title=state.title)
        cure = say("请让 turn 与从它出发的 move 的 who 对上。")
        problems.add(file=place.file, row=place.line, column="turn", what=what, cure=cure)


def _check_proof(one: CaseTypeRow, name: str, lines: Lines, problems: Problems) -> None:
    done = [state.id for state in one.states if state.outcome == "done"]
    line = lines.of("[type]")
    if one.type.closing_proof:
        proof = {move.id for move in one.moves if move.photos or move.files}
        for state in sorted(flow.avoidable(one.moves, proof, done)):
            what = say("不交凭据也能到“{title}”", title=one.state(state).title)
            problems.add(file=name, row=line, what=what, cure=say("请在必经的 move 上写 photos 或 files。"))
    if one.type.independent:
        apart = {move.id for move in one.moves if move.apart_from}
        for state in sorted(flow.avoidable(one.moves, apart, done)):
            what = say("不经他人核查也能到“{title}”", title=one.state(state).title)
            problems.add(file=name, row=line, what=what, cure=say('请在必经的 move 上写 apart_from = ["mend"]。'))


def _check_clocks(one: CaseTypeRow, name: str, lines: Lines, problems: Problems) -> None:
    for clock in one.clocks:
        line = lines.row("clock", clock.id)
        if not any(clock.id in move.starts for move in one.moves):
            what = say("时限“{title}”没有任何动作起算", title=clock.title)
            problems.add(file=name, row=line, what=what, cure=say("请在某个 move 上写 starts。"))
        if not any(clock.id in move.stops for move in one.moves):
            what = say("时限“{title}”没有任何动作停表", title=clock.title)
            problems.add(file=name, row=line, what=what, cure=say("请在某个 move 上写 stops。"))
        paused, resumed = (any(clock.id in getattr(move, key) for move in one.moves) for key in ("pauses", "resumes"))
        if paused and not resumed:
            what = say("时限“{title}”能暂停却不能恢复", title=clock.title)
            problems.add(file=name, row=line, what=what, cure=say("请在某个 move 上写 resumes。"))


def _check_rows(content: CaseContent, problems: Problems) -> None:
    codes = {(row.table, row.code) for row in content.categories}
    for line, row in enumerate(content.categories, start=2):
        if row.parent and (row.table, row.parent) not in codes:
            what = say("上级类别“{parent}”不存在", parent=row.parent)
            problems.add(file="categories.csv", row=line, column="parent", what=what, cure=say("请先写上级那一行。"))
        _term(row.term, "term", "categories.csv", line, problems)
    for rung in content.rungs:
        _term(rung.after, "after", "escalation.toml", 0, problems)


def _check_papers(folder: Path, one: CaseTypeRow, name: str, problems: Problems) -> None:
    for paper in one.papers:
        path = folder / "papers" / paper.template
        if not path.is_file() or path.is_symlink() or path.parent != folder / "papers":
            what = say("没有文书模板“{file}”", file=paper.template)
            problems.add(file=name, column="template", what=what, cure=say("请放进 papers 文件夹，或改正文件名。"))
            continue
        papers.check(path.read_bytes(), f"papers/{paper.template}", problems)
