"""The driver of the benchmark: a row is kept as soon as it is measured, a group that fails takes no other along."""

import json
from pathlib import Path

import pytest
from bench import driver

ROW = '{"id": "%s", "what": "w", "ours": 1.0, "base": None, "ratio": 1.0, "bar": 2, "met": True}'


@pytest.fixture
def groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three groups: one whole, one that fails after its first row, one whole."""
    for name, lines in {
        "first": [f"    yield {ROW % 'first-a'}"],
        "second": ["    print('hello')", f"    yield {ROW % 'second-a'}", "    raise SystemError('fell over')"],
        "third": [f"    yield {ROW % 'third-a'}", f"    yield {ROW % 'third-b'}"],
    }.items():
        text = "\n".join(["def measure():", *lines])
        (tmp_path / f"group_{name}.py").write_text(text, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(driver, "GROUPS", {f"group_{one}": (f"{one}-",) for one in ("first", "second", "third")})
    return tmp_path


def kept(folder: Path) -> list[str]:
    return [json.loads(line)["id"] for line in (folder / "results.jsonl").read_text("utf-8").splitlines()]


def test_a_group_that_fails_is_told_at_the_end_and_the_rows_of_all_stay(groups: Path, capfd) -> None:
    assert driver.run(out=groups) == 1
    assert kept(groups) == ["first-a", "second-a", "third-a", "third-b"]
    shown = capfd.readouterr().out.splitlines()
    assert shown[-1].startswith("group_second failed")
    assert [line.split()[0] for line in shown if "-a" in line] == ["first-a", "second-a", "third-a"]
    assert "hello" in shown


def test_one_row_alone_is_asked_of_its_group_only(groups: Path, capfd) -> None:
    assert driver.run("third-b", groups) == 0
    assert kept(groups) == ["third-b"]


def test_an_id_that_nothing_measures_is_told_by_the_exit(groups: Path, capfd) -> None:
    assert driver.run("fourth", groups) == 2


def test_every_group_of_the_benchmark_is_there() -> None:
    for module in driver.GROUPS:
        assert (driver.OUT.parent / f"{module.partition('.')[2]}.py").is_file(), module
