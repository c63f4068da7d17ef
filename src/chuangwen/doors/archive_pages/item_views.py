"""One filed item with its stamp; a year's catalogue, notes and labels to print or take along as Excel and Word."""

from itertools import groupby

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from chuangwen.doors.archive_pages.filing_views import for_keepers
from chuangwen.kernel.words import say
from chuangwen.kit.asked import whole
from chuangwen.kit.pages import EXCEL
from chuangwen.kit.refusals import NotFound
from chuangwen.records.archive.models import StoredFile
from chuangwen.records.archive.previews import page_picture
from chuangwen.records.archive.rules import Rules, rules_in_force
from chuangwen.records.filing.actions import Correction, correct, unfile
from chuangwen.records.filing.models import FilingYear, Item
from chuangwen.records.filing.papers import box_story, catalogue_sheet, cells, notes_word, stamp_of
from chuangwen.records.filing.queries import boxes_of, items_of, retention_titles, with_files
from chuangwen.records.ledger.models import Note
from chuangwen.records.township.models import RetentionClass
from chuangwen.records.township.requests import TownRequest

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def sent(data: bytes, name: str, kind: str) -> HttpResponse:
    """A file to take along."""
    answer = HttpResponse(data, content_type=kind)
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return answer


def _item(item_id: int) -> Item:
    found = with_files(Item.objects.select_related("document__kind", "document__unit", "retention"))
    item = found.filter(pk=item_id).first()
    if item is None:
        raise NotFound(what=say("归档件"))
    return item


def is_drawn(file: StoredFile) -> bool:
    """Whether there is a picture of its first page, or one can be drawn at once."""
    return file.is_photo or bool(file.pages and file.previewed_at and not file.preview_why)


@require_safe
@for_keepers
def item(request: TownRequest, item_id: int) -> HttpResponse:
    """An item: its first page with the stamp drawn on it, its facts, what may be done."""
    found, rules = _item(item_id), rules_in_force()
    filing = FilingYear.objects.filter(year=found.year).first()
    files = found.document.current  # type: ignore[attr-defined] # set by ``with_files``
    context = {
        "tab": "filing",
        "item": found,
        "files": files,
        "drawn": bool(files) and not found.destroyed_at and is_drawn(files[0].file),
        "stamp": stamp_of(found, rules),
        "rules": rules,
        "closed": filing is not None and filing.closed_at is not None,
        "classes": RetentionClass.objects.all(),
        "only_stamp": "stamp" in request.GET,
        "lists": found.destructions.all(),
        "history": Note.objects.filter(kind="document", key=str(found.document_id)).order_by("-number")[:12],
    }
    return render(request, "archive/item.html", context)


@require_safe
@for_keepers
def item_picture(request: TownRequest, item_id: int) -> FileResponse:
    """The first page as a picture."""
    files = _item(item_id).document.current  # type: ignore[attr-defined] # set by ``with_files``
    path = page_picture(files[0].file, 1) if files else None
    if path is None:
        raise NotFound(what=say("首页图片"))
    answer = FileResponse(path.open("rb"), content_type="image/jpeg")
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, max-age=86400"
    return answer


@require_POST
@for_keepers
def item_correct(request: TownRequest, item_id: int) -> HttpResponse:
    """Put its class, section, pages or note right while its year is open."""
    said = request.POST
    pages = said.get("pages", "").strip()
    change = Correction(
        retention=said.get("retention"),
        section=said.get("section"),
        pages=whole(pages),
        note=said.get("note"),
    )
    done = correct(_item(item_id), change, by=request.actor, at=request.at)
    messages.success(request, say("已更正，档号 {code}。", code=done.code))
    return redirect("archive_item", item_id=item_id)


@require_POST
@for_keepers
def item_unfile(request: TownRequest, item_id: int) -> HttpResponse:
    """Take it out; of a closed year with a reason."""
    found = _item(item_id)
    unfile(found, request.POST.get("why", ""), by=request.actor, at=request.at)
    messages.success(request, say("“{title}”已撤出，回到待归档。", title=found.document.title))
    return redirect("archive_filing_year", year=found.year)


@require_safe
@for_keepers
def catalogue(request: TownRequest, year: int) -> HttpResponse:
    """The catalogue (归档文件目录) as it is printed: each class on pages of its own, with its head."""
    rules = rules_in_force()
    groups = []
    for _class, found in groupby(items_of(year), key=lambda one: (one.category, one.retention_id, one.section)):
        mine = list(found)
        rows = [(one, cells(one, rules.columns, rules, serial)) for serial, one in enumerate(mine, 1)]
        groups.append({"item": mine[0], "rows": rows, "section": dict(_sections(rules)).get(mine[0].section, "")})
    context = {"tab": "filing", "year": year, "groups": groups, "rules": rules}
    return render(request, "archive/catalogue.html", context)


def _sections(rules: Rules) -> list[tuple[str, str]]:
    return [(one.code, one.title) for one in rules.sections]


@require_safe
@for_keepers
def export(request: TownRequest, year: int) -> HttpResponse:
    """The catalogue as Excel."""
    title = say("{year} 年归档文件目录", year=year)
    data = catalogue_sheet(title, items_of(year), rules_in_force(), at=request.at)
    return sent(data, f"{title}.xlsx", EXCEL)


@require_safe
@for_keepers
def notes(request: TownRequest, year: int) -> HttpResponse:
    """The notes at the ends of all boxes (备考表) as Word."""
    filing = FilingYear.objects.filter(year=year, closed_at__isnull=False).first()
    if filing is None:
        raise NotFound(what=say("{year} 年的备考表（整理完毕后才有）", year=year))
    data = notes_word(filing, boxes_of(year), rules_in_force(), at=request.at)
    return sent(data, say("{year} 年备考表", year=year) + ".docx", WORD)


@require_safe
@for_keepers
def labels(request: TownRequest, year: int) -> HttpResponse:
    """The backs of the boxes (盒脊), to print and cut out, with the note of each box."""
    rules = rules_in_force()
    boxes = [(box, box_story(box, rules)) for box in boxes_of(year)]
    filing = FilingYear.objects.filter(year=year).first()
    context = {
        "tab": "filing",
        "year": year,
        "filing": filing,
        "boxes": boxes,
        "rules": rules,
        "sections": dict(_sections(rules)),
        "terms": retention_titles(),
    }
    return render(request, "archive/labels.html", context)
