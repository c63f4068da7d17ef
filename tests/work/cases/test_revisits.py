"""Looking again later (回头看): the list stands before those who may look, and relapses are counted by place and kind."""

from datetime import timedelta

from chuangwen.records.township.models import Site
from chuangwen.work.cases import queries
from chuangwen.work.cases.models import Case
from chuangwen.work.cases.policy import why_not_take
from chuangwen.work.cases.types import type_of
from tests.shipped import BESIDE, CAST


def closed(shipped, by: str = "tangrui", **said: object) -> Case:
    case = shipped.opens("rectification", "limin", "find", **said)
    case = shipped.does(case, "limin", "dispatch", unit="sjs")
    case = shipped.does(shipped.does(case, by, "take_on"), by, "mend")
    return shipped.does(case, "limin", "accept")


def test_what_is_due_to_be_looked_at_again_stands_before_those_who_may_look(shipped) -> None:
    case = closed(shipped)
    shipped.later(days=31)
    due = {name: list(queries.to_revisit(shipped.actor(name), shipped.at.date())) for name in (*CAST, *BESIDE)}
    assert {name for name, rows in due.items() if rows == [case]} == {"limin", "u_cwb", "zhangqiang", "kc1"}


def test_the_list_equals_what_the_moves_allow_over_all_people_and_kinds(shipped) -> None:
    closed(shipped)
    closed(shipped, "wangjianguo")
    hazard = {"place_name": "超市", "level": "一般", "inspectors": "甲", "second_inspector": "乙", "measures": "已拆"}
    case = shipped.opens("hazard", "limin", "register", **hazard)
    case = shipped.does(case, "limin", "fix_now", measures="已拆")
    shipped.does(case, "zhangqiang", "close", rechecked="合格", recheckers="甲、乙")
    petition = shipped.opens("petition", "limin", "receive", kind="申诉求决", form="约访")
    shipped.does(petition, "limin", "settle_now", on_spot="已化解")
    day = shipped.at.date() + timedelta(days=40)
    rows = list(Case.objects.filter(phase="closed").select_related("type", "lead", "area", "opener"))
    assert len(rows) == 4
    for name in (*CAST, *BESIDE):
        actor = shipped.actor(name)
        listed = set(queries.to_revisit(actor, day).values_list("pk", flat=True))
        allowed = {
            case.pk
            for case in rows
            for move in type_of(case).moves
            if move.does == "revisit" and why_not_take(case, move, actor) is None
        }
        assert listed == allowed, name


def test_relapses_are_counted_by_site_and_category(shipped) -> None:
    site, other = Site.objects.order_by("pk")[:2]
    first = closed(shipped, site=site.code, category="0102")
    second = closed(shipped, site=site.code, category="0102")
    third = closed(shipped, site=other.code, category="0102")
    for case, times in ((first, 2), (second, 1), (third, 1)):
        for _ in range(times):
            case = shipped.does(case, "limin", "relapsed")
            case = shipped.does(shipped.does(case, "tangrui", "take_on"), "tangrui", "mend")
            case = shipped.does(case, "limin", "accept")
    rows = [(one.site, one.category, one.times, one.cases) for one in queries.relapses(Case.objects.all())]
    assert rows == [(site.name, "0102", 3, 2), (other.name, "0102", 1, 1)]
    here = queries.relapses_here(shipped.actor("limin"), second)
    assert here is not None
    assert (here.times, here.cases) == (3, 2)
    assert queries.relapses_here(shipped.actor("sunyue"), second).cases == 0


def test_the_counter_stands_on_the_case_and_among_the_figures(shipped, client) -> None:
    site = Site.objects.order_by("pk")[0]
    case = shipped.does(closed(shipped, site=site.code, category="0102"), "limin", "relapsed")
    client.force_login(shipped.person("limin"), backend="allauth.account.auth_backends.AuthenticationBackend")
    assert "1 件，反弹 1 次" in client.get(f"/cases/{case.number}/").content.decode()
    page = client.get("/cases/figures/").content.decode()
    assert "反弹最多的点位和类别" in page
    assert f"site={site.pk}&amp;category=0102" in page
