"""Named reads of what has been measured."""

from collections.abc import Sequence
from datetime import date

from django.db.models import Case, Q, QuerySet, Value, When

from chuangwen.records.measures.models import Event, FigureValue, Grade, Observation, Round, RoundKind, Tally
from chuangwen.records.standards.models import Check, Edition, Figure, Question, Requirement
from chuangwen.records.township.actors import Actor
from chuangwen.records.township.models import Organisation, Site
from chuangwen.records.township.permissions import Permission


def rounds() -> QuerySet[Round]:
    """All rounds, newest first, without the frozen results and the packs' content."""
    light = Round.objects.select_related("edition", "companion")
    return light.defer("frozen", "edition__content", "companion__content").order_by("-opens", "-pk")


def speaking_of(offered: Sequence[Round], today: date) -> Round | None:
    """``speaking_round`` among rounds that were read already."""
    return min(
        offered,
        key=lambda one: (
            one.opens > today,
            one.closed_at is not None,
            one.kind != RoundKind.OFFICIAL,
            -one.opens.toordinal(),
            -one.pk,
        ),
        default=None,
    )


def speaking_round(today: date) -> Round | None:
    """The round that speaks for the town unless another is chosen, on pages and by command.

    The open official one, else the newest open one; where none is open the newest official one, else the newest. One
    that has not begun comes last.
    """
    begun = Case(When(opens__lte=today, then=0), default=1)
    official = Case(When(kind=RoundKind.OFFICIAL, then=0), default=1)
    still = Case(When(closed_at=None, then=0), default=1)
    ranked = rounds().annotate(begun=begun, still=still, official=official)
    return ranked.order_by("begun", "still", "official", "-opens", "-pk").first()


def observations_visible_to(actor: Actor) -> QuerySet[Observation]:
    """Observations at sites within reach; inspectors see their own."""
    rows = Observation.objects.select_related("site__organisation", "check_item", "round").defer("round__frozen")
    rows = rows.prefetch_related("photos")
    return actor.reach(Permission.SEE_ROWS).filter(rows, "site__organisation", person="inspector")


def checks_for(round_: Round, site: Site) -> list[Check]:
    """The checks that apply at this site, in the order of the edition."""
    wanted = [round_.edition_id, round_.companion_id or round_.edition_id]
    checks = Check.objects.select_related("edition").defer("edition__content").filter(edition__in=wanted)
    return [one for one in checks.order_by(_main_first(round_), "position") if site.type_code in one.site_types]


def requirements_of(round_: Round) -> QuerySet[Requirement]:
    """Everything that has to be handed in for a round, in the order of its editions."""
    editions = [round_.edition_id, round_.companion_id or round_.edition_id]
    return Requirement.objects.filter(edition__in=editions).select_related("node")


def graded(round_: Round) -> dict[int, Grade]:
    """Grades by requirement, with who graded and when."""
    return {grade.requirement_id: grade for grade in Grade.objects.filter(round=round_)}


def grade_scale(round_: Round) -> list[str]:
    """The grades of the round's edition, best first."""
    content = Edition.objects.values_list("content", flat=True).get(pk=round_.edition_id)
    return [one["grade"] for one in content["framework"]["grades"]]


def editions_of(round_: Round) -> list[int]:
    """The keys of the editions that a round is measured by, the main one first."""
    return [pk for pk in (round_.edition_id, round_.companion_id) if pk is not None]


def _main_first(round_: Round) -> Case:
    """The order of a round's editions: ordering by the edition itself would take the order of all editions."""
    return Case(When(edition=round_.edition_id, then=Value(0)), default=Value(1))


def questions_of(round_: Round) -> QuerySet[Question]:
    """The questions of a round's survey, in the order of its editions."""
    return Question.objects.filter(edition__in=editions_of(round_)).order_by(_main_first(round_), "position")


def figures_of(round_: Round) -> QuerySet[Figure]:
    """The figures that a round asks for, in the order of its editions."""
    return Figure.objects.filter(edition__in=editions_of(round_)).order_by(_main_first(round_), "position")


def tallies_of(round_: Round) -> dict[tuple[int, int | None], Tally]:
    """What has been put in of the survey, by question and village (``None``: the whole town)."""
    rows = Tally.objects.filter(round=round_).select_related("question", "organisation", "round")
    return {(one.question_id, one.organisation_id): one for one in rows.defer("round__frozen")}


def figure_values_of(round_: Round) -> dict[int, FigureValue]:
    """What has been put in of the figures, by figure."""
    rows = FigureValue.objects.filter(round=round_).select_related("figure", "round").defer("round__frozen")
    return {one.figure_id: one for one in rows}


def figures_before(round_: Round) -> dict[str, FigureValue]:
    """The same figures (by code) of the newest earlier round that has them."""
    rows = FigureValue.objects.filter(round__opens__lt=round_.opens, figure__edition__pack__in=_packs_of(round_))
    rows = rows.select_related("figure", "round").defer("round__frozen").order_by("round__opens", "round_id")
    return {one.figure.code: one for one in rows}


def _packs_of(round_: Round) -> QuerySet[Edition, str]:
    return Edition.objects.filter(pk__in=editions_of(round_)).values_list("pack", flat=True)


def events_of(edition: Edition) -> QuerySet[Event]:
    """The events of the negative list that stand: none that was withdrawn."""
    return Event.objects.filter(edition=edition, withdrawn_at=None)


def still_counts(happened_on: date, window_months: int, on: date) -> bool:
    """Whether an event is inside its window on a day: whole months since, the day of the month counted."""
    months = (on.year - happened_on.year) * 12 + on.month - happened_on.month - (on.day < happened_on.day)
    return on >= happened_on and months < window_months


def events_visible_to(actor: Actor) -> QuerySet[Event]:
    """Events within reach, the whole town's and withdrawn ones too, newest first."""
    rows = Event.objects.select_related("organisation", "edition").defer("edition__content")
    near = actor.reach(Permission.SEE_ROWS).filter(rows, "organisation")
    return rows.filter(Q(organisation=None) | Q(pk__in=near.values("pk"))).order_by("-happened_on", "-pk")


def villages_asked(round_: Round) -> list[Organisation]:
    """Where people are asked: villages and communities in use, and whatever else has answers in this round."""
    villages = Q(closed=None, parent__isnull=False) & ~Q(region_code="")
    return list(Organisation.objects.filter(villages | Q(tallies__round=round_)).distinct().order_by("order", "pk"))
