"""A finding of an inspection becomes a case: what was judged short at a site, for the unit that answers for it."""

from datetime import datetime

from django.db import transaction

from chuangwen.kernel.words import written
from chuangwen.records.measures.models import Observation
from chuangwen.records.township.actors import Actor
from chuangwen.work.cases import queries, side_actions
from chuangwen.work.cases.actions import open_case, openings_for
from chuangwen.work.cases.definitions import MoveRow
from chuangwen.work.cases.models import Case, CaseLink, Phase
from chuangwen.work.cases.said import Link, NewCase, Said
from chuangwen.work.cases.types import all_in_force, definition

FULL = 10_000


def finding_kind(actor: Actor) -> tuple[str, MoveRow] | None:
    """The kind of case that a finding opens, and the opening that this person may take; ``None``: not this person's to open."""
    for row in all_in_force():
        type_ = definition(row)
        if type_.type.from_observation:
            moves = [one for one in openings_for(type_, actor) if one.does == "file"] or openings_for(type_, actor)
            return (row.code, moves[0]) if moves else None
    return None


def falls_short(observation: Observation) -> bool:
    """Something was found: judged, and not in full."""
    return observation.value is not None and observation.value < FULL and observation.counts


@transaction.atomic
def open_for(observation: Observation, *, by: Actor, at: datetime) -> Case | None:
    """Open the case of a finding, or add the finding to the case that is open for the same thing at the same site.

    ``None`` when this person may open none. Repeats are harmless: an observation leads to one case.
    """
    kind = finding_kind(by)
    if kind is None or not falls_short(observation):
        return None
    check, site = observation.check_item, observation.site
    thing = f"{check.edition_id}:{check.code}@{site.code}"
    links = [
        Link("observation", str(observation.pk), f"{check.code} {check.text}"[:120]),
        Link("finding", thing, f"{site.name} {check.code}"),
        *(Link("standard", f"{check.edition_id}:{code}", code) for code in check.standards),
    ]
    same = CaseLink.objects.filter(kind="finding", key=thing).exclude(case__phase=Phase.CLOSED).order_by("-pk").first()
    if same is not None and (case := queries.visible_to(by).filter(pk=same.case_id).first()):
        side_actions.connect(case, links, by=by, at=at)
        return case
    title = observation.as_fault()[:110]
    text = written("考察结果：{result}。{note}", result=observation.in_words(written), note=observation.note).strip()
    new = NewCase(kind=kind[0], title=title, text=text, move=kind[1].id, source="inspection", site=site, links=links)
    return open_case(new, Said(text=text, mark=f"observation:{observation.pk}"), by=by, at=at)
