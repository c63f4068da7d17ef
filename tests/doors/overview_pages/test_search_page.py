"""The box in the head of every page: documents, standards, cases, sites, units and people, each by its own right."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from tests.people import site
from tests.records.archive.bring import brought, word
from tests.records.archive.shelf import Shelf

from chuangwen.records.archive import reading
from chuangwen.records.archive.texts import add_pages
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.work.cases.actions import open_case
from chuangwen.work.cases.said import NewCase


@pytest.fixture
def shelf(town) -> Shelf:
    made = Shelf(town.cast)
    one = made.document("集贸市场管理办法", number="张政办〔2021〕3号", unit="V1", who="liufang")
    add_pages(one.files.get().file, [(1, "标准一的材料：先锋村市场内不得占道经营")])
    site("S77", town.cast.units["V1"], name="先锋集贸市场")
    return made


def text(client: Client, words: str, **more: str) -> str:
    return client.get(reverse("search"), {"q": words, **more}).content.decode()


def test_one_box_finds_documents_standards_sites_units_and_people(shelf, signed_in_as) -> None:
    page = text(signed_in_as("limin"), "先锋")
    assert "集贸市场管理办法" in page
    assert "<mark>先锋</mark>村市场内不得占道经营" in page
    for found in ("先锋集贸市场", "先锋村一组", "先锋新村"):
        assert found in page
    assert "刘芳" in text(signed_in_as("limin"), "刘芳")
    empty = signed_in_as("limin").get(reverse("search"))
    assert "输入要找的字词" in empty.content.decode()


def test_a_case_is_found_by_its_title(office, signed_in_as) -> None:
    case = open_case(NewCase(kind="mending", title="东门垃圾满溢"), by=MACHINE, at=office.at)
    page = text(signed_in_as("limin"), "垃圾满溢")
    assert f"{case.number} · 问题整改" in page
    assert reverse("case", args=[case.number]) in page


def test_a_standard_is_found_by_its_code(town, signed_in_as) -> None:
    node = town.edition.nodes.filter(kind="standard").first()
    page = text(signed_in_as("limin"), node.code)
    assert reverse("standard", args=[node.pk]) in page


def test_each_group_keeps_to_its_own_right(shelf, signed_in_as) -> None:
    market = text(signed_in_as("wangjianguo"), "先锋")
    assert "集贸市场管理办法" not in market
    assert "先锋集贸市场" not in market
    admin = signed_in_as("zhaolei").get(reverse("search"), {"q": "先锋"})
    assert "page" not in admin.context or admin.context["page"] is None
    assert {group.title for group in admin.context["groups"]} <= {"单位", "人员"}
    assert signed_in_as("sunyue").get(reverse("search"), {"q": "先锋"}).context["groups"] == []


def test_the_filters_narrow_and_nonsense_falls_back(shelf, signed_in_as) -> None:
    limin = signed_in_as("limin")
    for more, found in [
        ({"kind": "report"}, False),
        ({"kind": "norm"}, True),
        ({"unit": "V1"}, True),
        ({"state": "filed"}, False),
        ({"year": "x", "page": "-3", "kind": "?"}, True),
    ]:
        assert ("张政办〔2021〕3号" in text(limin, "集贸市场", **more)) is found, more


def test_what_is_typed_cannot_become_markup(shelf, signed_in_as) -> None:
    page = text(signed_in_as("limin"), "<script>alert(1)</script>")
    assert "<script>alert(1)" not in page


def test_a_mark_of_secrecy_is_told_on_every_page_to_those_who_must_act_and_its_text_is_not_shown(
    shelf, signed_in_as
) -> None:
    brought(shelf, word("机密★1年\n张沟镇人民政府文件\n维稳名单在此"), "文件.docx", "名单", unit="V1", who="liufang")
    reading.read_waiting(9, by=MACHINE, at=shelf.at)
    for who, told in (("liufang", True), ("limin", True), ("wangjianguo", False), ("zhaolei", False)):
        assert ("“名单”标有“机密★1年”，已停止使用" in text(signed_in_as(who), "")) is told, who
    page = text(signed_in_as("limin"), "维稳名单")
    assert "内容不予显示" in page
    assert "<mark>维稳名单</mark>在此" not in page


def test_the_command_lists_what_is_found_as_json_and_makes_the_index_anew(shelf, tmp_path) -> None:
    def run(*arguments: str) -> object:
        out = StringIO()
        call_command("archive", *arguments, "--json", stdout=out)
        return json.loads(out.getvalue())

    found = run("search", "占道经营", "先锋")
    assert [(one["title"], one["kind"], one["page"]) for one in found] == [("集贸市场管理办法", "norm", 1)]
    assert "占道经营" in found[0]["excerpt"]
    assert run("index") == {"documents": 1, "pages": 1}
    assert run("search", "占道经营")[0]["id"] == found[0]["id"]
    assert run("search", "没有这个词") == []
