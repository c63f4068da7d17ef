"""The Word papers of filing open in an office program as they were written (LibreOffice, so long)."""

import shutil
import subprocess
import zipfile
from datetime import date
from pathlib import Path

import pypdfium2
import pytest
from tests.records.filing.filing_desk import Desk, on

from chuangwen.records.archive.rules import rules_in_force
from chuangwen.records.filing.destruction_actions import approve_destruction, propose_destruction
from chuangwen.records.filing.hand_over_actions import hand_over, package_path
from chuangwen.records.filing.models import FilingYear, Item
from chuangwen.records.filing.papers import destruction_word, notes_word
from chuangwen.records.filing.queries import boxes_of

LATER = on(2021, 10, 14)
pytestmark = [pytest.mark.long, pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not here")]


def pages(path: Path) -> list[str]:
    """The text of each page as LibreOffice lays it out."""
    into = path.parent / "pdf"
    words = ["soffice", "--headless", f"-env:UserInstallation=file://{path.parent}/office", "--convert-to", "pdf"]
    subprocess.run([*words, "--outdir", str(into), str(path)], check=True, capture_output=True, timeout=180)
    return [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(into / f"{path.stem}.pdf")]


def test_list_of_hand_over_box_notes_and_destruction_list_open_and_say_it_all(cast, tmp_path: Path) -> None:
    desk = Desk(cast)
    papers = [desk.paper(f"第{n}号办法", date(2005, 1 + n % 12, 3)) for n in range(40)]
    desk.files(*papers[:30], year=2005)
    desk.files(*papers[30:], year=2005, retention="D10")
    desk.closes(2005)
    rules = rules_in_force()
    with zipfile.ZipFile(package_path(hand_over(2005, by=desk.archivist, at=LATER))) as packed:
        name = next(one for one in packed.namelist() if one.endswith("移交清单.docx"))
        (tmp_path / "list.docx").write_bytes(packed.read(name))
    told = pages(tmp_path / "list.docx")
    assert len(told) >= 2
    assert "档案移交清单" in told[0]
    assert all("档号" in one for one in told[:2])  # the head of the table on every page
    assert "移交单位（盖章）" in told[-1]
    assert sum(one.count("2005-D30-CJB") for one in told) == 30
    (tmp_path / "notes.docx").write_bytes(notes_word(FilingYear.objects.get(), boxes_of(2005), rules, at=LATER))
    told = pages(tmp_path / "notes.docx")
    assert [one.count("备考表") for one in told] == [1] * len(boxes_of(2005))
    assert "陈静" in told[0]
    items = list(Item.objects.filter(retention="D10"))
    one = approve_destruction(
        propose_destruction(items, "已无查考价值", by=desk.archivist, at=LATER), by=desk.leader, at=LATER
    )
    (tmp_path / "gone.docx").write_bytes(destruction_word(one, items, rules, at=LATER))
    text = "".join(pages(tmp_path / "gone.docx"))
    for part in ("销毁清册", "已无查考价值", "陈静", "李敏", "监销人", items[0].code):
        assert part in text
