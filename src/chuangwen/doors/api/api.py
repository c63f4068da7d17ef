"""The API: the same actions and the same rights as the pages, as OpenAPI 3.1."""

from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema
from pydantic import AwareDatetime, ConfigDict, Field

from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import say
from chuangwen.kit.doors import signed_in
from chuangwen.kit.refusals import NotFound
from chuangwen.records.measures.models import Round, Source
from chuangwen.records.measures.visit_actions import record_visit
from chuangwen.records.measures.visits import Answers, Choice, Item, Visit
from chuangwen.records.standards.models import Check
from chuangwen.records.township.models import Site
from chuangwen.records.township.permissions import Permission
from chuangwen.records.township.policy import require
from chuangwen.records.township.requests import TownRequest
from chuangwen.results.scoring.queries import latest_of_year, losses_of, score_round
from chuangwen.results.scoring.score_data import as_data
from chuangwen.work.cases.figures import Period, figures_of
from chuangwen.work.cases.policy import scope_of
from chuangwen.work.cases.queries import visible_to

api = NinjaAPI(title="Chuangwen", version="1", docs_url=None, urls_namespace="api")


@api.exception_handler(Refusal)
def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """A refusal is JSON with a code and a sentence."""
    return api.create_response(request, refusal.as_dict(), status=refusal.status)


class NewObservation(Schema):
    """One observation. ``mark`` is the sender's own name for it: the same mark with the same content changes nothing,

    with another content it is refused. ``same_day`` declares what another reading of the same check at the same site on
    the same day is: a correction of the first, or a second visit; ``outside`` that a day outside the round counts.
    """

    model_config = ConfigDict(extra="forbid")

    round: Annotated[str, Field(max_length=40)]
    site: Annotated[str, Field(max_length=40)]
    check: Annotated[str, Field(max_length=40)]
    result: Annotated[str, Field(max_length=40)] = ""
    count: Annotated[str, Field(max_length=40)] = ""
    seen_at: AwareDatetime
    note: Annotated[str, Field(max_length=300)] = ""
    mark: Annotated[str, Field(max_length=80)] = ""
    same_day: Literal["correction", "second"] | None = None
    outside: bool = False


class Recorded(Schema):
    """What was recorded: its key and its judged value (0 to 1; null: not applicable).

    ``known``: it was there already, nothing was written; ``corrects``: the key of the observation that it supersedes.
    """

    id: int
    value: float | None
    result: str
    known: bool = False
    corrects: int | None = None


@api.post("/observations", response={200: Recorded})
def record_observation(request: TownRequest, said: NewObservation) -> Recorded:
    """Judge one reading by the rule of its check and record it."""
    round_ = Round.objects.defer("frozen").filter(code=said.round).first()
    site = Site.objects.select_related("organisation").filter(code=said.site).first()
    if round_ is None or site is None:
        raise NotFound(
            what=say("轮次“{code}”", code=said.round) if round_ is None else say("点位“{code}”", code=said.site)
        )
    wanted = [one for one in (round_.edition_id, round_.companion_id) if one]
    checks = Check.objects.select_related("edition").defer("edition__content")
    check = checks.filter(edition__in=wanted, code=said.check).order_by("pk").first()
    if check is None:
        raise NotFound(what=say("考察内容“{code}”", code=said.check))
    item = Item(check, said.result, said.count, said.note, mark=said.mark)
    visit = Visit(round_, site, said.seen_at, [item], source=Source.API)
    answers = Answers(
        same_day=Choice(said.same_day) if said.same_day else None, outside=Choice.TAKE if said.outside else None
    )
    done = record_visit(visit, answers, by=request.actor, at=request.at)
    made = done.observations[0]
    value = None if made.value is None else made.value / 10_000
    corrected = done.corrections[0][0].pk if done.corrections else None
    return Recorded(id=made.pk, value=value, result=made.result, known=bool(done.known), corrects=corrected)


@api.get("/score")
def score(request: TownRequest, year: int, round: str = "") -> dict[str, Any]:
    """Where the town stands in a year: the same object as ``chuangwen score --json``."""
    require(request.actor, Permission.SEE_SCORE)
    return as_data(score_round(latest_of_year(year, round), request.at.date()))


@api.get("/losses")
def losses(request: TownRequest, year: int, round: str = "") -> list[dict[str, Any]]:
    """Where points are lost: the same list as ``chuangwen losses --json``."""
    require(request.actor, Permission.SEE_SCORE)
    round_ = latest_of_year(year, round)
    return [one.as_dict() for one in losses_of(score_round(round_, request.at.date()))]


@api.get("/figures")
def figures(
    request: TownRequest, first: date | None = None, last: date | None = None, kind: str = ""
) -> list[dict[str, Any]]:
    """The figures of case work as the asker may see them: ``figure`` (id), ``scope``, ``day``, ``value``, ``title`` each.

    What each id means stands on the page ``/figures/`` and in docs/reference/figures.md.
    """
    require(request.actor, Permission.SEE_CASES)
    today = request.at.date()
    begin, end = sorted((first or date(today.year, 1, 1), last or today))
    rows = visible_to(request.actor)
    return [one.as_data() for one in figures_of(rows, Period(begin, end, request.at), scope_of(request.actor), kind)]


def addresses() -> tuple[list[Any], str, str]:
    """The API's addresses, each declared: who is not signed in gets no further; the actions ask for the rest."""
    patterns, app, namespace = api.urls
    for pattern in patterns:
        if pattern.callback is not None:
            signed_in(pattern.callback)
    return patterns, app, namespace
