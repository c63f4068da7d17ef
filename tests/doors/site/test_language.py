"""Pages speak Chinese whatever the browser prefers; who chooses English gets English."""

from django.test import Client


def test_a_browser_that_prefers_english_still_gets_chinese(db: None) -> None:
    page = Client(headers={"Accept-Language": "en-US"}).get("/accounts/login/").content.decode()
    assert "登录" in page


def test_an_unknown_choice_means_chinese(db: None) -> None:
    client = Client()
    client.cookies["django_language"] = "xx"
    assert "登录" in client.get("/accounts/login/").content.decode()
