"""The home page's one honest picture, in a fixed number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from chuangwen.kit.charts import Chart
from chuangwen.records.duties import queries as duty_queries
from chuangwen.records.duties.models import Duty
from chuangwen.records.measures.models import Grade, Round
from chuangwen.records.standards.definitions import Grouping
from chuangwen.records.standards.models import Node, NodeKind, Requirement
from chuangwen.records.township.actors import Actor
from chuangwen.records.township.models import Deadline, Organisation
from chuangwen.records.township.queries import next_deadline
from chuangwen.results.dashboard.trend import trend
from chuangwen.results.scoring.arithmetic.lines import Line
from chuangwen.results.scoring.gathering import pack_of
from chuangwen.results.scoring.loss_words import LossLine, loss_lines
from chuangwen.results.scoring.queries import RoundScore, VillageLine, score_round, villages_of


@dataclass(frozen=True)
class GroupLine:
    """One member of a grouping with its score."""

    code: str
    title: str
    short: str
    group: str
    line: Line


@dataclass(frozen=True)
class Counts:
    """How much is there, of how much; never a rate without both."""

    graded: int
    requirements: int
    with_person: int
    with_lead: int
    standards: int


@dataclass(frozen=True)
class Home:
    """Everything the home page shows."""

    result: RoundScore
    losses: Sequence[LossLine]
    all_losses: int
    groupings: Sequence[tuple[Grouping, Sequence[GroupLine]]]
    villages: Sequence[VillageLine]
    deadline: Deadline | None
    days_left: int | None
    counts: Counts
    owed: Sequence[Duty]
    all_owed: int
    trend: Chart | None


def home(actor: Actor, round_: Round, on: date) -> Home:
    """The home page of one person."""
    result = score_round(round_, on)
    pack = pack_of(round_.edition)
    found = result.losses
    units = dict(Organisation.objects.values_list("code", "short"))
    deadline = next_deadline(on)
    owed = duty_queries.owed_by(actor)
    return Home(
        result=result,
        losses=loss_lines(result, found[:6], units),
        all_losses=len(found),
        groupings=group_lines(result, pack.framework.groupings),
        villages=villages_of(result.main, regions=True),
        deadline=deadline,
        days_left=deadline.days_left(on) if deadline else None,
        counts=_counts(round_),
        owed=list(owed[:5]),
        all_owed=owed.count(),
        trend=trend(result),
    )


def group_lines(result: RoundScore, groupings: Sequence[Grouping]) -> list[tuple[Grouping, Sequence[GroupLine]]]:
    """Each grouping with a line for each member; members that nothing is tagged with are left out."""
    rows = result.main.rows
    return [
        (
            grouping,
            [
                GroupLine(one.code, one.title, one.short or one.title, one.group, rows[grouping.id, one.code])
                for one in grouping.member
                if (grouping.id, one.code) in rows
            ],
        )
        for grouping in groupings
    ]


def _counts(round_: Round) -> Counts:
    standards = Node.objects.filter(edition=round_.edition_id, kind=NodeKind.STANDARD)
    requirements = Requirement.objects.filter(edition=round_.edition_id)
    return Counts(
        graded=Grade.objects.filter(round=round_, requirement__edition=round_.edition_id).count(),
        requirements=requirements.count(),
        with_person=standards.filter(duty__person__isnull=False).count(),
        with_lead=standards.filter(duty__isnull=False).count(),
        standards=standards.count(),
    )
