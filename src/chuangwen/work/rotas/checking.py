"""Reading what a pack says about rotas; all problems are told together."""

from collections.abc import Collection
from pathlib import Path

from chuangwen.kernel.packfiles import into, read_toml
from chuangwen.kernel.problems import Problems
from chuangwen.kernel.words import listed, say
from chuangwen.work.cases.pack_lines import Lines
from chuangwen.work.rotas.definitions import RotaRow

FILE = "rotas.toml"


def read_rotas(folder: Path, problems: Problems) -> tuple[RotaRow, ...]:
    """The rotas of a pack folder; a pack without the file says nothing."""
    if not (folder / FILE).is_file():
        return ()
    before = len(problems)
    said = read_toml(folder, FILE, problems)
    if len(problems) > before:
        return ()
    for key in said:
        if key != "rota":
            cure = say("可用：{known}。", known="rota")
            problems.add(file=FILE, column=key, what=say("不认识“{key}”", key=key), cure=cure)
    tables = said.get("rota", [])
    if not isinstance(tables, list):
        problems.add(
            file=FILE, column="rota", what=say("“{key}”应写成 [[{key}]]", key="rota"), cure=say("请改为双方括号。")
        )
        return ()
    lines, line = Lines(folder / FILE), 0
    rows: list[RotaRow] = []
    for one in tables:
        line = lines.of("[[rota]]", line)
        row = into(RotaRow, one, FILE, line, problems)
        if row is not None:
            _check(row, [other.id for other in rows], line, problems)
            rows.append(row)
    return tuple(rows)


def _check(row: RotaRow, before: Collection[str], line: int, problems: Problems) -> None:
    if row.id in before:
        what = say("“{id}”写了两次", id=row.id)
        problems.add(file=FILE, row=line, column="id", what=what, cure=say("每个 id 只能用一次。"))
    if len(set(row.days)) < len(row.days):
        what = say("“{id}”的 days 里有重复的星期", id=row.id)
        problems.add(file=FILE, row=line, column="days", what=what, cure=say("每个星期几只写一次。"))


def check_roles(rows: Collection[RotaRow], roles: Collection[str], problems: Problems) -> None:
    """What shows only beside the other packs: roles that really exist."""
    for row in rows:
        for column, words in (("roles", row.roles), ("planners", row.planners)):
            for word in words:
                if word not in roles:
                    what = say("“{id}”写了没有的角色“{role}”", id=row.id, role=word)
                    cure = say("可用的角色：{roles}。", roles=listed(roles))
                    problems.add(file=FILE, column=column, what=what, cure=cure)
