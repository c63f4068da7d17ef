"""An official table makes the same edition whatever language the one who installs it reads."""

from pathlib import Path

from django.utils import translation

from chuangwen.doors.packs.official import Facts, as_pack
from chuangwen.kernel.sheets import read_table
from chuangwen.records.standards.definitions import FrameworkPack
from chuangwen.records.standards.workbook import guess_workbook, read_indicators

ODD = Path(__file__).parents[2] / "files" / "odd-indicators.xlsx"


def pack() -> FrameworkPack:
    book = read_table(ODD.read_bytes(), name=ODD.name)
    reading = read_indicators(book, guess_workbook(book))
    return as_pack(reading, Facts.guess(ODD.name, 2021, {}))


def test_an_edition_is_the_same_whoever_installs_it(db: None) -> None:
    chinese = pack()
    with translation.override("en"):
        english = pack()
    assert english == chinese
    assert {one.title for one in chinese.framework.methods} >= {"材料审核", "实地考察"}
