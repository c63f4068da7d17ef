"""A small measured town: one framework of five standards with every method, sites, a round, observations."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from chuangwen.kernel.workdays import CHINA
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.measures import actions
from chuangwen.records.measures.models import Round, RoundKind
from chuangwen.records.measures.visit_actions import TakenIn, record_visit
from chuangwen.records.measures.visits import NOTHING_SAID, Item, Visit
from chuangwen.records.standards.actions import install_edition
from chuangwen.records.standards.checking import draft_of, finished
from chuangwen.records.standards.definitions import FrameworkPack
from chuangwen.records.standards.models import Check, Edition, Figure, Node, Question, Requirement
from chuangwen.records.township.models import Site
from tests.people import Cast

AT = datetime(2021, 9, 1, 2, tzinfo=UTC)


def pack_data(standards: int = 5, **head: Any) -> dict[str, Any]:
    """A framework pack as data; ``standards`` may be raised to test sizes."""
    rows: list[dict[str, Any]] = [
        {"code": "I", "kind": "item", "title": "市场"},
        {"code": "I-1", "parent": "I", "kind": "content", "title": "集贸市场"},
    ]
    methods = ["field:60;material:40", "field:100", "survey:100", "figure:100", "material:100"]
    for number in range(1, standards + 1):
        rows.append(
            {
                "code": f"I-1-{number}",
                "parent": "I-1",
                "kind": "standard",
                "title": f"标准{number}",
                "text": f"第 {number} 条标准的原文",
                "points": "2.5",
                "methods": methods[(number - 1) % 5],
                "tags": "environment:market",
                "effort_days": "2",
            }
        )
    by_method = {
        name: [row["code"] for row in rows if name in row.get("methods", "")]
        for name in ("field", "material", "survey", "figure")
    }
    return {
        "pack": {"id": "small", "edition": "1", "title": "小体系", "kind": "framework", "standing": "derived", **head},
        "framework": {
            "code": "small",
            "title": "小测评体系",
            "short_title": "小体系",
            "years": [2021],
            "composition": "by_standard",
            "pass_line": "85",
            "method": [{"id": one, "title": one} for one in ("material", "field", "survey", "figure")],
            "grade": [{"grade": "A", "factor": "1"}, {"grade": "B", "factor": "0.8"}, {"grade": "D", "factor": "0"}],
            "grouping": [
                {"id": "environment", "title": "八个环境", "member": [{"code": "market", "title": "市场环境"}]}
            ],
        },
        "site_types": [{"code": "P01", "name": "集贸市场"}, {"code": "P02", "name": "街道", "weight": "2"}],
        "standards": rows,
        "requirements": [
            {"code": f"{code}-M1", "standard": code, "kind": "情况说明", "title": "管理情况说明"}
            for code in by_method["material"]
        ],
        "checks": [
            {
                "code": f"C{number:03d}",
                "text": f"考察内容{number}",
                "site_types": "P01;P02",
                "standards": code,
                "rule": "rate_at_least" if number % 2 else "absence",
                "params": "x=0.9" if number % 2 else "",
            }
            for number, code in enumerate(by_method["field"])
        ],
        "questions": [
            {"code": f"Q{number}", "text": f"题目{number}", "standards": code, "scale": "0.6:0|0.9:1"}
            for number, code in enumerate(by_method["survey"])
        ],
        "figures": [
            {"code": f"F{number}", "title": "指标", "numerator": "甲", "denominator": "乙", "standards": code}
            for number, code in enumerate(by_method["figure"])
        ],
        "negative": [{"code": "G01", "title": "弄虚作假", "effect": "deduct", "points": "3"}],
    }


def small_pack(standards: int = 5, **head: Any) -> FrameworkPack:
    """The checked pack."""
    return finished(draft_of(pack_data(standards, **head)))


@dataclass
class MeasuredTown:
    """The cast with its framework, sites and running round."""

    cast: Cast
    edition: Edition
    round: Round
    sites: list[Site]

    def check(self, number: int) -> Check:
        return Check.objects.filter(edition=self.edition).order_by("position")[number]

    def see(self, site: int, check: int, value: int | None, *, day: int = 2, who: str = "张强", mark: str = "") -> Any:
        """One observation by hand of a command, said so that its check's rule makes this value of it."""
        return self.visit(site, {check: said_for(self.check(check), value)}, day=day, who=who, mark=mark).observations[
            0
        ]

    def visit(self, site: int, said: Mapping[int, str | tuple[str, str]], *, day: int = 2, **more: Any) -> TakenIn:
        """A visit by hand of a command: for each check its result, or its result and counts."""
        answers, mark = more.pop("answers", NOTHING_SAID), more.pop("mark", "")
        hour, minute = more.pop("time", (11, 0))
        seen = datetime(2021, 9, day, hour, minute, tzinfo=CHINA)
        pairs = {number: (one, "") if isinstance(one, str) else one for number, one in said.items()}
        items = [
            Item(self.check(number), *pair, mark=mark, note=more.get("note", "")) for number, pair in pairs.items()
        ]
        visit = Visit(self.round, self.sites[site], seen, items, seen_by=more.get("who", "张强"))
        return record_visit(visit, answers, by=more.get("by", MACHINE), at=more.get("at", seen))


def said_for(check: Check, value: int | None) -> str | tuple[str, str]:
    """What an inspector would note for a value: half of the checks want a rate of nine in ten, the others that nothing is there."""
    if value is None:
        return "不适用"
    if check.rule == "absence":
        return "有" if value == 0 else "无"
    return "", f"{value * 9 // 10}/10000"


def measure(cast: Cast) -> MeasuredTown:
    """Install the framework and put some of everything into a round."""
    edition = install_edition(small_pack(), by=MACHINE, at=AT).edition
    sites = [
        Site.objects.create(code=f"S{n}", name=f"点位{n}", type_code="P01" if n < 3 else "P02", organisation=unit)
        for n, unit in enumerate(
            [cast.units["V1"], cast.units["V1"], cast.units["V2"], cast.units["V2"], cast.units["market"]]
        )
    ]
    new = actions.NewRound("2021", "2021 年测评", RoundKind.OFFICIAL, 2021, date(2021, 9, 1), date(2021, 12, 31))
    town = MeasuredTown(cast, edition, actions.open_round(new, edition, by=MACHINE, at=AT), sites)
    town.see(0, 0, 10_000)
    town.see(0, 1, 5_000)
    town.see(1, 0, 0)
    town.see(3, 0, 10_000)
    who = {"by": MACHINE, "at": AT}
    actions.grade(town.round, Requirement.objects.get(edition=edition, code="I-1-1-M1"), "B", **who)
    actions.tally(town.round, Question.objects.get(edition=edition), (18, 25), village=cast.units["V1"], **who)
    figure = Figure.objects.get(edition=edition)
    actions.set_figure(town.round, figure, (Decimal(9), Decimal(10)), source="年报", **who)
    return town


def standard(town: MeasuredTown, number: int) -> Node:
    """A standard by its number."""
    return Node.objects.get(edition=town.edition, code=f"I-1-{number}")
