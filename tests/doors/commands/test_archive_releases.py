"""The folder for the portal by command, and the demo's released documents."""

import json
import tomllib
from pathlib import Path

import pytest
from django.core.management import call_command
from tests.records.releases.counter import Counter

from chuangwen.doors.commands.demo_releases import make_releases
from chuangwen.records.releases.models import Release
from chuangwen.records.releases.queries import released

PACK = Path(__file__).parents[3] / "packs" / "zhanggou"


@pytest.fixture
def counter(cast) -> Counter:
    return Counter(cast)


def test_the_command_writes_the_folder_and_tells_what_it_wrote(counter, tmp_path, capsys) -> None:
    counter.released(counter.paper("三年规划", "正文"))
    call_command("archive", "release-export", "--out", str(tmp_path / "out"), "--json")
    told = json.loads(capsys.readouterr().out)
    assert (told["releases"], told["files"], told["digests"]) == (1, 6, "SHA256SUMS.txt")
    assert (tmp_path / "out" / "index.html").is_file()


def test_a_folder_of_somebody_elses_is_refused_with_one(counter, tmp_path, capsys) -> None:
    (tmp_path / "mine.txt").write_text("x")
    with pytest.raises(SystemExit) as ended:
        call_command("archive", "release-export", "--out", str(tmp_path))
    assert ended.value.code == 1
    assert "mine.txt" in capsys.readouterr().err


def test_the_demo_releases_the_real_plan_as_its_page_has_it_and_some_of_the_archive(counter) -> None:
    for number in range(9):
        counter.paper(f"办法{number}", f"电话 1398650000{number}", number=f"张政发〔2021〕{number + 1}号")
    settings = tomllib.loads((PACK / "demo_releases.toml").read_text("utf-8"))
    settings["release"][0]["unit"] = "office"
    assert make_releases(PACK, settings) == 9
    plan = Release.objects.get(index_number="011378025/2021-28847")
    assert (plan.category, plan.issuer, str(plan.issued_on)) == ("其他", "张沟镇人民政府办公室", "2021-02-03")
    assert plan.text.startswith("为进一步巩固")
    assert released().count() == 7
    assert Release.objects.filter(validity="lapsed").count() == 1
    assert not released().filter(text__contains="13986500").exists()
    assert make_releases(PACK, {"release": settings["release"]}) == 9
