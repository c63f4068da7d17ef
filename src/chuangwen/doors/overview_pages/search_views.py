"""The one search: documents with the words marked where they stand, and everything else that bears them."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_safe

from chuangwen.doors.archive_pages.document_filters import DocumentFilters
from chuangwen.doors.overview_pages.search_groups import groups
from chuangwen.kit.asked import whole
from chuangwen.kit.doors import signed_in
from chuangwen.kit.pages import ListPage, asked_for, chosen, near_numbers
from chuangwen.records.archive.models import Document
from chuangwen.records.archive.searching import CAP, Found, Hit, Wanted, search
from chuangwen.records.township.permissions import Permission
from chuangwen.records.township.requests import TownRequest


def _wanted(words: str, form: forms.Form) -> Wanted:
    said: dict[str, Any] = chosen(form)
    return Wanted(
        words,
        kind=said["kind"].pk if said.get("kind") else "",
        unit=said["unit"].code if said.get("unit") else "",
        year=said.get("year"),
        standard=said.get("standard") or "",
        state=said.get("state") or "",
    )


def _page(found: Found, words: str, form: forms.Form) -> ListPage[Document]:
    return ListPage(
        rows=[hit.document for hit in found.hits],
        total=found.total,
        number=found.number,
        pages=found.pages,
        near=near_numbers(found.number, found.pages),
        sort="",
        search=words,
        form=form,
    )


def _link(document: Document) -> str:
    """The document's own page, where there is one."""
    try:
        return reverse("document", args=[document.pk])
    except NoReverseMatch:
        return ""


def _shown(hit: Hit) -> dict[str, object]:
    return {"hit": hit, "document": hit.document, "link": _link(hit.document)}


@require_safe
@signed_in
def find(request: TownRequest) -> HttpResponse:
    """Everything that this person may see and that holds all the words typed."""
    words, form = asked_for(request.GET), DocumentFilters(request.GET)
    context: dict[str, object] = {"sought": words, "cap": CAP, "may_archive": request.actor.may(Permission.SEE_ARCHIVE)}
    if request.actor.may(Permission.SEE_ARCHIVE):
        asked = request.GET.get("page", "1")
        found = search(request.actor, _wanted(words, form), whole(asked, least=1, most=999_999) or 1, size=50)
        context |= {"page": _page(found, words, form), "hits": [_shown(hit) for hit in found.hits], "more": found.more}
        first = found.number == 1
    else:
        first = True
    context["groups"] = groups(request.actor, words, on=request.at.date()) if first else []
    return render(request, "search/search.html", context)
