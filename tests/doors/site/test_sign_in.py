"""Getting in and out: passwords, lock-out, idle time, other devices, one-time codes."""

from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localtime
from tests.people import AT, PASSWORD, TODAY, Cast, with_password

from chuangwen.kit import clock
from chuangwen.records.ledger.models import Note
from chuangwen.records.township import actions
from chuangwen.records.township.models import Person, Town

LOGIN = "/accounts/login/"


def sign_in(client: Client, username: str, password: str = PASSWORD):
    return client.post(LOGIN, {"login": username, "password": password})


def who(client: Client) -> str:
    return client.session.get("_auth_user_id", "")


def test_li_min_signs_in_with_her_account_and_password(cast: Cast, client: Client) -> None:
    with_password(cast.people["limin"])
    assert client.get(LOGIN).status_code == 200
    answer = sign_in(client, "limin")
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert who(client) == str(cast.people["limin"].pk)


def test_a_wrong_password_is_told_in_chinese(cast: Cast, client: Client) -> None:
    with_password(cast.people["limin"])
    answer = sign_in(client, "limin", "wrong")
    assert answer.status_code == 200
    assert "账号或密码不对" in answer.content.decode()
    assert not who(client)


def test_a_closed_account_does_not_get_in(cast: Cast, client: Client) -> None:
    with_password(cast.people["limin"])
    actions.disable_person(cast.people["limin"], by=cast.actor("zhaolei"), at=AT)
    sign_in(client, "limin")
    assert not who(client)


def test_nobody_opens_an_account_for_oneself(cast: Cast, client: Client) -> None:
    assert client.get("/accounts/signup/").status_code == 404
    assert client.post("/accounts/signup/", {"username": "x"}).status_code == 404
    assert not Person.objects.filter(username="x").exists()


def test_after_five_failures_even_the_right_password_is_locked_out(cast: Cast, client: Client) -> None:
    with_password(cast.people["limin"])
    for _turn in range(settings.AXES_FAILURE_LIMIT):
        answer = sign_in(client, "limin", "wrong")
    assert answer.status_code == 429
    answer = sign_in(client, "limin")
    assert answer.status_code == 429
    assert "已锁定" in answer.content.decode()
    assert "20 分钟" in answer.content.decode()
    assert not who(client)


def test_the_lock_opens_again_after_its_time(cast: Cast, client: Client) -> None:
    with_password(cast.people["limin"])
    with time_machine.travel(clock.real_now(), tick=False) as traveller:
        for _turn in range(settings.AXES_FAILURE_LIMIT):
            sign_in(client, "limin", "wrong")
        traveller.shift(timedelta(hours=settings.AXES_COOLOFF_TIME, minutes=1))
        sign_in(client, "limin")
    assert who(client)


def test_one_who_is_locked_out_does_not_lock_others_out(cast: Cast, client: Client) -> None:
    with_password(cast.people["wangjianguo"])
    for _turn in range(settings.AXES_FAILURE_LIMIT):
        sign_in(client, "limin", "wrong")
    sign_in(client, "wangjianguo")
    assert who(client)


def test_a_one_time_password_must_be_changed_first(cast: Cast, client: Client) -> None:
    once = actions.issue_password(cast.people["liufang"], by=cast.actor("zhaolei"), at=AT)
    answer = sign_in(client, "liufang", once)
    change = reverse("account_change_password")
    assert answer["Location"] == change
    assert client.get(reverse("usersessions_list"))["Location"] == change
    answer = client.post(change, {"oldpassword": once, "password1": "Lian-Meng-77", "password2": "Lian-Meng-77"})
    assert answer.status_code == 302, answer.context["form"].errors
    liufang = Person.objects.get(username="liufang")
    assert not liufang.must_change_password
    assert liufang.check_password("Lian-Meng-77")
    assert client.get(reverse("usersessions_list")).status_code == 200
    assert Note.objects.filter(verb="修改密码", username="liufang").count() == 1


def test_a_weak_new_password_is_refused_on_the_page(cast: Cast, client: Client) -> None:
    with_password(cast.people["liufang"])
    sign_in(client, "liufang")
    change = reverse("account_change_password")
    answer = client.post(change, {"oldpassword": PASSWORD, "password1": "zhanggouzhen", "password2": "zhanggouzhen"})
    assert "三类字符" in answer.content.decode()
    assert Person.objects.get(username="liufang").check_password(PASSWORD)


