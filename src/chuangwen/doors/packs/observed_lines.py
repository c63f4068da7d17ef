"""What a weighed table would do, row by row, in words: the dry run of page and command."""

from django.utils import timezone

from chuangwen.kernel.tables.dry_run import Change, DryRun, Line
from chuangwen.kernel.words import later, say
from chuangwen.records.measures.weighing import Plan, Verdict, Weighed

TAGS = {
    Verdict.SAME: later("已有"),
    Verdict.CORRECTION: later("改正"),
    Verdict.LEFT: later("略过"),
    Verdict.ASKED: later("待定"),
}


def dry_run(plan: Plan) -> DryRun:
    """The plan as lines and corrections."""
    return DryRun(
        new=len(plan.new),
        changed=len(plan.corrections),
        known=len(plan.same),
        left=len(plan.left),
        columns=[say("点位"), say("考察内容"), say("结果"), say("得分率"), say("时间"), say("考察人")],
        lines=[_line(one) for one in plan.rows if one.made is not None],
        changes=[_change(one) for one in plan.corrections],
    )


def _line(one: Weighed) -> Line:
    found, made = one.found, one.made
    share = "" if made is None else say("不适用") if made.value is None else f"{made.value / 100:g}%"
    result = made.in_words() if made else found.item.result
    when = f"{found.day}" + (f" {timezone.localtime(made.seen_at):%H:%M}" if made and found.timed else "")
    cells = (
        f"{found.site.code} {found.site.name}",
        f"{found.check.code} {found.check.text[:40]}",
        result,
        share,
        when,
        found.seen_by,
    )
    return Line(
        found.place[1],
        cells,
        say(TAGS[one.verdict]) if one.verdict in TAGS else "",
        "tag-warn" if one.verdict is Verdict.CORRECTION else "",
    )


def _change(one: Weighed) -> Change:
    what = f"{one.found.site.name} {one.found.check.code} {one.found.check.text[:40]} {one.found.day}"
    old, new = one.old, one.made
    notes = [f"{row.in_words()}{f'（{row.note}）' if row.note else ''}" if row else "" for row in (old, new)]
    return Change(one.found.place[1], what, *notes)
