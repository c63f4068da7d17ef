"""A whole duty table, pasted or as Excel: looked at first, then written, with what it changes."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from chuangwen.doors.site.framing import chosen_edition
from chuangwen.doors.site.importing import Change, DryRun, ImportPage, Line, sent_table, written_now, wrong_rows
from chuangwen.kernel.problems import Problems
from chuangwen.kernel.words import listed, say
from chuangwen.kit.doors import needs
from chuangwen.records.duties.actions import assign_many
from chuangwen.records.duties.duty_table import DUTY_TABLE, DutyReading, DutyRow, read_duties
from chuangwen.records.duties.queries import known_names
from chuangwen.records.standards.models import Edition
from chuangwen.records.township.models import Organisation, Person
from chuangwen.records.township.permissions import Permission
from chuangwen.records.township.requests import TownRequest

HEADS = [one.title for one in DUTY_TABLE.fields]


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.SEE_DUTIES, Permission.ASSIGN_DUTIES)
def bulk(request: TownRequest) -> HttpResponse:
    """Paste a whole duty table, or send it as Excel. All problems are told together; nothing is half done."""
    edition = chosen_edition(request)
    if edition is None:
        return render(request, "framework/none.html")
    page = _page(edition)
    if request.method != "POST":
        return page.choose(request)
    sent = sent_table(request, DUTY_TABLE)
    found = read_duties(sent.book, known_names(edition), sent.said)
    if sent.move == "errors":
        return wrong_rows(found.reading)
    if sent.move == "take" and found.reading.is_ready:
        rows = [*found.new, *(row for _, row in found.changed)]
        assign_many(edition, rows, Problems(), by=request.actor, at=request.at)
        written_now(request, sent)
        new, changed = len(found.new), len(found.changed)
        messages.success(request, say("已写入 {new} 条责任，改正 {changed} 条。", new=new, changed=changed))
        return redirect("duties")
    return page.show(request, sent, found.reading, _dry_run(found))


def _page(edition: Edition) -> ImportPage:
    return ImportPage(
        title=say("把责任分解表贴上来，或选一个 Excel 文件"),
        lede=f"{edition.title}　{say('一次写入，或者一条也不写；有问题会逐条告诉你。')}",
        hint=say("表头写编号、牵头单位、责任单位、责任人、完成时限；列的先后随意。贴上来的可以不带表头。"),
        again=reverse("duties_bulk"),
        back=reverse("duties"),
        heads=HEADS,
    )


def _dry_run(found: DutyReading) -> DryRun:
    names = _Names(found)
    changed = {row.row for _, row in found.changed}
    new = {row.row for row in found.new}
    return DryRun(
        new=len(new),
        changed=len(changed),
        known=len(found.rows) - len(new) - len(changed),
        columns=HEADS,
        lines=[
            Line(
                row.row, names.cells(row), "" if row.row in new else say("改正") if row.row in changed else say("已有")
            )
            for row in found.rows
        ],
        changes=[Change(row.row, row.target, names.told(was), names.told(row)) for was, row in found.changed],
    )


class _Names:
    """What the keys of rows are called, in two queries."""

    def __init__(self, found: DutyReading) -> None:
        rows = [*found.rows, *(was for was, _ in found.changed)]
        units = {unit for row in rows for unit in (row.lead, *row.assisting)}
        self._units = dict(Organisation.objects.filter(pk__in=units).values_list("pk", "name"))
        people = {row.person for row in rows if row.person}
        self._people = dict(Person.objects.filter(pk__in=people).values_list("pk", "name"))

    def cells(self, row: DutyRow) -> tuple[str, ...]:
        assisting = listed(self._units[unit] for unit in row.assisting)
        due = row.due.isoformat() if row.due else ""
        return (row.target, self._units[row.lead], assisting, self._people.get(row.person or 0, ""), due)

    def told(self, row: DutyRow) -> str:
        return " · ".join(cell for cell in self.cells(row)[1:] if cell)
