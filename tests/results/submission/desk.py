"""The office's desk in submission time: a small framework with every kind of material, documents with real bytes."""

import io
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from PIL import Image

from chuangwen.records.archive.actions import keep_file, keep_photo
from chuangwen.records.archive.arriving import Incoming, bring_together
from chuangwen.records.archive.document_actions import Facts, Serves, put_to_use
from chuangwen.records.archive.models import Document, PageText, StoredFile
from chuangwen.records.duties.models import Duty, DutyKind
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.measures import actions as measures
from chuangwen.records.measures.models import Round, RoundKind
from chuangwen.records.standards.actions import install_edition
from chuangwen.records.standards.checking import draft_of, finished
from chuangwen.records.standards.models import Edition, Node, Requirement
from chuangwen.records.township.actors import Actor, actor_for
from chuangwen.records.township.models import Deadline, Person
from chuangwen.results.submission.compose_actions import compose
from chuangwen.results.submission.definitions import SubmissionContent
from chuangwen.results.submission.installing import install_submission
from chuangwen.results.submission.matrix import Line, Matrix
from chuangwen.results.submission.models import Entry, Submission
from chuangwen.results.submission.queries import whole_matrix
from tests.people import Cast, hold
from tests.records.archive.shelf import Shelf
from tests.town import pack_data

AT = datetime(2021, 10, 8, 2, 0, tzinfo=UTC)
TODAY = date(2021, 10, 8)
CAPTION = {
    "time": "2021年4月2日",
    "place": "集市",
    "people": "志愿者",
    "theme": "环境整治",
    "background": "创建",
    "reason": "清扫",
}
CONTENT: Mapping[str, Any] = {
    "explanation": {"least": 40, "most": 400, "confidence": "guess"},
    "figures": {"least": 3, "confidence": "seen"},
    "headings": [{"title": "措施", "words": ["措施", "机制"]}, {"title": "成效", "words": ["成效", "达到"]}],
    "summary": {"phrases": ["高度重视", "取得了显著成效", "圆满完成"], "most": 1},
    "photo": {"least": 2, "most": 3, "most_bytes": 400_000, "lying": True, "confidence": "guess"},
    "file": {"formats": ["application/pdf", "text/plain"], "most_bytes": 1_000_000},
    "late": {"days_before": 20, "confidence": "guess"},
}
WORDS = "集贸市场有管理制度，摊位划线定位，每日保洁两次。"
GOOD = (
    "一、主要措施\n集贸市场有管理制度3项，建立巡查机制，摊位划线定位186个，安排保洁员12名，每日保洁两次。"
    "\n二、取得成效\n全年排查46次，整改128处，群众满意率达到96%。"
)
KINDS = (("M1", "规范文件", "管理办法", "1件"), ("M2", "情况说明", "管理情况说明", "1篇，300字以内"),
         ("M3", "统计表", "摊位统计表", "1张"), ("M4", "实景图片", "市场照片", "2至3张"))  # fmt: skip


def framework(standards: int = 2, name: str = "small") -> dict[str, Any]:
    """A framework whose standards ask for every kind of material."""
    said = pack_data(standards, id=name)
    said["framework"]["code"] = name
    for row in said["standards"]:
        if row["kind"] == "standard":
            row["text"], row["methods"] = WORDS, "material:100"
    said |= {"checks": [], "questions": [], "figures": []}
    said["requirements"] = [
        {
            "code": f"I-1-{n}-{code}",
            "standard": f"I-1-{n}",
            "kind": kind,
            "title": title,
            "count": count,
            "method": "material",
        }
        for n in range(1, standards + 1)
        for code, kind, title, count in KINDS
    ]
    return said


def picture(seed: int = 1, size: tuple[int, int] = (900, 600), taken: datetime | None = None) -> bytes:
    """A drawn photo with the time it claims."""
    image = Image.new("RGB", size, ((seed * 53) % 200 + 20, (seed * 97) % 200 + 20, (seed * 151) % 200 + 20))
    exif = Image.Exif()
    if taken is not None:
        exif.get_ifd(0x8769)[0x9003] = f"{taken:%Y:%m:%d %H:%M:%S}"
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85, exif=exif)
    return out.getvalue()


