"""An indicator workbook made an official edition: the office's facts, the pack, the duties that the table names."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from chuangwen.kernel.cells import day_of
from chuangwen.kernel.problems import Problems
from chuangwen.kernel.words import later
from chuangwen.kit.asked import whole
from chuangwen.records.duties.actions import assign_many
from chuangwen.records.duties.duty_table import DutyRow
from chuangwen.records.duties.queries import known_names
from chuangwen.records.standards.checking import draft_of, finished
from chuangwen.records.standards.definitions import FrameworkPack
from chuangwen.records.standards.models import Edition
from chuangwen.records.standards.official import OfficialFacts, as_framework_data
from chuangwen.records.standards.workbook import WorkbookReading
from chuangwen.records.township.gates import By

METHOD_TITLES = {
    "material": later("材料审核"),
    "field": later("实地考察"),
    "survey": later("问卷调查"),
    "figure": later("统计数据"),
    "opinion": later("部门意见"),
    "overall": later("整体观察"),
}
PASS_OR_FAIL = ({"grade": "A", "factor": "1"}, {"grade": "D", "factor": "0"})


@dataclass(frozen=True)
class Facts:
    """What no table says: the edition's own number, its title, its years, how its total is composed."""

    id: str
    edition: str
    title: str
    first_year: int
    last_year: int
    pass_line: str

    @classmethod
    def guess(cls, file: str, year: int, said: Mapping[str, str]) -> "Facts":
        """From the file's name and the day, corrected by what the office has typed."""
        stem = file.rsplit(".", 1)[0]
        return cls(
            id=said.get("id", "").strip() or f"official-{year}",
            edition=said.get("edition", "").strip() or f"{year}.1",
            title=said.get("title", "").strip() or stem[:100],
            first_year=_year(said.get("first_year", ""), year),
            last_year=_year(said.get("last_year", ""), year),
            pass_line=said.get("pass_line", "").strip() or "0",
        )


def _year(text: str, default: int) -> int:
    return whole(text, least=1000, most=9999) or default


def grades_in_use() -> list[dict[str, str]]:
    """The grade scale that an indicator table never tells: that of the newest edition, else only pass and fail."""
    newest = (
        Edition.objects.order_by("-installed_at", "-pk").values_list("content__framework__grades", flat=True).first()
    )
    return newest or [dict(grade) for grade in PASS_OR_FAIL]


def as_pack(reading: WorkbookReading, facts: Facts) -> FrameworkPack:
    """The reading as a checked pack of standing "official"; refuses with all problems when it is not one.

    A standard without a method is taken as judged by material; one without points carries one point.
    """
    data: dict[str, Any] = as_framework_data(reading, OfficialFacts(facts.id, facts.edition, facts.title))
    methods = {method for standard in reading.standards for method in standard.methods.shares} | {"material"}
    data["framework"] = {
        "code": facts.id,
        "title": facts.title,
        "short_title": facts.title[:20],
        "years": list(range(facts.first_year, max(facts.first_year, facts.last_year) + 1)),
        "composition": "by_standard",
        "pass_line": facts.pass_line,
        "method": [{"id": method, "title": METHOD_TITLES[method]} for method in METHOD_TITLES if method in methods],
        "grade": grades_in_use(),
    }
    for row in data["standards"]:
        if row["kind"] == "standard":
            row["methods"] = row["methods"] or "material:100"
            row["points"] = row["points"] or "1"
    return finished(draft_of(data))


def assign_read_duties(reading: WorkbookReading, edition: Edition, *, by: By, at: datetime) -> int:
    """Set the duties whose lead unit the town knows by name; the others stay in the list of what is left over."""
    known = known_names(edition)
    rows = []
    for standard in reading.standards:
        lead = known.unit(standard.lead_unit)
        if lead is None:
            continue
        assisting = (known.unit(name) for name in standard.assisting)
        others = tuple(dict.fromkeys(unit for unit in assisting if unit and unit != lead))
        due = day_of(standard.due) if standard.due else None
        rows.append(DutyRow(standard.row, standard.code, lead, others, known.person(standard.person), due))
    return assign_many(edition, rows, Problems(), by=by, at=at) if rows else 0


def total_points(reading: WorkbookReading) -> Decimal:
    """What the points of a table add up to."""
    return sum((standard.points or Decimal(0) for standard in reading.standards), Decimal(0))