def test_whoever_is_idle_too_long_is_signed_out(cast: Cast, client: Client) -> None:
    with_password(cast.people["limin"])
    page = reverse("usersessions_list")
    with time_machine.travel(clock.real_now(), tick=False) as traveller:
        sign_in(client, "limin")
        assert client.get(page).status_code == 200
        for _turn in range(3):
            traveller.shift(timedelta(seconds=settings.IDLE_SECONDS - 60))
            assert client.get(page).status_code == 200
        traveller.shift(timedelta(seconds=settings.IDLE_SECONDS + 1))
        answer = client.get(page)
    assert answer.status_code == 302
    assert answer["Location"].startswith(LOGIN)
    assert not who(client)


def test_the_idle_one_is_told_why(cast: Cast, client: Client) -> None:
    with_password(cast.people["limin"])
    sign_in(client, "limin")
    session = client.session
    session["seen_at"] = clock.real_now().timestamp() - settings.IDLE_SECONDS - 1
    session.save()
    answer = client.get(reverse("usersessions_list"), follow=True)
    assert "已自动退出" in answer.content.decode()


def test_one_click_signs_out_everywhere_else(cast: Cast, client: Client) -> None:
    with_password(cast.people["limin"])
    phone = Client()
    sign_in(phone, "limin")
    sign_in(client, "limin")
    assert UserSession.objects.count() == 2
    page = reverse("usersessions_list")
    client.post(page)
    assert client.get(page).status_code == 200
    assert phone.get(page)["Location"].startswith(LOGIN)


def test_a_changed_password_signs_out_everywhere_else(cast: Cast, client: Client) -> None:
    with_password(cast.people["limin"])
    phone = Client()
    sign_in(phone, "limin")
    sign_in(client, "limin")
    new = {"oldpassword": PASSWORD, "password1": "Xin-Mi-Ma-88", "password2": "Xin-Mi-Ma-88"}
    client.post(reverse("account_change_password"), new)
    assert client.get(reverse("usersessions_list")).status_code == 200
    assert phone.get(reverse("usersessions_list"))["Location"].startswith(LOGIN)


def test_with_a_second_factor_the_password_alone_is_not_enough(cast: Cast, client: Client) -> None:
    limin = with_password(cast.people["limin"])
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(limin, secret)
    RecoveryCodes.activate(limin)
    answer = sign_in(client, "limin")
    assert answer["Location"] == reverse("mfa_authenticate")
    assert not who(client)
    answer = client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert not who(client)
    counter = next(iter(totp.yield_hotp_counters_from_time()))
    answer = client.post(
        reverse("mfa_authenticate"), {"code": totp.format_hotp_value(totp.hotp_value(secret, counter))}
    )
    assert answer.status_code == 302
    assert who(client) == str(limin.pk)


def test_a_person_turns_the_second_factor_on(cast: Cast, client: Client) -> None:
    with_password(cast.people["limin"])
    sign_in(client, "limin")
    page = reverse("mfa_activate_totp")
    assert client.get(page)["Location"].startswith(reverse("account_reauthenticate"))
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert client.get(page).status_code == 200
    secret = client.session["mfa.totp.secret"]
    counter = next(iter(totp.yield_hotp_counters_from_time()))
    client.post(page, {"code": totp.format_hotp_value(totp.hotp_value(secret, counter))})
    assert cast.people["limin"].authenticator_set.filter(type="totp").count() == 1


def test_signing_out_ends_the_session(cast: Cast, client: Client) -> None:
    with_password(cast.people["limin"])
    sign_in(client, "limin")
    assert client.get(reverse("account_logout")).status_code == 200
    assert who(client)
    client.post(reverse("account_logout"))
    assert not who(client)


@pytest.mark.django_db
def test_the_demo_town_lives_on_its_own_day() -> None:
    assert clock.today() != TODAY
    with clock.live_on(TODAY):
        assert clock.today() == TODAY
        assert clock.now().tzinfo is not None
    assert clock.today() != TODAY


def test_the_page_is_served_at_the_demos_time(cast: Cast, client: Client) -> None:
    Town.objects.update(demo=True, demo_today=TODAY, demo_year=2021, demo_seed=1)
    once = actions.issue_password(cast.people["liufang"], by=cast.actor("zhaolei"), at=AT)
    sign_in(client, "liufang", once)
    new = {"oldpassword": once, "password1": "Lian-Meng-77", "password2": "Lian-Meng-77"}
    client.post(reverse("account_change_password"), new)
    changed = Note.objects.get(verb="修改密码")
    assert localtime(changed.at).date() == TODAY