class Desk:
    """The cast at work on the submission of 2021: short sentences for tests. 李敏 composes, 何刚 (leader) signs."""

    def __init__(self, cast: Cast, standards: int = 2) -> None:
        self.cast, self.at, self.count = cast, AT, 0
        Shelf(cast)
        install_submission("small", SubmissionContent.model_validate(CONTENT), by=MACHINE, at=AT)
        self.edition = install_edition(finished(draft_of(framework(standards))), by=MACHINE, at=AT).edition
        new = measures.NewRound("2021", "2021 年测评", RoundKind.OFFICIAL, 2021, date(2021, 9, 1), date(2021, 12, 31))
        self.round: Round = measures.open_round(new, self.edition, by=MACHINE, at=AT)
        Deadline.objects.create(code="submit-2021", title="网上申报截止", date=date(2021, 10, 31), year=2021)
        boss = Person.objects.create(
            username="hegang", name="何刚", organisation=cast.units["T"], post="副镇长", joined_at=AT
        )
        hold(boss, cast.roles["leader"])
        cast.people["hegang"] = boss
        for node in Node.objects.filter(edition=self.edition, kind="standard"):
            Duty.objects.create(kind=DutyKind.STANDARD, standard=node, lead=cast.units["market"], assigned_at=AT)

    def who(self, username: str = "limin") -> Actor:
        return actor_for(Person.objects.get(username=username))

    def node(self, number: int = 1, edition: Edition | None = None) -> Node:
        return Node.objects.get(edition=edition or self.edition, code=f"I-1-{number}")

    def requirement(self, code: str, number: int = 1) -> Requirement:
        return Requirement.objects.select_related("node", "edition").get(
            edition=self.edition, code=f"I-1-{number}-{code}"
        )

    def photo(self, **facts: Any) -> StoredFile:
        self.count += 1
        facts.setdefault("taken", datetime(2021, 4, 2, 9))
        return keep_photo(picture(self.count, **facts), f"{self.count}.jpg", by=MACHINE, at=self.at)

    def paper(self, text: str = "") -> StoredFile:
        self.count += 1
        return keep_file((text or f"第 {self.count} 份材料").encode(), f"{self.count}.txt", by=MACHINE, at=self.at)

    def brings(
        self,
        code: str = "M1",
        standard: int = 1,
        *,
        files: Sequence[StoredFile] = (),
        who: str = "wangjianguo",
        text: str = "",
        late: int = 0,
        why: str = "",
        **facts: Any,
    ) -> Document:
        """A unit brings a document for a requirement, whole unless told otherwise."""
        kind = {"M1": "norm", "M2": "report", "M3": "table", "M4": "picture"}[code]
        said: dict[str, Any] = {"title": f"材料{code}", "kind": kind, "dated": date(2021, 3, 1)}
        said |= {"number": "张市监〔2021〕3号", "issuer": "市监所"} if kind == "norm" else {}
        said |= {"caption": CAPTION} if kind == "picture" else {}
        files = files or ([self.photo(), self.photo()] if kind == "picture" else [self.paper()])
        unit, by = self.cast.units["market"], self.who(who)
        at = self.at + timedelta(days=late)
        incoming = Incoming(said["title"], unit)
        made = bring_together(files, Facts(**{**said, **facts}), incoming, "desk", by=by, at=at)
        row = self.requirement(code, standard)
        put_to_use(made, [Serves("requirement", f"{row.edition_id}:{row.code}", row.title, why)], by=by, at=at)
        if text:
            PageText.objects.create(file=files[0], page=1, text=text)
        return made

    def brings_everything(self, number: int = 1) -> list[Document]:
        """All that one standard asks for, but the explanation."""
        return [self.brings(code, number) for code in ("M1", "M3", "M4")]

    def composed(self, username: str = "limin") -> Submission:
        return compose(2021, by=self.who(username), at=self.at).submission

    def entry(self, number: int = 1) -> Entry:
        return Entry.objects.select_related("submission", "node", "signer").get(node=self.node(number))

    def matrix(self, today: date = TODAY) -> Matrix:
        return whole_matrix(Submission.objects.get(year=2021), today)

    def line(self, number: int = 1, today: date = TODAY) -> Line:
        return next(one for one in self.matrix(today).lines if one.standing.node.code == f"I-1-{number}")

    def states(self, number: int = 1, today: date = TODAY) -> list[str]:
        """How the four kinds of a standard stand: norm, report, picture, table (as the shelf orders kinds)."""
        return [one.state.value if one else "" for one in self.line(number, today).cells]

    def faults(self, number: int = 1) -> dict[str, str]:
        """The faults that stand, each with what is wrong."""
        return {one.code: one.what for one in self.line(number).open_findings}
