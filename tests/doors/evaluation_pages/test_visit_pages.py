"""Observations by page, by table, by API: four thin doors on one action, and an export that can be taken in again."""

import io
import json
from datetime import UTC, datetime
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image
from tests.town import MeasuredTown

from chuangwen.records.measures.models import Observation, ObservationPhoto
from chuangwen.records.measures.visits import Answers, Choice
from chuangwen.results.scoring.queries import score_round
from chuangwen.results.scoring.score_data import as_data
from chuangwen.work.cases.models import Case

SEEN = "2021-09-20T09:30"


def counting(town: MeasuredTown, site: str) -> list[tuple[str, int | None]]:
    rows = Observation.objects.filter(round=town.round, site__code=site, counts=True).order_by("pk")
    return list(rows.values_list("result", "value"))


def post(browser: Client, **said: Any) -> Any:
    """A visit at S2 by page."""
    return browser.post(reverse("record"), {"site": "S2", "seen_at": SEEN, **said}, follow=True)


def a_photo(colour: str = "red") -> SimpleUploadedFile:
    kept = io.BytesIO()
    Image.new("RGB", (640, 480), colour).save(kept, "JPEG")
    return SimpleUploadedFile(f"{colour}.jpg", kept.getvalue(), "image/jpeg")


# --- the page


def test_the_page_proposes_a_time_and_a_mark_so_that_a_second_tap_is_harmless(
    town: MeasuredTown, signed_in_as: Any
) -> None:
    limin = signed_in_as("limin")
    page = limin.get(reverse("record"), {"site": "S2"})
    said = {"visit": page.context["visit"], "result-C000": "有", "result-C001": "合格", "count-C001": "19/20"}
    assert page.context["seen_at"]
    post(limin, **said)
    again = post(limin, **said).content.decode()
    assert "2 条先前已有，内容相同，没有重复写入" in again
    assert counting(town, "S2") == [("有", 0), ("合格", 10_000)]


def test_the_page_tells_a_correction_with_old_and_new(town: MeasuredTown, signed_in_as: Any) -> None:
    limin = signed_in_as("limin")
    post(limin, **{"result-C000": "无"})
    told = post(limin, **{"result-C000": "有"}).content.decode()
    assert "改正 1 条：C000 无 → 有" in told
    assert counting(town, "S2") == [("有", 0)]


def test_the_page_asks_whether_it_is_a_second_visit_and_keeps_what_was_typed(
    town: MeasuredTown, signed_in_as: Any
) -> None:
    limin = signed_in_as("limin")
    post(limin, **{"result-C000": "无"})
    said = {"seen_at": "2021-09-20T15:00", "result-C000": "有", "note-C000": "门口"}
    asked = post(limin, **said)
    text = asked.content.decode()
    assert asked.status_code == 422
    assert asked.context["asks"] == {"same_day"}
    assert 'name="same_day" value="second"' in text
    assert 'value="门口"' in text
    post(limin, **said, same_day="second")
    assert counting(town, "S2") == [("无", 10_000), ("有", 0)]


def test_the_page_asks_about_a_day_outside_the_round(town: MeasuredTown, signed_in_as: Any) -> None:
    limin = signed_in_as("limin")
    said = {"seen_at": "2021-08-20T15:00", "result-C000": "有", "result-C001": "合格"}
    asked = post(limin, **said)
    assert asked.context["asks"] == {"outside"}
    assert counting(town, "S2") == []
    post(limin, **said, outside="take")
    assert len(counting(town, "S2")) == 2


@pytest.mark.parametrize("seen_at", ["gestern", "2021-13-01T00:00", "9999-12-31T23:59", "0001-01-01T00:00"])
def test_a_time_that_cannot_be_is_told(town: MeasuredTown, signed_in_as: Any, seen_at: str) -> None:
    answer = post(signed_in_as("limin"), **{"seen_at": seen_at, "result-C000": "有"})
    assert answer.status_code == 422
    assert counting(town, "S2") == []


@pytest.mark.parametrize(
    ("result", "count"),
    [("合格", "12/10"), ("合格", "120%"), ("合格", "8/0"), ("不合格", "20/20"), ("合格", "1/20"), ("合格", "-3")],
)
def test_the_page_refuses_what_cannot_be_beside_its_check(
    town: MeasuredTown, signed_in_as: Any, result: str, count: str
) -> None:
    answer = post(signed_in_as("limin"), **{"result-C000": "无", "result-C001": result, "count-C001": count})
    assert answer.status_code == 422
    assert [line["check"].code for line in answer.context["lines"] if line["wrong"]] == ["C001"]
    assert counting(town, "S2") == []


