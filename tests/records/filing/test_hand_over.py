"""Handing over: a package of a closed year that plain sha256sum proves, with metadata, list and catalogue."""

import csv
import io
import subprocess
import zipfile
from datetime import date, timedelta
from pathlib import Path
from xml.etree import ElementTree

import docx
import openpyxl
import pytest
from tests.records.filing.filing_desk import Desk, on

from chuangwen.kernel.manifests import verify
from chuangwen.kit.refusals import NotAllowed
from chuangwen.records.archive.document_actions import BadFact
from chuangwen.records.archive.queries import sealed_path
from chuangwen.records.archive.rules import rules_in_force
from chuangwen.records.filing.actions import Settled, unfile
from chuangwen.records.filing.hand_over_actions import (
    AlreadyReceived,
    NoPackage,
    NothingToHandOver,
    OutTaken,
    YearOpen,
    give_out,
    hand_over,
    package_path,
    receive,
)
from chuangwen.records.filing.models import HandOver, Item
from chuangwen.records.filing.packages import DamagedItem
from chuangwen.records.filing.queries import due
from chuangwen.records.ledger.models import Note

LATER = on(2021, 10, 14)


@pytest.fixture
def desk(cast) -> Desk:
    return Desk(cast)


@pytest.fixture
def year(desk) -> list[Item]:
    """2010, closed: a plan for ever, two rules of 30 years (one with an odd title), a notice of 10 years."""
    papers = [
        desk.paper("2010 年度方案", date(2010, 1, 5)),
        desk.paper('=办法<&"甲"', date(2010, 3, 1)),
        desk.paper("市场办法", date(2010, 4, 1), data="正文".encode()),
        desk.paper("关于值班的通知", date(2010, 5, 1)),
    ]
    desk.files(*papers, year=2010)
    desk.closes(2010)
    return list(Item.objects.all())


def made(desk: Desk, at=LATER) -> HandOver:
    return hand_over(2010, by=desk.archivist, at=at)


def unpacked(one: HandOver, folder: Path) -> Path:
    with zipfile.ZipFile(package_path(one)) as packed:
        packed.extractall(folder)
    (top,) = folder.iterdir()
    return top


