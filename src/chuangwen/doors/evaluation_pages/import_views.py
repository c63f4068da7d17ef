"""The official indicator workbook taken in."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from chuangwen.doors.packs.official import Facts, as_pack, assign_read_duties
from chuangwen.doors.site.kept_files import sent_or_kept
from chuangwen.doors.site.sheets import error_book
from chuangwen.kernel.cells import text_of
from chuangwen.kernel.headings import Heading
from chuangwen.kernel.sheets import Workbook, read_table
from chuangwen.kernel.words import later, say
from chuangwen.kit.asked import whole
from chuangwen.kit.doors import needs
from chuangwen.records.standards.actions import install_edition
from chuangwen.records.standards.workbook import guess_workbook, problems_by_row, read_indicators
from chuangwen.records.township.permissions import Permission
from chuangwen.records.township.requests import TownRequest

FIELDS: Mapping[str, str] = {
    "code": later("编号"),
    "item": later("测评项目"),
    "content": later("测评内容"),
    "standard": later("测评标准"),
    "methods": later("测评方法"),
    "points": later("分值"),
    "lead": later("牵头单位"),
    "assisting": later("责任单位"),
    "person": later("责任人"),
    "materials": later("材料要求"),
    "due": later("完成时限"),
    "note": later("备注"),
}


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.SEE_FRAMEWORK, Permission.EDIT_FRAMEWORK)
def indicators(request: TownRequest) -> HttpResponse:
    """Step 1: choose the workbook. Steps 2 and 3: look at the mapping, correct it, try it, install it."""
    if request.method != "POST":
        return render(request, "framework/import.html", {"steps": _steps(0)})
    key, data, name = sent_or_kept(request)
    book = read_table(data, name=name)
    headings = _corrected(guess_workbook(book), request.POST)
    reading = read_indicators(book, headings)
    if request.POST.get("move") == "errors":
        return error_book(book, {sheet.name: _flat(problems_by_row(reading, sheet.name)) for sheet in book.shown})
    context = {
        "key": key,
        "name": name,
        "reading": reading.as_data(),
        "mapping": _mapping(book, headings),
        "fields": [(field, say(title)) for field, title in FIELDS.items()],
        "steps": _steps(1),
        "facts": Facts.guess(name, request.at.year, request.POST),
    }
    if request.POST.get("move") != "install" or reading.problems:
        return render(request, "framework/mapping.html", context, status=422 if reading.problems else 200)
    return _install(request, reading, context)


def _install(request: TownRequest, reading: Any, context: dict[str, Any]) -> HttpResponse:
    pack = as_pack(reading, context["facts"])
    done = install_edition(pack, by=request.actor, at=request.at)
    count = assign_read_duties(reading, done.edition, by=request.actor, at=request.at) if done.changed else 0
    told = say(
        "已装为正式文本：{standards} 条标准，{duties} 条责任已按表分好。", standards=len(pack.leaves()), duties=count
    )
    messages.success(request, told if done.changed else say("这一版先前已经安装，没有变化。"))
    return redirect("framework_edition", done.edition.pk)


def _steps(now: int) -> list[dict[str, str]]:
    labels = [say("选文件"), say("核对各列"), say("装入")]
    return [
        {"label": label, "state": "done" if place < now else "now" if place == now else ""}
        for place, label in enumerate(labels)
    ]


def _corrected(headings: list[Heading], said: Mapping[str, str]) -> list[Heading]:
    """The guessed headings with what the office has chosen instead."""
    corrected = []
    for sheet, heading in enumerate(headings):
        chosen = {field: said[f"column-{sheet}-{field}"] for field in FIELDS if f"column-{sheet}-{field}" in said}
        changes = {field: whole(place, most=999) for field, place in chosen.items()}
        corrected.append(heading.corrected(changes) if changes else heading)
    return corrected


def _mapping(book: Workbook, headings: list[Heading]) -> list[dict[str, Any]]:
    """For every sheet: its columns with a sample, and which field each is taken for."""
    found = []
    sheets = {sheet.name: sheet for sheet in book.sheets}
    for place, heading in enumerate(headings):
        sheet = sheets[heading.sheet]
        samples = [cells for _, cells in sheet.numbered(heading.last_row)][:3]
        width = max((len(cells) for cells in sheet.rows), default=0)
        columns = [
            {
                "place": column,
                "title": text_of(sheet.value(heading.last_row, column))
                or text_of(sheet.value(heading.first_row, column)),
                "samples": [text_of(row[column])[:24] for row in samples if column < len(row)],
            }
            for column in range(width)
        ]
        found.append(
            {
                "sheet": sheet.name,
                "place": place,
                "row": heading.last_row,
                "confidence": heading.confidence,
                "columns": columns,
                "chosen": [(field, say(title), heading.index(field)) for field, title in FIELDS.items()],
            }
        )
    return found


def _flat(problems: Mapping[int, Any]) -> list[Any]:
    return [problem for found in problems.values() for problem in found]