def test_photos_stay_through_a_refusal_and_are_seen_beside_the_row(town: MeasuredTown, signed_in_as: Any) -> None:
    limin = signed_in_as("limin")
    refused = post(limin, **{"result-C000": "还行", "photo-C000": a_photo()})
    ((_key, name),) = next(line["kept"] for line in refused.context["lines"] if line["check"].code == "C000")
    assert name == "red.jpg"
    post(limin, **{"result-C000": "有", "kept-C000": _key})
    photo = ObservationPhoto.objects.get()
    assert photo.observation.site.code == "S2"
    address = reverse("observation_photo", args=[photo.pk, "thumb"])
    assert address in limin.get(reverse("observations")).content.decode()
    shown = limin.get(address)
    assert b"".join(shown.streaming_content)[:2] == b"\xff\xd8"


def test_a_photo_is_shown_to_those_who_may_see_its_observation(town: MeasuredTown, signed_in_as: Any) -> None:
    post(signed_in_as("limin"), **{"result-C000": "有", "photo-C000": a_photo("blue")})
    address = reverse("observation_photo", args=[ObservationPhoto.objects.get().pk, "page"])
    assert signed_in_as("liufang").get(address).status_code == 404
    assert signed_in_as("zhangqiang").get(address).status_code == 404


def test_a_file_that_is_no_photo_is_told_beside_its_check(town: MeasuredTown, signed_in_as: Any) -> None:
    paper = SimpleUploadedFile("说明.jpg", b"no picture", "image/jpeg")
    answer = post(signed_in_as("limin"), **{"result-C000": "有", "photo-C000": paper})
    assert answer.status_code == 422
    assert counting(town, "S2") == []


def test_cases_are_opened_with_the_visit_or_not_at_all(town: MeasuredTown, office: Any, signed_in_as: Any) -> None:
    limin = signed_in_as("limin")
    post(limin, **{"result-C000": "有", "result-C001": "合格", "count-C001": "1/20", "open_cases": "1"})
    assert not Case.objects.filter(kind="mending").exists()
    post(limin, **{"result-C000": "有", "result-C001": "", "count-C001": "1/20", "open_cases": "1"})
    assert Case.objects.filter(kind="mending").count() == 2


def test_presence_and_absence_are_shown_in_words(town: MeasuredTown, signed_in_as: Any) -> None:
    town.visit(2, {0: "0", 1: "n/a"})
    town.visit(4, {0: "3"})
    shown = signed_in_as("limin").get(reverse("observations"))
    rows = {(row.site.code, row.check_item.code): row.in_words() for row in shown.context["page"].rows}
    assert (rows["S2", "C000"], rows["S2", "C001"], rows["S4", "C000"]) == ("无", "不适用", "有 3")
    assert "n/a" not in shown.content.decode()


# --- the table


def table(*rows: tuple[object, ...], head: tuple[str, ...] = ()) -> io.BytesIO:
    book = openpyxl.Workbook()
    book.active.append(head or ("点位", "考察内容", "结果", "次数/总数", "时间", "考察人", "备注"))
    for row in rows:
        book.active.append(row)
    kept = io.BytesIO()
    book.save(kept)
    kept.seek(0)
    kept.name = "考察.xlsx"
    return kept


def bring(browser: Client, file: io.BytesIO, **said: str) -> Any:
    """Look at a table, then write it as it was looked at; ``said`` answers every question of that kind."""
    file.seek(0)
    url = reverse("observations_import")
    looked = browser.post(url, {"file": file})
    if looked.status_code != 200:
        return looked
    questions = looked.context["questions"]
    answers = {f"q.{one.id}": said[key] for one in questions for key in said if one.id.startswith(key)}
    fields = {"key": looked.context["sent"].key, **answers}
    if questions:
        looked = browser.post(url, fields)
        if looked.context["reading"].open_questions:
            return looked
    return browser.post(url, {**fields, **looked.context["page"].along, "move": "take"}, follow=True)


def test_a_corrected_table_shows_old_and_new_before_it_is_written(town: MeasuredTown, signed_in_as: Any) -> None:
    limin = signed_in_as("limin")
    bring(limin, table(("S2", "C000", "无", "", "2021-10-11", "复核甲", "第一次")))
    second = table(("S2", "C000", "有", "", "2021-10-11", "复核甲", "改正：有 1 处"))
    looked = limin.post(reverse("observations_import"), {"file": second})
    assert "改正 1 条" in looked.content.decode()
    (change,) = looked.context["run"].changes
    assert (change.old, change.new) == ("无（第一次）", "有（改正：有 1 处）")
    assert "改正 1 条，原记录留着" in bring(limin, second).content.decode()
    assert counting(town, "S2") == [("有", 0)]


