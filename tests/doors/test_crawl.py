"""Everybody opens everything that is shown and types nonsense everywhere: no page falls over, no link leads to a shut door."""

from datetime import date

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.urls import path
from tests.crawl import crawl_of, matched, measured_pages, odd_questions, openable, read
from tests.office import Office
from tests.people import AT, Cast
from tests.shipped import PACKS, Shipped
from tests.town import MeasuredTown, small_pack

from chuangwen.doors.packs.installing import install
from chuangwen.doors.packs.reading import check_folders
from chuangwen.kit.doors import needs, open_to_all, signed_in
from chuangwen.records.ledger.actions import MACHINE, Thing, note
from chuangwen.records.measures.actions import NewRound, open_round
from chuangwen.records.measures.models import RoundKind
from chuangwen.records.standards.actions import install_edition
from chuangwen.records.standards.models import Edition
from chuangwen.records.township.permissions import Permission
from chuangwen.records.township.requests import TownRequest
from chuangwen.urls import urlpatterns as real

OFFICE = "limin"


@pytest.mark.parametrize("username", [OFFICE, "hewei", "liufang", "zhangqiang"])
def test_a_town_with_editions_and_no_round_says_so_everywhere(username: str, shipped: Shipped) -> None:
    install(check_folders([PACKS / "county-2021", PACKS / "minors-2021"]), by=MACHINE, at=shipped.at)
    assert Edition.objects.count() == 2
    assert measured_pages(username).faults == []


@pytest.mark.parametrize("username", [OFFICE, "hewei", "zhangqiang"])
def test_a_round_in_which_nothing_is_measured_yet_says_so_everywhere(username: str, shipped: Shipped) -> None:
    install(check_folders([PACKS / "county-2021", PACKS / "minors-2021"]), by=MACHINE, at=shipped.at)
    main, beside = Edition.objects.order_by("pack")
    new = NewRound("first", "第一轮", RoundKind.SELF, 2021, date(2021, 9, 1), date(2021, 12, 31))
    open_round(new, main, beside, by=MACHINE, at=shipped.at)
    assert measured_pages(username).faults == []


@pytest.mark.parametrize("username", ["limin", "zhouzheng", "liufang", "zhaolei", "zhengming", "sunyue", ""])
def test_a_town_with_nothing_at_all_says_so_everywhere(username: str, cast: Cast) -> None:
    crawl = crawl_of(username, {}, few=1, ways=4)
    crawl.walk(["/", *(route for route, _ in openable(crawl.actor))])
    assert crawl.faults == []


@pytest.mark.parametrize(
    "link",
    [
        "/cases/?area=99999999999999999999999",
        "/cases/?holder=²",
        "/cases/?site=-1&tab=all",
        "/cases/?mode=calendar&month=9999-12",
        "/cases/figures/?from=9999-12-31&to=0001-01-01",
        "/cases/?q=a%00b",
        "/people/?unit=99999999999999999999999",
        "/observations/?page=٣&unit=²",
        "/search/?q=%00&page=" + "9" * 5000,
        "/people/99999999999999999999999/",
    ],
)
def test_what_once_fell_over_stands(link: str, town: MeasuredTown, office: Office) -> None:
    office.sent()
    crawl = crawl_of("limin", {})
    assert crawl.get(link) is not None
    assert crawl.faults == []


def test_the_ledger_shows_a_note_whose_key_is_called_items(cast: Cast) -> None:
    note(Thing("box", "1", "盒"), "装盒", by=MACHINE, at=AT, before={"items": 3}, after={"items": 12})
    crawl = crawl_of("zhengming", {})
    answer = crawl.get("/ledger/")
    assert crawl.faults == []
    assert answer is not None
    assert "后 items</dt><dd>12</dd>" in answer.content.decode()


# The crawl catches what it is there to catch: each kind of fault planted by hand.


@signed_in
def broken(request: TownRequest) -> HttpResponse:
    number = int(request.GET.get("page", "1"))
    return HttpResponse(f"<p>{10 // number}</p>")


@needs(Permission.MANAGE_SYSTEM)
def shut(request: TownRequest) -> HttpResponse:
    return HttpResponse("<p>shut</p>")


@open_to_all
def entrance(request: HttpRequest) -> HttpResponse:
    page = """<p>预计 NaN 分</p><a href="/broken">1</a><a href="/shut">2</a><a href="/nowhere">3</a>
    <form method="post" action="/shut"><button>4</button></form><form method="get" action="/broken"><input name="page"></form>
    <input type="date" name="due" value="2021/11/30"><input type="date" name="on" value="2021-11-30">"""
    return HttpResponse(page)


urlpatterns = [*real, path("entrance", entrance), path("broken", broken), path("shut", shut)]


@override_settings(ROOT_URLCONF=__name__)
def test_the_crawl_catches_every_kind_of_fault(cast: Cast) -> None:
    faults = "\n".join(crawl_of("limin", {}).walk(["/entrance"]).faults)
    assert "/entrance says “预计 NaN 分" in faults
    assert "/shut answers 403" in faults
    assert "/shut is shown and would answer 403" in faults
    assert "/nowhere leads nowhere" in faults
    assert "due=2021/11/30" in faults
    assert "on=2021-11-30" not in faults
    assert "/broken?page=先锋 falls over: ValueError" in faults


@override_settings(ROOT_URLCONF=__name__)
def test_nonsense_finds_a_page_that_does_not_expect_it(cast: Cast) -> None:
    crawl = crawl_of("limin", {})
    for query in odd_questions(["page"], few=False):
        crawl.get(f"/broken?{query}")
    assert len([one for one in crawl.faults if "falls over" in one]) >= 5
    assert matched("/shut") is not None
    assert [route for route, view in openable(crawl.actor) if view == "shut"] == []


def test_a_measured_town_of_another_making_is_walked_as_well(town: MeasuredTown) -> None:
    install_edition(small_pack(edition="2"), by=MACHINE, at=AT)
    assert measured_pages("limin").faults == []


def test_the_reader_of_pages_sees_links_forms_and_filters_and_no_script() -> None:
    page = """<a href="/a?x=1&amp;y=2">a</a><script>var x = NaN</script><form method="post" action="/b"></form>
    <form action="/c"><select name="kind"><option value="1"><option value="2"></select><input type="search" name="q"></form>"""
    seen = read(page)
    assert seen.links == ["/a?x=1&y=2"]
    assert seen.sent == ["/b"]
    assert seen.filters == [("/c", "kind", ["1", "2"]), ("/c", "q", ["先锋"])]
    assert "NaN" not in " ".join(seen.words)
