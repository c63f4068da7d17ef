"""Rotas come in from packs: every problem told at once, again without harm, a town's own word over the general one."""

import shutil
from pathlib import Path

import pytest

from chuangwen.doors.packs.reading import check_folders
from chuangwen.kernel.problems import Problems
from chuangwen.kit.refusals import NotAllowed
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.ledger.models import Note
from chuangwen.work.cases.checking import Lines, check_type
from chuangwen.work.cases.definitions import CaseTypeRow
from chuangwen.work.rotas.checking import check_roles, read_rotas
from chuangwen.work.rotas.installing import install_rotas
from chuangwen.work.rotas.models import Rota
from tests.people import AT, Cast
from tests.work.rotas.turns import TURNS, Turns, write_turns

PACKS = Path(__file__).parents[3] / "packs"


def read(folder: Path, text: str) -> tuple[list, list]:
    rows = read_rotas(write_turns(folder, text), problems := Problems())
    return list(rows), sorted(problems)


def test_a_pack_without_rotas_says_nothing(tmp_path: Path) -> None:
    assert (read_rotas(tmp_path, problems := Problems()), list(problems)) == ((), [])


def test_all_that_is_wrong_is_told_at_once_with_its_line(tmp_path: Path) -> None:
    text = TURNS.replace('days = ["2", "4"]', 'days = ["2", "2"]').replace('id = "watch"', 'id = "reception"')
    text = text.replace('day_off = "hold"', 'day_off = "hold"\ncolour = "red"').replace('title = "夜间值守"\n', "")
    rows, problems = read(tmp_path / "one", text + "\n[other]\n")
    assert [(one.row, one.column) for one in problems] == [(0, "other"), (2, "days"), (20, "colour"), (20, "title")]
    assert len(rows) == 1
    _, problems = read(tmp_path / "two", TURNS.replace('id = "watch"', 'id = "reception"'))
    assert [(one.row, one.what) for one in problems] == [(20, "“reception”写了两次")]
    for text, what in (("[rota]\nid = 1", "应写成 [[rota]]"), ("[[rota", "TOML 写法有误")):
        _, problems = read(tmp_path / "three", text)
        assert what in problems[0].what


def test_roles_must_exist(tmp_path: Path) -> None:
    rows, _ = read(tmp_path / "pack", TURNS)
    check_roles(rows, ["leader", "office"], problems := Problems())
    assert [(one.column, one.what) for one in problems] == [("planners", "“watch”写了没有的角色“discipline”")]


def test_installing_again_changes_nothing_and_a_change_comes_in(turns: Turns, tmp_path: Path) -> None:
    rows, _ = read(tmp_path / "again", TURNS)
    assert install_rotas("small", rows, own=False, by=MACHINE, at=AT) == 0
    rows, _ = read(tmp_path / "changed", TURNS.replace('days = ["2", "4"]', 'days = ["3"]'))
    assert install_rotas("small", rows, own=False, by=MACHINE, at=AT) == 1
    assert Rota.objects.get(code="reception").days == ["3"]
    assert Note.objects.filter(verb="安装轮值").count() == 2


def test_a_towns_own_word_stands_over_the_general_one(turns: Turns, tmp_path: Path) -> None:
    general, _ = read(tmp_path / "general", TURNS)
    own, _ = read(tmp_path / "own", TURNS.replace("便民服务大厅", "政府东楼 101 室"))
    assert install_rotas("town", own[:1], own=True, by=MACHINE, at=AT) == 1
    for _ in range(2):
        assert install_rotas("small", general, own=False, by=MACHINE, at=AT) == 0
        assert install_rotas("town", own[:1], own=True, by=MACHINE, at=AT) == 0
    assert Rota.objects.get(code="reception").place == "政府东楼 101 室"


def test_only_who_manages_the_system_installs(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        install_rotas("small", (), own=False, by=cast.actor("limin"), at=AT)


def test_a_field_may_only_name_a_rota_that_stands_and_only_for_a_person(tmp_path: Path) -> None:
    for name in ("township", "zhanggou", "county-2021", "minors-2021"):
        shutil.copytree(PACKS / name, tmp_path / name)
    path = tmp_path / "township" / "cases" / "petition.toml"
    path.write_text(path.read_text("utf-8").replace('rota = "reception"', 'rota = "receptoin"'), "utf-8")
    problems = [problem for one in check_folders(sorted(tmp_path.iterdir())) for problem in one.problems]
    assert [(one.file, one.column, one.what) for one in problems] == [
        ("cases/petition.toml", "field.leader.rota", "没有轮值“receptoin”")
    ]
    bad = CaseTypeRow.model_validate(
        {
            "type": {"id": "x", "title": "x", "short": "x", "letter": "x", "purpose": "x"},
            "fields": [{"id": "unit", "title": "单位", "kind": "unit", "rota": "reception"}],
        }
    )
    check_type(bad, "x.toml", Lines(text=""), told := Problems())
    assert any("不是人员，不能写 rota" in one.what for one in told)