def test_a_table_of_contradictions_writes_nothing(town: MeasuredTown, signed_in_as: Any) -> None:
    limin, day = signed_in_as("limin"), "2021-10-12"
    file = table(
        ("S0", "C001", "合格", "12/10", day, "甲"), ("S1", "C001", "合格", "120%", day, "甲"),
        ("S2", "C001", "合格", "8/0", day, "甲"), ("S3", "C001", "不合格", "20/20", day, "甲"),
        ("S4", "C001", "合格", "1/20", day, "甲"), ("S2", "C000", "无", "3", day, "甲"),
        ("S3", "C000", "合格", "5处", day, "甲"), ("S4", "C000", "合格", "-3", day, "甲"),
    )  # fmt: skip
    count = Observation.objects.count()
    looked = bring(limin, file)
    assert looked.status_code == 422
    assert sorted(problem.row for problem in looked.context["problems"]) == [2, 3, 4, 9]
    assert sorted(row for one in looked.context["questions"] for row in one.rows) == [5, 6, 7, 8]
    assert Observation.objects.count() == count


def test_a_table_with_a_second_visit_is_asked_about(town: MeasuredTown, signed_in_as: Any) -> None:
    limin = signed_in_as("limin")
    bring(limin, table(("S2", "C000", "无", "", "2021-10-11 09:30", "甲")))
    other = table(("S2", "C000", "有", "", "2021-10-11 15:00", "乙"))
    looked = bring(limin, other)
    assert "有 1 件事要您决定" in looked.content.decode()
    assert counting(town, "S2") == [("无", 10_000)]
    assert "新记 1 条" in bring(limin, other, same_day="second").content.decode()
    assert len(counting(town, "S2")) == 2


def everything(town: MeasuredTown) -> list[tuple[object, ...]]:
    fields = (
        "pk",
        "site",
        "check_item",
        "value",
        "result",
        "quantity",
        "passed",
        "total",
        "seen_at",
        "seen_by",
        "note",
    )
    rows = Observation.objects.filter(round=town.round).order_by("pk")
    return list(rows.values_list(*fields, "counts", "replaced_by", "mark"))


def a_year(town: MeasuredTown) -> None:
    """What a year brings: n/a, counts, two inspectors, times, second visits, corrections, re-checks, names twice."""
    town.visit(2, {0: "0", 1: "n/a"}, time=(9, 31), note="门口、后院")
    town.visit(4, {0: "3", 1: ("不合格", "9/20")}, who="李敏", time=(10, 7))
    town.visit(4, {0: "合格", 1: "85%"}, who="张强", time=(16, 40), answers=Answers(same_day=Choice.SECOND))
    town.visit(0, {0: ("有", "2处"), 1: "17/20"}, day=8, time=(8, 59), note="=1+1")
    town.visit(0, {0: "无", 1: "18/20"}, day=8, time=(8, 59))
    town.visit(1, {0: "不合格"}, day=9)
    town.visit(1, {0: "无"}, day=9, time=(15, 0), answers=Answers(same_day=Choice.CORRECTION))


def exported(browser: Client, **query: str) -> io.BytesIO:
    kept = io.BytesIO(browser.get(reverse("observations_export"), query).content)
    kept.name = "实地观测.xlsx"
    return kept


@pytest.mark.parametrize("query", [{}, {"state": "old"}, {"state": "lost"}, {"state": "none"}, {"sort": "site"}])
def test_our_own_export_taken_in_again_changes_nothing(
    town: MeasuredTown, signed_in_as: Any, query: dict[str, str]
) -> None:
    limin, on = signed_in_as("limin"), datetime(2021, 10, 14, tzinfo=UTC).date()
    a_year(town)
    before, score = everything(town), json.dumps(as_data(score_round(town.round, on)), default=str)
    file = exported(limin, **query)
    looked = limin.post(reverse("observations_import"), {"file": file})
    run = looked.context["run"]
    assert (looked.context["problems"], looked.context["questions"]) == ([], [])
    assert (run.new, run.changed, run.known) == (0, 0, len(run.lines))
    assert run.lines
    assert bring(limin, file).status_code == 200
    assert everything(town) == before
    assert json.dumps(as_data(score_round(town.round, on)), default=str) == score


