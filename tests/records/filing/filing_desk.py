"""The archivist's desk: the small town's archive with the shipped filing rules and the retention table."""

import tomllib
from datetime import date, datetime
from pathlib import Path
from typing import Any

from tests.people import Cast, hold
from tests.records.archive.shelf import CONTENT, Shelf

from chuangwen.kernel.problems import Problems
from chuangwen.kernel.workdays import CHINA
from chuangwen.records.archive.actions import keep_file
from chuangwen.records.archive.checking import read_archive
from chuangwen.records.archive.definitions import ArchiveContent
from chuangwen.records.archive.document_actions import Facts, open_document
from chuangwen.records.archive.installing import install_archive
from chuangwen.records.archive.models import Document
from chuangwen.records.filing.actions import Choice, close_year, file_documents
from chuangwen.records.filing.models import FilingYear, Item
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.township.models import RetentionRule

PACK = Path(__file__).parents[3] / "packs" / "township"
SECTIONS = [
    {"code": "CJB", "title": "创建办公室", "unit": "office", "rest": True},
    {"code": "SJS", "title": "市监所", "unit": "market"},
]


def on(year: int, month: int = 6, day: int = 1) -> datetime:
    return datetime(year, month, day, 10, 0, tzinfo=CHINA)


class Desk(Shelf):
    """Short sentences about filing. 陈静 keeps the archive; 李敏 approves as a leader."""

    def __init__(self, cast: Cast) -> None:
        super().__init__(cast)
        for row in tomllib.loads((PACK / "retention.toml").read_text("utf-8"))["rule"]:
            RetentionRule.objects.create(what=row["what"], retention_id=row["class"])
        problems = Problems()
        install_archive("township", read_archive(PACK, problems), by=MACHINE, at=self.at)
        small = {key: value for key, value in CONTENT.items() if key in {"fonds"}} | {"sections": SECTIONS}
        install_archive("small", ArchiveContent.model_validate(small), by=MACHINE, at=self.at)
        assert not problems
        hold(cast.people["limin"], cast.roles["leader"])
        self.archivist, self.leader = cast.actor("chenjing"), cast.actor("limin")

    def paper(self, title: str = "市场管理办法", day: date = date(2020, 3, 1), **facts: Any) -> Document:
        """A document with bytes; 办法 of 2020 unless told otherwise."""
        self.count += 1
        data = facts.pop("data", f"{title} {self.count}".encode())
        files = facts.pop("files", None) or [keep_file(data, f"{title}.txt", by=MACHINE, at=self.at)]
        unit = self.cast.units[facts.pop("unit", "office")]
        said = {"kind": "norm", "number": f"张政发〔{day.year}〕{self.count}号", "issuer": "张沟镇人民政府", **facts}
        return open_document(Facts(title, dated=day, **said), files, unit, road="page", by=MACHINE, at=self.at)

    def files(self, *documents: Document, year: int = 2020, retention: str = "", section: str = "") -> list[Item]:
        """The archivist files these."""
        chosen = [Choice(one.pk, retention, section) for one in documents]
        return file_documents(year, chosen, by=self.archivist, at=self.at)

    def closes(self, year: int = 2020) -> FilingYear:
        return close_year(year, by=self.archivist, at=self.at)

    def closed(self, *days: date, **facts: Any) -> list[Item]:
        """A year filed and closed with one document a day."""
        made = [self.paper(f"第{n}号办法", day, **facts) for n, day in enumerate(days, 1)]
        retention = "D10"
        self.files(*made, year=days[0].year, retention=retention)
        self.closes(days[0].year)
        return list(Item.objects.filter(year=days[0].year))

    def codes(self, year: int = 2020) -> list[str]:
        return list(Item.objects.filter(year=year).order_by("code").values_list("code", flat=True))
