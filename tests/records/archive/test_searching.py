"""The search: nothing that holds the words is missed, nothing else is shown; the same on both databases."""

import random
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.people import CAST
from tests.records.archive.shelf import Shelf

from chuangwen.kernel.chinese import search_fold
from chuangwen.records.archive import search_index
from chuangwen.records.archive.document_actions import Facts, Serves, add_file, describe, put_to_use, withdraw
from chuangwen.records.archive.models import Document, PageText
from chuangwen.records.archive.queries import visible_to
from chuangwen.records.archive.searching import CAP, Found, Wanted, search
from chuangwen.records.archive.texts import add_pages, forget_pages, set_page

SIGNS = "农贸市场文明创建村一二三ab12，。（）〔〕-／ \n　“”Ａ９"
LIFE = "张沟镇农贸市场管理办法张政办〔2021〕3号关于印发《文明创建实施方案》的通知，各村（社区）：人居环境整治、志愿服务"


@pytest.fixture
def shelf(cast) -> Shelf:
    return Shelf(cast)


def asked(shelf: Shelf, words: str, who: str = "limin", **more) -> Found:
    return search(shelf.cast.actor(who), Wanted(words, **more))


def titles(found: Found) -> list[str]:
    return [hit.document.title for hit in found.hits]


def paged(shelf: Shelf, title: str, *pages: str, **facts) -> Document:
    """A document of one file with pages."""
    one = shelf.document(title, **facts)
    add_pages(one.files.get().file, enumerate(pages, start=1))
    return one


def library(shelf: Shelf, dice: random.Random) -> list[tuple[Document, list[str]]]:
    """Sixty documents of random texts, each with the texts in which a plain scan would look."""
    made = []
    for number in range(60):
        signs = SIGNS if number % 2 else LIFE
        texts = ["".join(dice.choices(signs, k=dice.randrange(2, 60))) for _ in range(3)]
        title, number_, issuer = texts[0].strip() or "空", texts[1][:20].strip(), "".join(dice.choices(LIFE, k=4))
        pages = ["".join(dice.choices(signs, k=dice.randrange(0, 200))) for _ in range(dice.randrange(0, 4))]
        dated = dice.choice([None, date(2021, 3, 1) + timedelta(dice.randrange(200))])
        one = paged(shelf, title, *pages, number=number_, issuer=issuer, dated=dated)
        one.refresh_from_db()
        made.append((one, [one.title, one.number, one.issuer, one.files.get().name, *pages]))
    return made


def plain_scan(made: list[tuple[Document, list[str]]], query: str) -> list[int]:
    """What a substring scan finds, in the order that the search promises."""
    word = search_fold(query)
    found = []
    for one, texts in made:
        if any(word in search_fold(text) for text in texts):
            named = any(word in search_fold(text) for text in (one.title, one.number))
            found.append((named, one.dated or date(2021, 10, 14), one.pk))
    return [pk for *_, pk in sorted(found, reverse=True)]


@pytest.mark.parametrize("seed", [1, *(pytest.param(one, marks=pytest.mark.long) for one in (2, 3))])
def test_every_query_of_two_to_four_characters_finds_what_a_plain_scan_finds_in_the_promised_order(shelf, seed) -> None:
    dice = random.Random(seed)
    made = library(shelf, dice)
    limin = shelf.cast.actor("limin")
    tried = hit = 0
    while tried < 250:
        text = dice.choice(dice.choice(made)[1]) if dice.random() < 0.7 else "".join(dice.choices(SIGNS + LIFE, k=9))
        start, length = dice.randrange(max(1, len(text))), dice.randrange(2, 5)
        query = "".join(text[start:].split())[:length]
        if len(search_fold(query)) < 2:
            continue
        found = search(limin, Wanted(query), size=100)
        expected = plain_scan(made, query)
        assert [one.document.pk for one in found.hits] == expected, query
        assert found.total == len(expected)
        assert all(any(piece.hit for piece in (*one.title, *one.excerpt)) for one in found.hits), query
        tried, hit = tried + 1, hit + bool(expected)
    assert hit > 150


def test_a_raw_substring_is_always_found_whatever_stands_between(shelf) -> None:
    paged(shelf, "台账", "农贸市\n场 管理（试行）", "第二页")
    for query in ("市场", "市\u3000场", "场管理(", "农贸市场管理（试行）"):
        assert asked(shelf, query.replace("\u3000", "")).total == 1
    assert asked(shelf, "行第二").total == 0  # two pages are two texts
    assert asked(shelf, "市办").total == 0


def test_a_number_is_found_however_it_is_typed(shelf) -> None:
    paged(shelf, "市场管理办法", number="张政办〔2021〕3号")
    paged(shelf, "转发", "根据张政办[2021]3号文件精神")
    assert titles(asked(shelf, "张政办（2021）3号")) == ["市场管理办法", "转发"]
    assert titles(asked(shelf, "〔２０２１〕3")) == ["市场管理办法", "转发"]


def test_a_hit_in_the_title_comes_before_hits_in_the_text_and_newer_before_older(shelf) -> None:
    paged(shelf, "工作简报", "农贸市场", dated=date(2021, 9, 1))
    paged(shelf, "农贸市场办法", dated=date(2020, 1, 1))
    paged(shelf, "旧简报", "农贸市场", dated=date(2021, 8, 1))
    assert titles(asked(shelf, "农贸市场")) == ["农贸市场办法", "工作简报", "旧简报"]


