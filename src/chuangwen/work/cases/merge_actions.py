"""Two reports of one matter become one case; nothing of either is lost."""

from datetime import datetime

from django.db import transaction

from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import lasting, later, say, written
from chuangwen.records.ledger import actions as ledger
from chuangwen.records.township.actors import Actor
from chuangwen.records.township.gates import must
from chuangwen.records.township.permissions import Permission
from chuangwen.work.cases import clocks, inheriting, rollup, stepping, telling, turning
from chuangwen.work.cases.actions import mark, thing
from chuangwen.work.cases.keeping import fresh, write
from chuangwen.work.cases.models import Case, Phase
from chuangwen.work.cases.queries import category_titles
from chuangwen.work.cases.relations import doers
from chuangwen.work.cases.seeing import why_not_see
from chuangwen.work.cases.types import type_of

MERGED_INTO = lasting("并入 {number}")
TOOK_IN = lasting("{number} 并入本件")


class NotMergeable(Refusal):
    """Two cases that cannot be one."""

    code = "not_mergeable"
    sentence = later("{one}不能并入{other}：{why}。")


class SureTheSame(Refusal):
    """Two cases that look like two matters: asked before they become one."""

    code = "sure_the_same"
    sentence = later("{one}和{other}看来不是同一件：{why}。确实是同一件的，请勾选“确认是同一件”后再并入。")


@transaction.atomic
def merge(one: Case, into: Case, *, by: Actor, at: datetime, sure: bool = False) -> Case:
    """Close a duplicate by pointing it at the case that goes on. Nothing is moved, so nothing can be lost.

    What it owed goes on with the other: the earliest opening and deadline, the late mark, the rung of the ladder. Another
    village or category is asked about first, ``sure`` answers. Its reporters, photos, comments and history stay on it and are shown with the other (``queries.family``). Whoever
    mended the one may not accept the other either.
    """
    first, second = sorted([one.pk, into.pk])
    rows = {first: fresh(first), second: fresh(second)}
    one, into = rows[one.pk], rows[into.pk]
    must(by, Permission.STEER_CASES, one.lead)
    for case in (one, into):
        if no := why_not_see(case, by):
            raise no
    if why := _why_not_merge(one, into):
        raise NotMergeable(one=one.number, other=into.number, why=why)
    if not sure and (why := _why_two_matters(one, into)):
        raise SureTheSame(one=one.number, other=into.number, why=why)
    old_into = rollup.counted(into)
    inheriting.take_over(one, into, at)
    old, type_ = rollup.counted(one), type_of(one)
    _end(one, into, at)
    Case.objects.filter(merged_into=one).update(merged_into=into)
    told = written(MERGED_INTO, number=into.number)
    mark(one, "merge", told, by=by, at=at)
    apart = {word for move in type_.moves for word in move.apart_from}
    into.did = {**into.did, **{word: both for word in apart if (both := sorted(doers(one, word) | doers(into, word)))}}
    joined = written(TOOK_IN, number=one.number)
    into.version += 1
    write(into)
    rollup.keep(old_into, rollup.counted(into), at)
    mark(into, "merged", joined, by=by, at=at)
    rollup.keep(old, rollup.counted(one), at)
    ledger.note(thing(one), later("合并重复事项"), by=by, at=at, after={"into": into.number})
    ledger.note(thing(into), later("收进重复事项"), by=by, at=at, after={"merged": one.number})
    return into


def _end(one: Case, into: Case, at: datetime) -> None:
    """The duplicate is over: its clocks stop, it rests no more, it is nobody's turn."""
    table = {name: dict(clock) for name, clock in one.clocks.items()}
    for name in table:
        clocks.stop(table, name, at)
    one.clocks, one.merged_into, one.phase, one.outcome, one.closed_at = table, into, Phase.CLOSED, "merged", at
    one.paused_at = None
    turning.clear_turn(one)
    stepping.set_due(one, type_of(one))
    one.version += 1
    write(one)
    telling.withdraw_settled(one)


def _why_not_merge(one: Case, into: Case) -> str:
    if one.pk == into.pk:
        return say("是同一件")
    if one.merged_into_id or into.merged_into_id:
        return say("其中一件已经合并过")
    if one.phase == Phase.CLOSED or into.phase == Phase.CLOSED:
        return say("其中一件已经办结")
    if one.kind != into.kind:
        return say("不是同一类事项")
    if one.guard != into.guard:
        return say("两件的保密范围不同")
    if one.accused_id != into.accused_id:
        return say("两件的被反映单位不同，合并后被反映单位可能看到反映它的内容")
    if into.phase == Phase.WAITING and one.phase == Phase.OPEN:
        return say(
            "{into}正在挂账，并入后{one}的时限会停下；请反过来并入，或先恢复办理", into=into.number, one=one.number
        )
    return ""


def _why_two_matters(one: Case, into: Case) -> str:
    """What speaks against one matter: places or kinds that differ. What is not known speaks against nothing."""
    parts = []
    if one.area and into.area and one.area_id != into.area_id:
        parts.append(say("一件在{one}，一件在{other}", one=one.area.short, other=into.area.short))
    if one.category and into.category and one.category != into.category:
        titles = category_titles(type_of(one).type.categories)
        names = [titles.get(code, code) for code in (one.category, into.category)]
        parts.append(say("一件是“{one}”，一件是“{other}”", one=names[0], other=names[1]))
    return say("；").join(parts)
