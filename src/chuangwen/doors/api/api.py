"""The API: the same actions and the same rights as the pages, as OpenAPI 3.1."""

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema
from pydantic import ConfigDict, Field

from chuangwen.kernel.judging import parse_rule
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import say
from chuangwen.kit.doors import signed_in
from chuangwen.kit.refusals import NotFound
from chuangwen.records.measures import actions
from chuangwen.records.measures.models import Round, Source
from chuangwen.records.standards.models import Check
from chuangwen.records.township.models import Site
from chuangwen.records.township.permissions import Permission
from chuangwen.records.township.policy import require
from chuangwen.records.township.requests import TownRequest
from chuangwen.results.scoring.gathering import factors_of
from chuangwen.results.scoring.queries import latest_of_year, losses_of, score_round
from chuangwen.results.scoring.score_data import as_data

api = NinjaAPI(title="Chuangwen", version="1", docs_url=None, urls_namespace="api")


@api.exception_handler(Refusal)
def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """A refusal is JSON with a code and a sentence."""
    return api.create_response(request, refusal.as_dict(), status=refusal.status)


class NewObservation(Schema):
    """One observation. ``mark`` is the sender's own name for it: the same mark sent again changes nothing."""

    model_config = ConfigDict(extra="forbid")

    round: Annotated[str, Field(max_length=40)]
    site: Annotated[str, Field(max_length=40)]
    check: Annotated[str, Field(max_length=40)]
    result: Annotated[str, Field(max_length=40)] = ""
    count: Annotated[str, Field(max_length=40)] = ""
    seen_at: datetime
    note: Annotated[str, Field(max_length=300)] = ""
    mark: Annotated[str, Field(max_length=80)] = ""


class Recorded(Schema):
    """What was recorded: its key and its judged value (0 to 1; null: not applicable)."""

    id: int
    value: float | None
    result: str


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
    rule = parse_rule(check.rule, check.params, factors_of(check.edition))
    answer = rule.read_text(said.result, said.count)
    reading = actions.Reading(
        value=rule.judge(answer),
        result=said.result or said.count,
        seen_at=said.seen_at,
        seen_by=request.actor.name,
        passed=answer.passed,
        total=answer.total,
        note=said.note,
        source=Source.API,
        mark=said.mark,
    )
    made = actions.record(round_, site, check, reading, by=request.actor, at=request.at)
    value = None if made.value is None else made.value / 10_000
    return Recorded(id=made.pk, value=value, result=made.result)


@api.get("/score")
def score(request: TownRequest, year: int) -> dict[str, Any]:
    """Where the town stands in a year: the same object as ``chuangwen score --json``."""
    require(request.actor, Permission.SEE_SCORE)
    return as_data(score_round(latest_of_year(year), request.at.date()))


@api.get("/losses")
def losses(request: TownRequest, year: int) -> list[dict[str, Any]]:
    """Where points are lost: the same list as ``chuangwen losses --json``."""
    require(request.actor, Permission.SEE_SCORE)
    round_ = latest_of_year(year)
    return [one.as_dict() for one in losses_of(score_round(round_, request.at.date()))]


def addresses() -> tuple[list[Any], str, str]:
    """The API's addresses, each declared: who is not signed in gets no further; the actions ask for the rest."""
    patterns, app, namespace = api.urls
    for pattern in patterns:
        if pattern.callback is not None:
            signed_in(pattern.callback)
    return patterns, app, namespace
