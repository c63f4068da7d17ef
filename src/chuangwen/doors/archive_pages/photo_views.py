"""Questions about photos: both photos side by side, what was noticed, where it was used before; answered by people."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from chuangwen.doors.archive_pages.photo_words import told
from chuangwen.doors.archive_pages.tabs import tabs
from chuangwen.kernel.words import later, say
from chuangwen.kit.asked import keys, whole
from chuangwen.kit.doors import needs
from chuangwen.kit.pages import Column, Listing
from chuangwen.kit.refusals import NotFound
from chuangwen.records.archive.looking import answer_many, waiting
from chuangwen.records.archive.models import Doubt, Question, StoredFile
from chuangwen.records.archive.photo_policy import answerable
from chuangwen.records.archive.photo_queries import Line, earlier_uses, questions_visible_to, shown_to
from chuangwen.records.archive.queries import public_path
from chuangwen.records.township.models import Organisation
from chuangwen.records.township.permissions import Permission
from chuangwen.records.township.requests import TownRequest
from chuangwen.work.cases.photo_uses import CaseUse, cases_with
from chuangwen.work.cases.queries import visible_to as cases_visible_to

STATES: Mapping[str, Mapping[str, object]] = {
    "": {"answered_at": None},
    "kept": {"kept": True},
    "dropped": {"kept": False},
    "all": {},
}
REASONS = (
    later("同一处地点，两项标准都考察"),
    later("原图另存，内容相同，只用这一张"),
    later("时钟或定位不准，已核对现场"),
    later("拿错了照片，换新拍的"),
)


class QuestionFilters(forms.Form):
    """Which questions to list; at first those that wait."""

    doubt = forms.ChoiceField(label=_("疑点"), required=False, choices=[("", _("全部")), *Doubt.choices])
    unit = forms.ModelChoiceField(Organisation.objects.all(), label=_("单位"), required=False)
    state = forms.ChoiceField(
        label=_("答复"),
        required=False,
        choices=[("", _("待答复")), ("kept", _("继续使用")), ("dropped", _("不再使用")), ("all", _("全部"))],
    )


def _narrow(rows: QuerySet[Question], said: Mapping[str, Any]) -> QuerySet[Question]:
    if said.get("doubt"):
        rows = rows.filter(doubt=said["doubt"])
    if said.get("unit"):
        rows = rows.filter(file__in=StoredFile.objects.filter(uses__document__unit=said["unit"]))
    return rows.filter(**STATES.get(str(said.get("state") or ""), {}))


LISTING: Listing[Question] = Listing(
    columns=[
        Column("asked", later("提出时间"), lambda row: row.asked_at, "asked_at"),
        Column("doubt", later("疑点"), lambda row: row.get_doubt_display(), "doubt"),
    ],
    sort="-asked",
    search=["file__name", "other__name", "file__kept_by", "answer"],
    filters=QuestionFilters,
    narrow=_narrow,
)


@require_safe
@needs(Permission.SEE_ARCHIVE)
def photo_questions(request: TownRequest) -> HttpResponse:
    """What waits for an answer within reach, newest first."""
    page = LISTING.page(questions_visible_to(request.actor), request.GET)
    may = answerable(page.rows, request.actor)
    context = {
        "page": page,
        "tab": "photos",
        "tabs": tabs(request.actor),
        "cards": cards_of(page.rows, request, may),
        "may_any": bool(may),
        "reasons": [say(one) for one in REASONS],
        "waiting": waiting(request.at),
    }
    return render(request, "archive/photo_questions.html", context)


def cards_of(rows: Any, request: TownRequest, may: set[int]) -> list[dict[str, Any]]:
    """Each question with its photos as this person may see them, their earlier uses, and whether it is this person's to answer."""
    files = {one.file_id for one in rows} | {one.other_id for one in rows if one.other_id}
    uses, cases = earlier_uses(files), cases_with(files, cases_visible_to(request.actor))
    shown = shown_to(request.actor, files) | set(cases)

    def side(file: StoredFile, name: str) -> dict[str, Any]:
        seen = file.pk in shown
        return {
            "file": file,
            "name": name,
            "shown": seen,
            "uses": _lines(uses.get(file.pk, []), cases.get(file.pk, [])),
        }

    return [
        {
            "question": one,
            "told": told(one),
            "photo": side(one.file, "photo"),
            "other": side(one.other, "other") if one.other else None,
            "may": one.pk in may and one.answered_at is None,
        }
        for one in rows
    ]


def _lines(documents: list[Line], cases: list[CaseUse]) -> list[str]:
    return [one.told() for one in documents] + [one.told for one in cases]


@require_POST
@needs(Permission.SEE_ARCHIVE)
def answer_photo_questions(request: TownRequest) -> HttpResponse:
    """One press and a reason: for one question, or for all that are ticked."""
    ticked = keys(request.POST.getlist("question")[:200])
    rows = list(questions_visible_to(request.actor).filter(pk__in=ticked).order_by("pk"))
    kept = request.POST.get("kept") == "1"
    why = request.POST.get("why", "")
    if not rows:
        raise NotFound(what=say("选中的照片疑点"))
    done, refused = answer_many(rows, kept=kept, why=why, by=request.actor, at=request.at)
    if done:
        messages.success(
            request, say("已答复 {n} 个疑点：{kept}。", n=done, kept=say("继续使用") if kept else say("不再使用"))
        )
    for why_not in list(dict.fromkeys(refused.values()))[:5]:
        messages.warning(request, why_not)
    if document := whole(request.POST.get("document")):
        return redirect(f"{reverse('document', args=[document])}#questions")
    return redirect(f"{reverse('archive_photos')}?{request.POST.get('back', '')}")


@require_safe
@needs(Permission.SEE_ARCHIVE)
def question_photo(request: TownRequest, question_id: int, side: str, size: str) -> FileResponse:
    """One of the two photos of a question, as its public copy, to whoever may see a document or a case that holds it."""
    question = get_object_or_404(questions_visible_to(request.actor), pk=question_id)
    file = question.other if side == "other" else question.file
    if file is None or not _may_see(file, request):
        raise NotFound(what=say("照片"))
    answer = FileResponse(
        public_path(file, "thumb" if size == "thumb" else "page").open("rb"), content_type="image/jpeg"
    )
    answer["Cache-Control"] = "private, max-age=86400"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _may_see(file: StoredFile, request: TownRequest) -> bool:
    return file.pk in shown_to(request.actor, [file.pk]) or bool(cases_with([file.pk], cases_visible_to(request.actor)))
