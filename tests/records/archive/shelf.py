"""The small town's archive: kinds, files and documents for tests."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from tests.people import AT, Cast

from chuangwen.records.archive.definitions import ArchiveContent
from chuangwen.records.archive.document_actions import Facts, open_document
from chuangwen.records.archive.installing import install_archive
from chuangwen.records.archive.models import Document, StoredFile
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.township.models import RetentionClass

CONTENT: Mapping[str, Any] = {
    "kinds": [
        {"id": "norm", "title": "规范文件", "aliases": ["文件"], "category": "WS", "retention": "D30", "needs": ["number", "issuer", "dated"]},
        {"id": "report", "title": "情况说明", "category": "WS", "retention": "D30", "needs": ["dated", "figures"]},
        {"id": "picture", "title": "实景图片", "aliases": ["照片"], "category": "ZP", "retention": "D30", "needs": ["caption"], "photo": True},
        {"id": "table", "title": "统计表", "category": "WS", "retention": "D30", "needs": ["dated", "figures"], "holds": ["sheet"]},
        {"id": "recording", "title": "音像", "category": "ZP", "retention": "D30", "holds": ["audio", "video"]},
        {"id": "other", "title": "其他", "category": "WS", "retention": "D10"},
    ],
    "categories": [{"code": "WS", "title": "文书"}, {"code": "ZP", "title": "照片"}],
    "window": {"first": "09-01", "last": "08-31", "back": 1},
    "fonds": {"code": "J001", "name": "张沟镇人民政府", "organisation_code": "01141168X"},
    "information": [
        {"id": "plan", "title": "规划计划", "words": ["规划", "方案"]},
        {"id": "notice", "title": "通知公告", "words": ["通知"]},
        {"id": "other", "title": "其他"},
    ],
    "sections": [{"code": "CJB", "title": "创建办公室", "unit": "office"}],
}  # fmt: skip


class Shelf:
    """The cast at work on the archive: short sentences for tests."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self.at, self.count = cast, AT, 0
        for code, title, years in (("Y", "永久", None), ("D30", "30 年", 30), ("D10", "10 年", 10)):
            RetentionClass.objects.get_or_create(code=code, defaults={"title": title, "years": years})
        install_archive("small", ArchiveContent.model_validate(CONTENT), by=MACHINE, at=AT)

    def file(self, name: str = "", **facts: Any) -> StoredFile:
        """A file as a row alone, without bytes on the disk."""
        self.count += 1
        digest = sha256(f"{name}{self.count}".encode()).hexdigest()
        said = {"size": 1, "media_type": "text/plain", "name": name or f"{self.count}.txt", "kept_at": self.at, **facts}
        return StoredFile.objects.create(sha256=digest, **said)

    def document(
        self, title: str = "集贸市场管理办法", who: str = "limin", unit: str = "office", **facts: Any
    ) -> Document:
        """A document of one file."""
        files = facts.pop("files", None) or [self.file()]
        said = Facts(title=title, kind=facts.pop("kind", "norm"), **facts)
        return open_document(said, files, self.cast.units[unit], road="page", by=self.cast.actor(who), at=self.at)


def now() -> datetime:
    return AT
