"""The small town with a second system: the minors' count a fifth, with a floor of 85 that they miss."""

from dataclasses import dataclass
from datetime import date

from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.measures import actions
from chuangwen.records.measures.grading_actions import grade
from chuangwen.records.measures.models import Round
from chuangwen.records.standards.actions import install_edition
from chuangwen.records.standards.checking import draft_of, finished
from chuangwen.records.standards.models import Edition, Figure, Question, Requirement
from tests.town import AT, MeasuredTown, pack_data, prove


@dataclass(frozen=True)
class Paired:
    """The town, its round under both systems, the day it is looked at."""

    town: MeasuredTown
    round: Round
    minors: Edition
    on: date


def pair(town: MeasuredTown) -> Paired:
    """Let the minors' system count beside the small one in the town's running round, nearly all of it measured."""
    minors = install_edition(finished(draft_of(_minors())), by=MACHINE, at=AT).edition
    content = town.edition.content
    content["framework"]["companion"] = {"framework": "minors", "share": "20", "floor": "85"}
    Edition.objects.filter(pk=town.edition.pk).update(content=content, digest="paired" + town.edition.digest[6:])
    Round.objects.filter(pk=town.round.pk).update(companion=minors)
    round_ = Round.objects.select_related("edition", "companion").get(pk=town.round.pk)
    town.round, town.edition = round_, round_.edition
    _measure(town, minors)
    return Paired(town, round_, minors, AT.date())


def _minors() -> dict:
    data = pack_data()
    data["pack"].update(id="minors", title="小未成年人体系")
    data["framework"].update(code="minors", title="小未成年人测评体系", short_title="小未成年人")
    return data


def _measure(town: MeasuredTown, minors: Edition) -> None:
    who = {"by": MACHINE, "at": AT}
    for requirement in Requirement.objects.filter(edition__in=[minors, town.edition]):
        prove(requirement)
        grade(town.round, requirement, "B", **who)
    for question in Question.objects.filter(edition=minors):
        actions.tally(town.round, question, (30, 40), village=None, **who)
    for figure in Figure.objects.filter(edition=minors):
        actions.set_figure(town.round, figure, (8, 10), source="年报", **who)
