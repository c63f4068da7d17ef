"""What the box in the head of every page finds beside documents: standards, cases, sites, units and people."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from operator import and_, or_
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.urls import reverse
from django.utils.http import urlencode

from chuangwen.kernel.words import later, say
from chuangwen.records.archive.suggesting import editions_in_use
from chuangwen.records.standards.models import Node
from chuangwen.records.township.actors import Actor
from chuangwen.records.township.permissions import Permission
from chuangwen.records.township.queries import organisations_visible_to, people_visible_to, sites_visible_to
from chuangwen.work.cases import queries as case_queries

SHOWN = 6


@dataclass(frozen=True)
class Line:
    """One thing found: its name, what stands small beside it, where it leads."""

    title: str
    note: str
    link: str


@dataclass(frozen=True)
class Group:
    """The things of one kind: the first few, and where the others are."""

    title: str
    icon: str
    lines: Sequence[Line] = field(default_factory=tuple)
    more: str = ""


@dataclass(frozen=True)
class Kind:
    """How one kind of thing is looked for: who may, in which rows and fields, how a row is told, where the list is."""

    title: str
    icon: str
    needs: Permission
    rows: Callable[[Actor, date], QuerySet[Any]]
    fields: Sequence[str]
    line: Callable[[Any], Line]
    more: str


def _standards(_actor: Actor, on: date) -> QuerySet[Node]:
    editions = [one.pk for one in editions_in_use(on)]
    rows = Node.objects.filter(edition__in=editions).select_related("edition").defer("edition__content")
    return rows.order_by("edition", "position")


KINDS = (
    Kind(
        later("测评标准"), "tree", Permission.SEE_FRAMEWORK, _standards, ("code", "title", "text", "requirements__title"),
        lambda row: Line(f"{row.code} {row.title}", row.edition.short_title, reverse("standard", args=[row.pk])), "framework",
    ),
    Kind(
        later("事项"), "inbox", Permission.SEE_CASES, lambda actor, _on: case_queries.in_rows(case_queries.visible_to(actor)).order_by("-opened_at"),
        ("number", "title", "address", "outer_number"),
        lambda row: Line(row.title, f"{row.number} · {row.type.title}", reverse("case", args=[row.number])), "cases",
    ),
    Kind(
        later("点位"), "flag", Permission.SEE_ROWS, lambda actor, _on: sites_visible_to(actor), ("code", "name", "address"),
        lambda row: Line(row.name, f"{row.code} · {row.organisation.short}", _list("sites", row.code)), "sites",
    ),
    Kind(
        later("单位"), "duty", Permission.SEE_PEOPLE, lambda actor, _on: organisations_visible_to(actor), ("code", "name", "short"),
        lambda row: Line(row.name, row.kind.title, _list("people", row.name)), "units",
    ),
    Kind(
        later("人员"), "people", Permission.SEE_PEOPLE, lambda actor, _on: people_visible_to(actor), ("name", "username", "post"),
        lambda row: Line(row.name, f"{row.organisation.short if row.organisation else ''} {row.post}".strip(), reverse("person", args=[row.pk])), "people",
    ),
)  # fmt: skip


def _list(name: str, words: str) -> str:
    return f"{reverse(name)}?{urlencode({'q': words})}"


def groups(actor: Actor, text: str, *, on: date) -> list[Group]:
    """Everything beside documents that holds all the words and that this person may know of; one query a kind."""
    words = text.split()
    if not words:
        return []
    found = (_group(kind, actor, words, on) for kind in KINDS if actor.may(kind.needs))
    return [one for one in found if one.lines]


def _group(kind: Kind, actor: Actor, words: Sequence[str], on: date) -> Group:
    each = (reduce(or_, (Q(**{f"{name}__icontains": word}) for name in kind.fields)) for word in words)
    rows: list[Model] = list(kind.rows(actor, on).filter(reduce(and_, each)).distinct()[: SHOWN + 1])
    more = ""
    if len(rows) > SHOWN:
        more = f"{_list(kind.more, ' '.join(words))}{'&tab=all' if kind.more == 'cases' else ''}"
    return Group(say(kind.title), kind.icon, [kind.line(row) for row in rows[:SHOWN]], more)
