"""Named reads of what has been measured."""

from typing import Any

from django.db.models import Count, QuerySet, Sum

from chuangwen.records.measures.models import FigureValue, Grade, Observation, Round, Tally
from chuangwen.records.standards.models import Check, Edition, Figure, Question, Requirement
from chuangwen.records.township.actors import Actor
from chuangwen.records.township.models import Site
from chuangwen.records.township.permissions import Permission


def rounds() -> QuerySet[Round]:
    """All rounds, newest first, without the frozen results and the packs' content."""
    light = Round.objects.select_related("edition", "companion")
    return light.defer("frozen", "edition__content", "companion__content").order_by("-opens", "-pk")


def observations_visible_to(actor: Actor) -> QuerySet[Observation]:
    """Observations at sites within reach; inspectors see their own."""
    rows = Observation.objects.select_related("site__organisation", "check_item", "round").defer("round__frozen")
    rows = rows.prefetch_related("photos")
    return actor.reach(Permission.SEE_ROWS).filter(rows, "site__organisation", person="inspector")


def checks_for(round_: Round, site: Site) -> list[Check]:
    """The checks that apply at this site, in the order of the edition."""
    wanted = [round_.edition_id, round_.companion_id or round_.edition_id]
    checks = Check.objects.select_related("edition").defer("edition__content").filter(edition__in=wanted)
    return [check for check in checks.order_by("edition", "position") if site.type_code in check.site_types]


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


def answers_of(round_: Round) -> dict[str, list[dict[str, Any]]]:
    """Questions with their answers pooled over the villages, figures with their counts; unanswered ones too."""
    editions = [round_.edition_id, round_.companion_id or round_.edition_id]
    sums = {
        row["question"]: row
        for row in Tally.objects.filter(round=round_)
        .values("question")
        .annotate(given=Sum("valid"), good=Sum("positive"), places=Count("pk"))
    }
    questions: list[dict[str, Any]] = [
        {"question": one, "tally": sums.get(one.pk)}
        for one in Question.objects.filter(edition__in=editions).order_by("edition", "position")
    ]
    values = {value.figure_id: value for value in FigureValue.objects.filter(round=round_)}
    figures: list[dict[str, Any]] = [
        {"figure": one, "value": values.get(one.pk)}
        for one in Figure.objects.filter(edition__in=editions).order_by("edition", "position")
    ]
    return {"questions": questions, "figures": figures}
