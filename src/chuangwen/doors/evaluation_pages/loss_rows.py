"""The losses as the page lists them: what bars the town first, then by unit, in pages that hold whole groups."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.http import urlencode

from chuangwen.records.duties.queries import DutyLine, of_standards
from chuangwen.records.standards.models import Node, NodeKind
from chuangwen.records.township.actors import Actor
from chuangwen.records.township.permissions import Permission
from chuangwen.results.scoring.loss_words import LossLine
from chuangwen.results.scoring.queries import RoundScore
from chuangwen.work.cases.guarding import Guard, guards_of
from chuangwen.work.cases.types import for_gaps

PER_PAGE = 16


@dataclass(frozen=True)
class LossRow:
    """One loss with the case that guards it, or the way to open one; ``due`` is the duty's own day."""

    line: LossLine
    cases: Sequence[Guard]
    open_link: str
    person: str
    due: date | None
    ticked: bool

    @property
    def link(self) -> str:
        return reverse("standard_by_code", args=[self.line.edition, self.line.standard])


@dataclass(frozen=True)
class LossGroup:
    """The losses of one unit."""

    code: str
    title: str
    rows: Sequence[LossRow]

    @property
    def lost(self) -> float:
        return sum(one.line.lost for one in self.rows)

    @property
    def risk(self) -> float:
        return sum(one.line.risk for one in self.rows)

    @property
    def regain(self) -> float:
        return sum(one.line.regain for one in self.rows)


def rows_of(actor: Actor, result: RoundScore, lines: Sequence[LossLine], ticked: set[str]) -> list[LossRow]:
    """The losses as rows, in a fixed number of queries."""
    guards = guards_of(actor, "standard", sorted({one.link_key for one in lines}), year=result.round.year)
    duties = _duties(result)
    opening = for_gaps() if actor.may(Permission.STEER_CASES) and result.round.closed_at is None else None
    return [_row(one, guards.get(one.link_key, []), duties.get(one.link_key), opening, ticked) for one in lines]


def _row(
    one: LossLine, guards: list[Guard], duty: DutyLine | None, opening: tuple[str, str] | None, ticked: set[str]
) -> LossRow:
    return LossRow(
        line=one,
        cases=guards,
        open_link=_open_link(opening, one) if opening and one.is_work else "",
        person=duty.person if duty else "",
        due=duty.due if duty else None,
        ticked=one.key in ticked,
    )


def _open_link(opening: tuple[str, str], one: LossLine) -> str:
    kind, move = opening
    links = [f"standard:{one.link_key}|{one.label}", f"loss:{one.key.replace('|', ':')}|{one.where}"]
    asked = {"move": move, "title": f"{one.label}：{one.where}"[:110], "link": links}
    return f"{reverse('case_open', args=[kind])}?{urlencode(asked, doseq=True)}"


def _duties(result: RoundScore) -> dict[str, DutyLine]:
    found: dict[str, DutyLine] = {}
    for edition in result.editions:
        codes = dict(Node.objects.filter(edition=edition, kind=NodeKind.STANDARD).values_list("pk", "code"))
        found.update({f"{edition.pk}:{codes[pk]}": duty for pk, duty in of_standards(edition.pk).items()})
    return found


def grouped(rows: Sequence[LossRow]) -> list[LossGroup]:
    """By leading unit, the unit with most to regain first; inside as given."""
    found: dict[str, list[LossRow]] = {}
    for one in rows:
        found.setdefault(one.line.lead_code, []).append(one)
    groups = [LossGroup(code, mine[0].line.lead, mine) for code, mine in found.items()]
    return sorted(groups, key=lambda one: (-one.regain, -one.lost - one.risk, one.title))


def paged(groups: Sequence[LossGroup]) -> list[list[LossGroup]]:
    """Pages of whole groups, about ``PER_PAGE`` rows each; a long group is cut."""
    pages: list[list[LossGroup]] = [[]]
    for group in groups:
        for start in range(0, len(group.rows), PER_PAGE):
            piece = LossGroup(group.code, group.title, group.rows[start : start + PER_PAGE])
            held = sum(len(one.rows) for one in pages[-1])
            if pages[-1] and held + len(piece.rows) > PER_PAGE:
                pages.append([])
            pages[-1].append(piece)
    return pages


def page_foot(pages: Sequence[Sequence[LossGroup]]) -> list[Mapping[str, object]]:
    """What each page holds: units, items, lost, at risk."""
    return [
        {
            "number": number,
            "units": len(groups),
            "items": sum(len(one.rows) for one in groups),
            "lost": sum(one.lost for one in groups),
            "risk": sum(one.risk for one in groups),
        }
        for number, groups in enumerate(pages, start=1)
    ]
