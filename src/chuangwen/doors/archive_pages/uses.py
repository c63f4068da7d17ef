"""What a document may serve, as people choose it: proposed by the machine with its why, looked for, or typed; and where it leads."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import and_, or_
from typing import Any
from urllib.parse import quote

from django.db.models import Q, QuerySet
from django.urls import reverse

from chuangwen.kernel.words import say
from chuangwen.kit.asked import whole
from chuangwen.kit.refusals import NotFound
from chuangwen.records.archive.document_actions import Serves
from chuangwen.records.archive.models import Use, UseKind
from chuangwen.records.archive.queries import in_rows, serving_any
from chuangwen.records.archive.suggesting import Suggestion, editions_in_use
from chuangwen.records.standards.models import Edition, Node, NodeKind, Requirement
from chuangwen.records.township.actors import Actor
from chuangwen.records.township.models import Site, Workgroup
from chuangwen.records.township.permissions import Permission
from chuangwen.work.cases import queries as cases

SHOWN = 8
MOST_SERVING = 30
FIRST_YEAR, LAST_YEAR = 1990, 2100


@dataclass(frozen=True)
class Choice:
    """One thing to tick. ``words``: those that it and the document share; ``where``: the edition it stands in."""

    kind: str
    key: str
    title: str
    words: Sequence[str] = ()
    where: str = ""

    @property
    def value(self) -> str:
        return f"{self.kind}|{self.key}"

    @property
    def label(self) -> str:
        return str(UseKind(self.kind).label)

    @property
    def code(self) -> str:
        """What people call it by."""
        return code_of(self.key)


def documents_for(actor: Actor, things: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """For the page of a thing: the newest documents that serve it, for those who may see the archive; in two queries."""
    if not actor.may(Permission.SEE_ARCHIVE):
        return {"serving": None}
    rows = list(in_rows(serving_any(actor, things))[: MOST_SERVING + 1])
    return {"serving": rows[:MOST_SERVING], "serving_more": len(rows) > MOST_SERVING}


def code_of(key: str) -> str:
    """What people call a thing by: without its edition."""
    return key.partition(":")[2] or key


def proposed(found: Iterable[Suggestion]) -> list[Choice]:
    """The machine's suggestions that are not in use yet, the best first."""
    rows = sorted((one for one in found if not one.used), key=lambda one: -one.score)
    titles = dict(Edition.objects.values_list("pk", "short_title")) if rows else {}
    return [Choice(one.kind, one.key, one.title, one.words, titles.get(_edition(one.key), "")) for one in rows]


def _edition(key: str) -> int:
    first = key.partition(":")[0]
    return whole(first) or 0


def looked_for(actor: Actor, words: str, on: date) -> list[Choice]:
    """Standards, required materials, sites, cases and campaigns that hold all the words; one query a kind."""
    asked = words.split()[:5]
    if not asked:
        return []
    editions = {one.pk: one.short_title for one in editions_in_use(on)}
    standards = Node.objects.filter(_all(asked, "code", "title", "text"), edition__in=editions, kind=NodeKind.STANDARD)
    needs = Requirement.objects.filter(_all(asked, "code", "title", "node__title"), edition__in=editions)
    sites = Site.objects.filter(_all(asked, "code", "name"), closed=None)
    seen = cases.visible_to(actor).filter(_all(asked, "number", "title"))
    groups = Workgroup.objects.filter(_all(asked, "title", "campaign")).exclude(campaign="")
    return [
        *(_of_edition(UseKind.STANDARD, one, editions) for one in standards[:SHOWN]),
        *(_of_edition(UseKind.REQUIREMENT, one, editions) for one in needs[:SHOWN]),
        *(Choice(UseKind.SITE, one.code, one.name) for one in sites[:SHOWN]),
        *(Choice(UseKind.CASE, one.number, one.title) for one in seen.order_by("-opened_at")[:SHOWN]),
        *(Choice(UseKind.CAMPAIGN, one.campaign, one.title) for one in groups[:SHOWN]),
    ]


def _of_edition(kind: str, row: Node | Requirement, editions: Mapping[int, str]) -> Choice:
    return Choice(kind, f"{row.edition_id}:{row.code}", row.title, (), editions[row.edition_id])


def _all(words: Sequence[str], *fields: str) -> Q:
    """All the words, each in one of the fields."""
    return reduce(and_, (reduce(or_, (Q(**{f"{one}__icontains": word}) for one in fields)) for word in words))


def chosen(actor: Actor, values: Iterable[str]) -> list[Choice]:
    """The things that were ticked, with their titles as they stand in the town; what is not there is refused."""
    return [_found(actor, *value.partition("|")[::2]) for value in dict.fromkeys(values) if value]


def _found(actor: Actor, kind: str, key: str) -> Choice:
    code = key.partition(":")[2]
    number = _edition(key)
    rows: dict[str, tuple[QuerySet[Any], str]] = {
        UseKind.STANDARD: (Node.objects.filter(edition=number, code=code, kind=NodeKind.STANDARD), "title"),
        UseKind.REQUIREMENT: (Requirement.objects.filter(edition=number, code=code), "title"),
        UseKind.SITE: (Site.objects.filter(code=key), "name"),
        UseKind.CAMPAIGN: (Workgroup.objects.filter(campaign=key), "title"),
        UseKind.CASE: (cases.visible_to(actor).filter(number=key), "title"),
    }
    if kind == UseKind.YEAR and FIRST_YEAR <= number <= LAST_YEAR:
        return Choice(kind, key, "")
    title = _title(*rows[kind]) if kind in rows else None
    if title is None:
        raise NotFound(what=say("要关联的“{key}”", key=key[:60]))
    return Choice(kind, key, title)


def _title(rows: QuerySet[Any], field: str) -> str | None:
    found: str | None = rows.values_list(field, flat=True).first()
    return found


def serves(choices: Iterable[Choice], why: str) -> list[Serves]:
    """For the action."""
    return [Serves(one.kind, one.key, one.title, why) for one in choices]


def link_of(use: Use) -> str:
    """The page of the thing, where it has one."""
    edition, _colon, code = use.key.partition(":")
    if use.kind == UseKind.STANDARD and whole(edition) and code:
        return reverse("standard_by_code", args=[int(edition), code])
    if use.kind == UseKind.REQUIREMENT and code:
        return f"{reverse('materials')}?q={quote(code)}"
    if use.kind == UseKind.SITE:
        return f"{reverse('sites')}?q={quote(use.key)}"
    return reverse("case", args=[use.key]) if use.kind == UseKind.CASE else ""
