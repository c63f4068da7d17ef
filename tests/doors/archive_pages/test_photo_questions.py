"""The page of questions about photos: side by side, with the earlier use; answered in one press with a reason."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.plain_pages import plain
from tests.records.archive.album import Album, once_more, picture
from tests.records.archive.shelf import Shelf

from chuangwen.records.archive.document_actions import Serves, put_to_use
from chuangwen.records.archive.models import Question
from chuangwen.records.ledger.models import Note

PAGE = "archive_photos"


@pytest.fixture
def album(cast) -> Album:
    return Album(Shelf(cast))


@pytest.fixture
def question(album: Album) -> Question:
    """王建国's photo of the spring market, used for a standard, and 刘芳's stamped copy of it."""
    first = album.document(one := picture(0), "春季市场")
    put_to_use(first, [Serves("standard", "1:V-1-2", "集贸市场规范")], by=album.cast.actor("wangjianguo"), at=album.at)
    album.document(once_more(one, "contrast"), "先锋村市场", who="liufang", unit="V1")
    album.look()
    return Question.objects.get()


def html(answer: Any) -> str:
    assert answer.status_code == 200
    return plain(answer.content.decode())


def test_the_page_says_what_was_noticed_and_where_the_photo_was_used_before(question, signed_in_as) -> None:
    page = html(signed_in_as("limin").get(reverse(PAGE)))
    for part in (
        "1 个照片疑点",
        "用过的照片",
        "先锋村市场.jpg",
        "春季市场",
        "市监所",
        "集贸市场规范",
        "王建国",
        "的画面相同",
    ):
        assert part in page
    assert page.count("<img ") == 2


def test_both_photos_are_shown_as_public_copies_to_those_who_see_their_documents(question, signed_in_as) -> None:
    def get(who: str, side: str) -> int:
        answer = signed_in_as(who).get(reverse("archive_photo", args=[question.pk, side, "thumb"]))
        return answer.status_code if answer.status_code != 200 else len(b"".join(answer.streaming_content))

    assert get("limin", "photo") > 1000
    assert get("limin", "other") > 1000
    assert get("liufang", "photo") > 1000
    assert get("liufang", "other") == 404
    assert get("wangjianguo", "photo") == 404


def test_the_village_is_told_of_the_earlier_use_but_not_shown_the_other_units_photo(question, signed_in_as) -> None:
    page = html(signed_in_as("liufang").get(reverse(PAGE)))
    assert "不在你能看的资料里" in page
    assert page.count("<img ") == 1


def test_one_press_and_a_reason_answer_it(question, signed_in_as) -> None:
    said = {"question": question.pk, "kept": "1", "why": "同一市场", "back": "doubt=reused"}
    answer = signed_in_as("liufang").post(reverse("archive_photos_answer"), said)
    assert answer["Location"] == f"{reverse(PAGE)}?doubt=reused"
    question.refresh_from_db()
    assert (question.kept, question.answer, question.answered_by) == (True, "同一市场", "刘芳")
    assert Note.objects.filter(verb="答复照片疑点", name="刘芳").count() == 1


def test_without_a_reason_nothing_is_answered_and_the_cure_is_told(question, signed_in_as) -> None:
    browser = signed_in_as("limin")
    page = html(browser.post(reverse("archive_photos_answer"), {"question": question.pk, "kept": "0"}, follow=True))
    assert "要写明理由" in page
    question.refresh_from_db()
    assert question.answered_at is None


def test_several_are_answered_together(album, question, signed_in_as) -> None:
    album.document(once_more(picture(0), "cropped"), "又一次", who="limin", unit="office")
    album.look()
    keys = list(Question.objects.values_list("pk", flat=True))
    assert len(keys) >= 2
    said = {"question": keys, "kept": "0", "why": "换新拍的"}
    page = html(signed_in_as("limin").post(reverse("archive_photos_answer"), said, follow=True))
    assert f"已答复 {len(keys)} 个疑点：不再使用" in page
    assert "没有要答复的照片疑点" in page


def test_filters_find_by_doubt_unit_state_and_name(album, question, signed_in_as) -> None:
    browser = signed_in_as("limin")

    def total(**asked: object) -> int:
        return browser.get(reverse(PAGE), asked).context["page"].total

    assert [total(), total(doubt="far"), total(doubt="reused"), total(q="先锋村"), total(q="别处")] == [1, 0, 1, 1, 0]
    assert [total(unit=album.cast.units[code].pk) for code in ("V1", "V2")] == [1, 0]
    browser.post(reverse("archive_photos_answer"), {"question": question.pk, "kept": "1", "why": "同一市场"})
    assert [total(), total(state="kept"), total(state="dropped"), total(state="all")] == [0, 1, 0, 1]
    assert "同一市场" in html(browser.get(reverse(PAGE), {"state": "all"}))


def test_an_empty_list_says_what_will_come(cast, signed_in_as) -> None:
    assert "系统会与全部旧照片比对" in html(signed_in_as("limin").get(reverse(PAGE)))


def test_the_page_costs_the_same_queries_however_many_questions(album, question, signed_in_as) -> None:
    browser = signed_in_as("limin")
    browser.get(reverse(PAGE))

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            browser.get(reverse(PAGE))
        return len(queries)

    before = cost()
    for number, how in enumerate(("cropped", "wechat", "mixed", "resized")):
        album.document(once_more(picture(0), how), f"再{number}", who="limin", unit="office")
    album.look()
    assert Question.objects.count() >= 5
    assert cost() == before


def test_the_command_lists_the_pairs_with_their_earlier_use(album, cast) -> None:
    first = album.document(one := picture(0), "春季市场")
    put_to_use(first, [Serves("year", "2021")], by=cast.actor("wangjianguo"), at=album.at)
    album.document(once_more(one, "contrast"), "先锋村市场", who="liufang", unit="V1")
    album.document(first.files.get().file, "又用一次", who="limin", unit="office")
    album.document(picture(1), "别处")
    out = StringIO()
    call_command("archive", "twins", "--json", stdout=out)
    altered, same = json.loads(out.getvalue())
    assert (altered["a"], altered["b"], altered["distance"] <= 11) == ("先锋村市场.jpg", "春季市场.jpg", True)
    assert "《春季市场》（市监所，2021-10-14 王建国提交），用于2021" in altered["earlier_use"]
    assert (same["a"], same["b"], same["distance"]) == ("春季市场.jpg", "春季市场.jpg", 0)
    assert same["earlier_use"] == ["《春季市场》（市监所，2021-10-14 王建国提交），用于2021"]
