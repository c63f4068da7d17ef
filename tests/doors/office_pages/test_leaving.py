"""An account is closed at once, and what its holder still has to do is told and can be handed over."""

from datetime import UTC, datetime
from typing import Any

from django.urls import reverse
from tests.office import Office

from chuangwen.records.township.models import Assignment
from chuangwen.work.cases.models import Case

OTHER_DAY = datetime(2027, 1, 1, tzinfo=UTC)


def close_account(browser: Any, office: Office, username: str) -> str:
    person = office.cast.people[username]
    answer = browser.post(reverse("person_change", args=[person.pk]), {"move": "disable"}, follow=True)
    assert answer.status_code == 200
    person.refresh_from_db()
    assert not person.is_active
    return str(answer.content.decode())


def test_whoever_leaves_with_open_cases_leaves_word_of_them(office: Office, signed_in_as: Any) -> None:
    case = office.sent()
    Case.objects.filter(pk=case.pk).update(holder=office.cast.people["wangjianguo"])
    text = close_account(signed_in_as("zhaolei"), office, "wangjianguo")
    assert "王建国名下还有 1 件没有办结的事项，期限照走" in text
    assert reverse("cases_hand_over") not in text  # whoever keeps accounts does not work cases
    page = signed_in_as("limin").get(reverse("person", args=[office.cast.people["wangjianguo"].pk]))
    assert f"{reverse('cases_hand_over')}?from=wangjianguo" in page.content.decode()
    assert signed_in_as("limin").get(reverse("cases_hand_over"), {"from": "wangjianguo"}).status_code == 200


def test_before_closing_the_button_says_how_many_are_held(office: Office, signed_in_as: Any) -> None:
    case = office.sent()
    Case.objects.filter(pk=case.pk).update(holder=office.cast.people["wangjianguo"])
    page = signed_in_as("zhaolei").get(reverse("person", args=[office.cast.people["wangjianguo"].pk]))
    assert "停用账号（还经办 1 件）" in page.content.decode()


def test_whoever_holds_nothing_leaves_without_a_word(office: Office, signed_in_as: Any) -> None:
    text = close_account(signed_in_as("zhaolei"), office, "sunyue")
    assert "孙悦的账号已停用，角色已全部收回。" in text
    assert "没有办结的事项" not in text


def test_a_role_given_on_a_later_day_than_the_towns_is_withdrawn_all_the_same(
    office: Office, signed_in_as: Any
) -> None:
    """The demo lives in 2021, and its roles were given when it was made."""
    held = Assignment.objects.get(person__username="liufang")
    Assignment.objects.filter(pk=held.pk).update(given_at=OTHER_DAY)
    close_account(signed_in_as("zhaolei"), office, "liufang")
    held.refresh_from_db()
    assert held.withdrawn_at == OTHER_DAY


def test_a_single_role_withdrawn_before_it_was_given_is_withdrawn_all_the_same(
    office: Office, signed_in_as: Any
) -> None:
    held = Assignment.objects.get(person__username="liufang")
    Assignment.objects.filter(pk=held.pk).update(given_at=OTHER_DAY)
    link = reverse("person_change", args=[held.person_id])
    answer = signed_in_as("qianan").post(link, {"move": "withdraw", "assignment": held.pk}, follow=True)
    assert "已收回角色“村”。" in answer.content.decode()


def test_a_move_that_is_none_saves_nothing_and_says_so(office: Office, signed_in_as: Any) -> None:
    link = reverse("person_change", args=[office.cast.people["liufang"].pk])
    assert signed_in_as("zhaolei").post(link, {"move": "promote"}).status_code == 404
    answer = signed_in_as("qianan").post(link, {"move": "assign", "role": "nobody"})
    assert answer.status_code == 422
    assert "没有授予任何角色" in answer.content.decode()
    assert signed_in_as("qianan").post(link, {"move": "withdraw", "assignment": "²"}).status_code == 404