def test_two_words_may_stand_on_different_pages_and_both_must_be_there(shelf) -> None:
    paged(shelf, "消防台账", "第一页 农贸", "第二页 灭火器")
    paged(shelf, "别的", "第一页 农贸")
    assert titles(asked(shelf, "农贸 灭火器")) == ["消防台账"]
    assert titles(asked(shelf, "消 农贸")) == ["消防台账"]  # one character looks at titles
    assert asked(shelf, "  ").total == 0


def test_a_hit_shows_its_page_and_the_words_marked(shelf) -> None:
    one = paged(shelf, "简报", "无关" * 50, "开头" * 40 + "张沟农贸 市场整治" + "结尾" * 80)
    hit = asked(shelf, "农贸市场").hits[0]
    assert (hit.document, hit.page) == (one, 2)
    assert [piece.text for piece in hit.excerpt if piece.hit] == ["农贸 市场"]
    assert hit.excerpt[0].text == "…"
    assert hit.excerpt[-1].text == "…"
    shelf.document("照片", files=[shelf.file("先锋村善行义举榜.jpg")])
    assert [piece.text for piece in asked(shelf, "义举").hits[0].excerpt if piece.hit] == ["义举"]


def test_what_is_changed_is_found_by_its_new_words_and_no_more_by_the_old(shelf) -> None:
    one = paged(shelf, "旧名字", "旧文字在此")
    limin = shelf.cast.actor("limin")
    file = one.files.get().file
    describe(one, Facts("新名字", kind="norm", issuer="镇政府"), by=limin, at=shelf.at)
    set_page(file, 1, "新文字在此")
    assert [asked(shelf, word).total for word in ("旧名", "旧文", "新名", "新文", "镇政府", "字在")] == [
        0,
        0,
        1,
        1,
        1,
        1,
    ]
    add_file(one, shelf.file("换过的.docx"), by=limin, at=shelf.at, place=1)
    assert [asked(shelf, word).total for word in ("新文字", "换过")] == [
        0,
        1,
    ]  # a superseded version is searched no more
    two = shelf.document("共用", files=[file])
    assert titles(asked(shelf, "新文字")) == ["共用"]
    forget_pages(file)
    assert asked(shelf, "新文字").total == 0
    withdraw(two, "重复", by=limin, at=shelf.at)
    assert asked(shelf, "共用").total == 0
    assert asked(shelf, "共用", state="withdrawn").total == 1


def test_the_index_made_anew_finds_the_same(shelf) -> None:
    made = library(shelf, random.Random(7))
    before = [[hit.document.pk for hit in asked(shelf, word).hits] for word in ("市场", "文明创", "21〕", "a1")]
    heads, pages = search_index.rebuild()
    assert (heads, pages) == (len(made), PageText.objects.count())
    assert before == [[hit.document.pk for hit in asked(shelf, word).hits] for word in ("市场", "文明创", "21〕", "a1")]
    assert any(before)


def test_everybody_finds_only_what_the_own_list_shows(shelf) -> None:
    for unit in ("office", "market", "V1", "V2"):
        paged(shelf, f"{unit} 台账", "文明村镇", unit=unit)
    for username, *_ in CAST:
        seen = set(visible_to(shelf.cast.actor(username)).values_list("pk", flat=True))
        assert {hit.document.pk for hit in asked(shelf, "文明", who=username).hits} == seen, username


def test_the_result_is_narrowed_by_kind_year_standard_unit_and_state(shelf) -> None:
    one = paged(shelf, "甲", "文明", kind="report", dated=date(2020, 9, 1))
    paged(shelf, "乙", "文明", unit="market", dated=date(2021, 9, 1))
    put_to_use(one, [Serves("standard", "1:I-1-1")], by=shelf.cast.actor("limin"), at=shelf.at)
    for more in ({"kind": "report"}, {"year": 2021}, {"standard": "1:I-1-1"}, {"unit": "office"}):
        assert titles(asked(shelf, "文明", **more)) == ["甲"], more
    assert asked(shelf, "文明", state="filed").total == 0
    assert asked(shelf, "文明", state="open").total == 2


def test_a_page_of_results_takes_the_same_queries_however_much_is_found(shelf) -> None:
    limin = shelf.cast.actor("limin")
    counts = []
    for more in (1, 30):
        for number in range(more):
            paged(shelf, f"文明 {more} {number}", "文明创建", "文明实践")
        with CaptureQueriesContext(connection) as seen:
            assert search(limin, Wanted("文明 创建")).total >= more
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 6


def test_pages_of_the_result_follow_one_another_and_too_many_are_told(shelf) -> None:
    limin = shelf.cast.actor("limin")
    for number in range(45):
        paged(shelf, f"文明 {number}")
    pages = [search(limin, Wanted("文明"), number) for number in (1, 2, 3, 9)]
    assert [len(one.hits) for one in pages] == [20, 20, 5, 5]
    assert len({hit.document.pk for one in pages[:3] for hit in one.hits}) == 45
    assert (pages[0].total, pages[0].more, pages[3].number) == (45, False, 3)
    assert CAP >= 1000