def test_plain_sha256sum_proves_the_package_and_finds_one_changed_byte(desk, year, tmp_path) -> None:
    top = unpacked(made(desk), tmp_path / "out")
    for listing in ("whole.sha256", "manifest.sha256"):
        done = subprocess.run(["sha256sum", "--strict", "-c", listing], cwd=top, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
    victim = next((top / "原件").rglob("*.txt"))
    victim.write_bytes(victim.read_bytes() + b" ")
    done = subprocess.run(["sha256sum", "-c", "manifest.sha256"], cwd=top, capture_output=True, check=False)
    assert done.returncode == 1
    assert done.stdout.decode().count("FAILED") == 1


def test_it_holds_the_classes_that_go_and_each_original_under_its_code(desk, year, tmp_path) -> None:
    one = made(desk)
    top = unpacked(one, tmp_path / "out")
    assert top.name == "J001张沟镇人民政府2010年档案移交"
    folders = sorted(path.name for path in (top / "原件").iterdir())
    assert folders == ["J001-WS·2010-D30-CJB-0001", "J001-WS·2010-D30-CJB-0002", "J001-WS·2010-Y-CJB-0001"]
    assert one.items.count() == 3
    assert verify(package_path(one)).holds
    assert (top / "原件" / folders[1] / "01-市场办法.txt").read_bytes() == "正文".encode()


def test_metadata_list_and_catalogue_tell_every_item(desk, year, tmp_path) -> None:
    top = unpacked(made(desk), tmp_path / "out")
    tree = ElementTree.parse(top / "metadata.xml").getroot()
    assert [one.get("code") for one in tree] == [
        "J001-WS·2010-Y-CJB-0001", "J001-WS·2010-D30-CJB-0001", "J001-WS·2010-D30-CJB-0002",
    ]  # fmt: skip
    odd = tree[1]
    assert (odd.findtext("题名"), odd.findtext("保管期限"), odd.findtext("聚合层次")) == ('=办法<&"甲"', "30 年", "件")
    told = odd.find("file")
    assert told.get("sha256") in (top / "manifest.sha256").read_text()
    assert [one.get("what") for one in odd.iter("event")] == ["立为资料"]
    rows = list(csv.reader(io.StringIO((top / "metadata.csv").read_text("utf-8-sig"))))
    assert rows[0] == [one.name for one in rules_in_force().metadata]
    assert '\'=办法<&"甲"' in rows[2]
    book = openpyxl.load_workbook(top / "归档文件目录.xlsx")
    cells = [[cell.value for cell in row] for row in book.active]
    assert [one.title for one in rules_in_force().columns] in cells
    assert sum("J001-WS" in str(row) for row in cells) == 3
    words = docx.Document(str(top / "移交清单.docx"))
    text = " ".join(cell.text for table in words.tables for row in table.rows for cell in row.cells)
    for part in ("移交单位", "张沟镇人民政府", "接收单位", "J001-WS·2010-Y-CJB-0001", "3（永久 1、30 年 2）"):
        assert part in text


def test_the_same_moment_gives_the_same_bytes(desk, year) -> None:
    one = made(desk)
    before = package_path(one).read_bytes()
    assert (made(desk).whole, package_path(one).read_bytes()) == (one.whole, before)
    assert made(desk, LATER + timedelta(days=1)).whole != one.whole


def test_an_open_year_or_one_with_nothing_to_go_is_refused(desk) -> None:
    desk.files(desk.paper("关于值班的通知"))
    with pytest.raises(YearOpen):
        hand_over(2020, by=desk.archivist, at=LATER)
    desk.closes()
    with pytest.raises(NothingToHandOver, match="Y、D30"):
        hand_over(2020, by=desk.archivist, at=LATER)
    with pytest.raises(NotAllowed):
        hand_over(2020, by=desk.leader, at=LATER)


@pytest.mark.parametrize(("what", "told"), [("changed", "已被改动"), ("missing", "读不出来")])
def test_a_damaged_original_is_not_handed_over_and_nothing_is_left(desk, year, settings, what, told) -> None:
    path = sealed_path(year[1].document.files.get().file)
    path.unlink() if what == "missing" else path.write_bytes(b"rotten")
    with pytest.raises(DamagedItem, match=told):
        made(desk)
    assert not HandOver.objects.exists()
    assert list((settings.FILES / "arriving").iterdir()) == []


def test_received_items_are_settled(desk, year) -> None:
    one = made(desk)
    with pytest.raises(BadFact):
        receive(one, " ", by=desk.archivist, at=LATER)
    receive(one, "市档案馆 张华", by=desk.archivist, at=LATER)
    with pytest.raises(AlreadyReceived, match="张华"):
        receive(one, "别人", by=desk.archivist, at=LATER)
    item = one.items.first()
    with pytest.raises(Settled, match="已移交"):
        unfile(item, "误归", by=desk.archivist, at=LATER)
    assert list(due(2050)) == [Item.objects.get(retention="D10")]
    with pytest.raises(NothingToHandOver):
        made(desk)
    verbs = Note.objects.filter(kind="filing", key="2010").values_list("verb", flat=True)
    assert list(verbs) == ["归档", "整理完毕", "生成移交包", "移交"]


def test_a_copy_is_given_out_under_a_name_and_nothing_is_overwritten(desk, year, tmp_path) -> None:
    one = made(desk)
    out = give_out(one, tmp_path / "到" / "移交.zip")
    assert verify(out).whole == one.whole
    with pytest.raises(OutTaken):
        give_out(one, out)
    package_path(one).unlink()
    with pytest.raises(NoPackage):
        give_out(one, tmp_path / "又.zip")
