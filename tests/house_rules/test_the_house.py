"""The rules of the house that no linter holds."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "chuangwen"
MODULES = sorted(path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts)
FLOORS = ("records", "work", "results", "doors")
ROOMS = sorted(path.parent for floor in FLOORS for path in (SOURCE / floor).glob("*/__init__.py"))
FORBIDDEN_NAMES = {"utils", "helpers", "core", "common", "manager", "misc"}


def _functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def _named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_no_module_is_longer_than_400_lines() -> None:
    long = {_named(path): count for path in MODULES if (count := len(path.read_text("utf-8").splitlines())) > 400}
    assert long == {}


def test_no_function_is_longer_than_40_lines() -> None:
    long = [
        f"{_named(path)}:{function.lineno} {function.name} {length}"
        for path in MODULES
        for function in _functions(path)
        if (length := (function.end_lineno or 0) - function.lineno + 1) > 40
    ]
    assert long == []


def test_no_function_hides_an_import() -> None:
    hidden = [
        f"{_named(path)}:{node.lineno}"
        for path in MODULES
        for function in _functions(path)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert hidden == []


def test_nothing_is_imported_for_types_alone() -> None:
    assert [_named(path) for path in MODULES if "TYPE_CHECKING" in path.read_text("utf-8")] == []


def test_files_are_named_after_what_they_hold() -> None:
    assert [_named(path) for path in MODULES if path.stem in FORBIDDEN_NAMES] == []


@pytest.mark.parametrize("room", ROOMS, ids=_named)
def test_every_room_tells_what_is_in_it(room: Path) -> None:
    readme = room / "README.md"
    assert readme.is_file()
    assert 3 <= len(readme.read_text("utf-8").splitlines()) <= 40


def test_every_contract_pattern_names_a_room_that_stands() -> None:
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    named = set(re.findall(r'"(chuangwen(?:\.[a-z_]+)+)"', text.split("[tool.importlinter]")[1]))
    missing = [name for name in named if not _module_exists(name)]
    assert named
    assert missing == []


def _module_exists(name: str) -> bool:
    place = ROOT / "src" / Path(*name.split("."))
    return place.is_dir() or place.with_suffix(".py").is_file()


def _actions() -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for path in MODULES:
        if path.stem == "actions" or path.stem.endswith("_actions"):
            tree = ast.parse(path.read_text("utf-8"))
            for node in tree.body:
                if isinstance(node, ast.FunctionDef) and any("atomic" in ast.dump(one) for one in node.decorator_list):
                    yield _named(path), node


def test_every_action_is_told_who_and_when() -> None:
    missing = [
        f"{path}:{function.name}"
        for path, function in _actions()
        if not {"by", "at"} <= {argument.arg for argument in function.args.kwonlyargs}
    ]
    assert missing == []


def test_no_signals_are_used() -> None:
    assert [
        _named(path)
        for path in MODULES
        if re.search(r"django\.(db\.models|dispatch)\S*signals", path.read_text("utf-8"))
    ] == []


def test_the_lock_files_name_no_host() -> None:
    locks = [*(ROOT / "requirements").glob("*.lock"), ROOT / "web" / "package-lock.json"]
    assert [_named(path) for path in locks if "://" in path.read_text("utf-8")] == []


def test_a_column_of_boxes_to_tick_is_hidden_on_paper_with_its_heading() -> None:
    """The heads of the printed list of cases stood one column beside what they name."""
    wrong = [
        path.name
        for path in SOURCE.rglob("templates/**/*.html")
        if "<thead" in (page := path.read_text()) and page.count('td class="tick"') > page.count('th class="tick"')
    ]
    assert wrong == []