def test_one_cell_changed_in_our_own_export_is_one_correction(town: MeasuredTown, signed_in_as: Any) -> None:
    limin = signed_in_as("limin")
    a_year(town)
    book = openpyxl.load_workbook(exported(limin, state="full"))
    heads = next(row for row in book.active.iter_rows() if any(cell.value == "结果" for cell in row))
    place = {cell.value: cell.column for cell in heads}
    row = next(r for r in book.active.iter_rows(min_row=heads[0].row + 1) if "S2" in str(r[place["点位"] - 1].value))
    row[place["结果"] - 1].value, row[place["次数/总数"] - 1].value = "有", None
    kept = io.BytesIO()
    book.save(kept)
    kept.name = "改过.xlsx"
    kept.seek(0)
    run = limin.post(reverse("observations_import"), {"file": kept}).context["run"]
    assert [(one.what[:3], one.old[:1], one.new[:1]) for one in run.changes] == [("点位2", "无", "有")]
    assert (run.new, run.changed) == (0, 1)


# --- the API


def send(browser: Client, **said: object) -> Any:
    body = {"round": "2021", "site": "S2", "check": "C001", "result": "", "count": "18/20",
            "seen_at": "2021-09-20T09:30:00+08:00", **said}  # fmt: skip
    return browser.post("/api/observations", json.dumps(body), content_type="application/json")


def test_the_api_judges_by_the_rule_and_tells_what_was_there_already(town: MeasuredTown, signed_in_as: Any) -> None:
    limin = signed_in_as("limin")
    first, again = send(limin, mark="a").json(), send(limin, mark="a").json()
    assert (first["value"], first["known"]) == (1.0, False)
    assert again == {**first, "known": True}


def test_the_api_answers_409_to_a_mark_with_another_content(town: MeasuredTown, signed_in_as: Any) -> None:
    limin = signed_in_as("limin")
    first = send(limin, mark="a").json()
    refused = send(limin, mark="a", count="9/20")
    assert (refused.status_code, refused.json()["code"]) == (409, "mark_taken")
    declared = send(limin, mark="a", count="9/20", same_day="correction").json()
    assert (declared["value"], declared["corrects"]) == (0.5, first["id"])
    assert counting(town, "S2") == [("9/20", 5_000)]


def test_one_senders_mark_never_meets_anothers(town: MeasuredTown, signed_in_as: Any) -> None:
    mine = send(signed_in_as("limin"), mark="a").json()
    other = send(signed_in_as("zhangqiang"), mark="a", site="S4").json()
    assert (other["known"], other["id"] != mine["id"]) == (False, True)
    assert counting(town, "S4") == [("18/20", 10_000)]


@pytest.mark.parametrize(
    ("said", "status", "code"),
    [
        ({"count": "12/10"}, 422, "impossible_counts"), ({"count": "120%"}, 422, "impossible_counts"),
        ({"count": "8/0"}, 422, "impossible_counts"), ({"result": "不合格", "count": "20/20"}, 422, "contradictory_result"),
        ({"seen_at": "2021-08-20T09:30:00+08:00"}, 409, "outside_round"), ({"seen_at": "2029-01-01T00:00:00Z"}, 422, "not_yet"),
        ({"seen_at": "9999-12-31T23:59:59Z"}, 422, "no_such_year"), ({"seen_at": "0001-01-01T00:00:00Z"}, 422, "no_such_year"),
        ({"result": "", "count": ""}, 422, "unreadable_result"), ({"check": "none"}, 404, "not_found"),
    ],
)  # fmt: skip
def test_the_api_refuses_with_a_code_and_writes_nothing(
    town: MeasuredTown, signed_in_as: Any, said: dict[str, object], status: int, code: str
) -> None:
    answer = send(signed_in_as("limin"), **said)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert counting(town, "S2") == []


def test_the_api_asks_what_a_second_reading_of_the_day_is(town: MeasuredTown, signed_in_as: Any) -> None:
    limin = signed_in_as("limin")
    send(limin)
    later = {"seen_at": "2021-09-20T15:00:00+08:00", "count": "9/20"}
    assert (send(limin, **later).status_code, send(limin, **later).json()["code"]) == (409, "seen_that_day")
    assert send(limin, **later, same_day="second").json()["value"] == 0.5
    assert len(counting(town, "S2")) == 2


def test_a_time_without_its_zone_is_not_guessed(town: MeasuredTown, signed_in_as: Any) -> None:
    assert send(signed_in_as("limin"), seen_at="2021-09-20T09:30:00").status_code == 422


def test_the_api_asks_for_the_right_where_the_site_is(town: MeasuredTown, signed_in_as: Any) -> None:
    assert send(signed_in_as("liufang")).status_code == 403
    assert send(signed_in_as("chenjing")).status_code == 403
    assert counting(town, "S2") == []
