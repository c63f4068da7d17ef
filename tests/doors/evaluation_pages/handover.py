"""A town to hand a third-party table to: two absences, a rate and two that ask what is there, at streets P01-001 to P01-006, a round from September."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from tests.people import Cast
from tests.town import pack_data

from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.measures import actions
from chuangwen.records.measures.models import Observation, Round, RoundKind
from chuangwen.records.standards.actions import install_edition
from chuangwen.records.standards.checking import draft_of, finished
from chuangwen.records.township.models import Site

URL = "/observations/import/"
FILES = Path(__file__).parents[2] / "files" / "tables" / "observations"
AT = datetime(2021, 9, 1, 2, tzinfo=UTC)
CHECKS = (
    ("C01", "无争吵谩骂", "absence", ""),
    ("C04", "无损坏公共设施", "absence", ""),
    ("P01-08", "路灯完好", "rate_at_least", "x=0.95"),
    ("C20", "路口有无障碍坡道", "presence", ""),
    ("P01-01", "公益广告不少于两处", "count_at_least", "n=2"),
)
NAMES = ("张沟大道", "沿河路", "商业街", "文化路", "黄鳝城路", "建设街")


def settle(cast: Cast) -> Round:
    """The town with its round."""
    data = pack_data()
    data["site_types"] = [{"code": "P01", "name": "主次干道"}, {"code": "P02", "name": "街道"}]
    data["checks"] = [
        {"code": code, "text": text, "site_types": "P01", "standards": "I-1-1", "rule": rule, "params": params}
        for code, text, rule, params in CHECKS
    ] + [{"code": "X1", "text": "别的", "site_types": "P02", "standards": "I-1-2", "rule": "absence", "params": ""}]
    edition = install_edition(finished(draft_of(data)), by=MACHINE, at=AT).edition
    for number, name in enumerate(NAMES, start=1):
        Site.objects.create(code=f"P01-00{number}", name=name, type_code="P01", organisation=cast.units["V1"])
    new = actions.NewRound("2021", "2021 年测评", RoundKind.OFFICIAL, 2021, date(2021, 9, 1), date(2021, 12, 31))
    return actions.open_round(new, edition, by=MACHINE, at=AT)


class Desk:
    """李敏 at the page of the import: what she sends and what she sees."""

    def __init__(self, client: Any) -> None:
        self.client = client

    def send(self, data: bytes | str, name: str = "观测.csv", **more: str) -> Any:
        """The first step."""
        raw = data.encode() if isinstance(data, str) else data
        return self.client.post(URL, {"file": SimpleUploadedFile(name, raw), **more})

    def case(self, name: str) -> Any:
        """One of the files that real desks taught."""
        return self.send((FILES / name).read_bytes(), name)

    def go_on(self, page: Any, move: str = "try", **answers: str) -> Any:
        """The next step with answers to questions by their key."""
        said = {f"q.{key}": value for key, value in answers.items()}
        return self.step(page, {"move": move, **said})

    def step(self, page: Any, more: dict[str, str]) -> Any:
        facts = {"key": page.context["sent"].key, **page.context["page"].along, **page.context["carried"]}
        for question in page.context["questions"]:
            if question.answer:
                facts[f"q.{question.id}"] = question.answer
        return self.client.post(URL, {**facts, **more}, follow=True)


def problems(page: Any) -> list[tuple[int, str]]:
    """Row and column letter of every problem."""
    return [(one.row, one.column[:1]) for one in page.context["problems"]]


def questions(page: Any) -> list[str]:
    return [one.id for one in page.context["questions"]]


def counts(page: Any) -> tuple[int, int, int]:
    run = page.context["run"]
    return run.new, run.changed, run.known


def standing() -> list[tuple[str, str, str, int | None]]:
    """What counts in the round: site, check, day, value."""
    rows = Observation.objects.filter(counts=True).order_by("site__code", "check_item__code", "seen_at", "pk")
    return [(row.site.code, row.check_item.code, f"{row.seen_at:%m-%d}", row.value) for row in rows]
