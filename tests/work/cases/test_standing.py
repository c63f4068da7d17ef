"""How cases stand is counted once: home, figures, lists, menu and answers tell the same of the same."""

import re
from datetime import date

import pytest
from django.test import Client

from chuangwen.doors.case_pages.shapes import column_rules
from chuangwen.kernel.figures import TOWN
from chuangwen.work.cases import figures, queries
from chuangwen.work.cases.figures import Period, figures_of
from chuangwen.work.cases.models import Case
from chuangwen.work.cases.policy import scope_of
from chuangwen.work.cases.standing import standing
from tests.office import Office


@pytest.fixture
def busy(office: Office) -> Office:
    """Two cases mended, one sent, one found, and time goes by until what is sent is late."""
    for _ in range(2):
        case = office.does(office.sent(), "wangjianguo", "mend", photos=1)
    office.does(case, "limin", "accept")
    office.sent()
    office.finds()
    office.later(days=40)
    return office


def period(office: Office) -> Period:
    return Period(date(2021, 1, 1), office.at.date(), office.at)


def test_the_first_page_and_the_figures_count_the_same_cases(busy: Office) -> None:
    limin = busy.cast.actor("limin")
    whole, _by_campaign = standing(limin, busy.at)
    named = {one.kind.id: one for one in figures_of(queries.visible_to(limin), period(busy), scope_of(limin))}
    for one in (whole.all_figure, whole.open_figure, whole.late_figure):
        assert named[one.kind.id] == one
    assert whole.late == queries.overdue(limin, busy.at).count() > 0


def test_a_clue_that_only_a_few_may_know_of_counts_in_no_figure(busy: Office) -> None:
    before = figures_of(Case.objects.all(), period(busy), TOWN)
    Case.objects.filter(pk=Case.objects.latest("pk").pk).update(guard="guarded")
    after = figures_of(Case.objects.exclude(guard="guarded"), period(busy), TOWN)
    assert figures_of(Case.objects.all(), period(busy), TOWN) == after != before


def test_the_board_puts_every_case_into_exactly_one_column(busy: Office) -> None:
    rules = column_rules(busy.at)
    places = [pk for rule in rules.values() for pk in Case.objects.filter(rule).values_list("pk", flat=True)]
    assert sorted(places) == sorted(Case.objects.values_list("pk", flat=True))


def test_a_figure_says_whose_it_is(busy: Office) -> None:
    assert scope_of(busy.cast.actor("wangjianguo")) == "seen:wangjianguo"
    value = figures.figures(Case.objects.all(), period(busy))[0]
    told = value.figure("seen:wangjianguo", period(busy))
    assert told.words == "上报数（本人看得到的）：期内登记的有效事项"


def test_what_stands_now_bears_the_day_and_what_happened_bears_the_stretch(busy: Office) -> None:
    found = {one.kind.id: one.day for one in figures_of(Case.objects.all(), period(busy), TOWN)}
    today = f"{busy.at:%Y-%m-%d}"
    assert found["cases.overdue"] == found["cases.open"] == today
    assert found["cases.on_time_rate"] == f"2021-01-01/{today}"


def test_the_board_s_counts_and_the_menu_open_what_they_count(busy: Office, client: Client) -> None:
    client.force_login(busy.cast.people["limin"], backend="allauth.account.auth_backends.AuthenticationBackend")
    board = client.get("/cases/", {"tab": "all", "mode": "board"})
    for column in board.context["columns"]:
        listed = client.get("/cases/", {"tab": "all", "due": column["key"]})
        assert listed.context["page"].total == column["count"], column["key"]
    mine = client.get("/cases/")
    values = re.findall(r'data-figure="cases.mine" [^>]*data-value="(\d+)"', mine.content.decode())
    assert set(values) == {str(mine.context["page"].total)}
    assert len(values) >= 3  # menu, thumb bar, heading
