"""The table that a third-party team hands over: nothing is dropped, nothing guessed, corrections are shown and kept."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.doors.evaluation_pages.handover import Desk, counts, problems, questions, settle, standing
from tests.people import Cast

from chuangwen.kernel.sheets import read_table
from chuangwen.records.measures.models import Observation
from chuangwen.records.township.models import Person, Site

HEAD = "点位,考察内容,结果,次数/总数,时间,考察人,备注\n"


@pytest.fixture
def desk(cast: Cast, signed_in_as: Callable[[str], Any]) -> Desk:
    settle(cast)
    return Desk(signed_in_as("limin"))


def test_impossible_counts_are_problems_and_a_word_against_its_counts_is_asked(desk: Desk) -> None:
    page = desk.case("contradiction.xlsx")
    assert page.status_code == 422
    assert problems(page) == [(2, "D"), (3, "D"), (4, "D"), (9, "D")]
    assert {"contradiction.观测!5", "contradiction.观测!8"} <= set(questions(page))
    assert "没有写入任何内容" in page.content.decode()
    assert desk.go_on(page, "take").status_code == 422
    assert not Observation.objects.exists()


def test_a_word_against_its_counts_is_settled_by_a_person(desk: Desk) -> None:
    rows = "P01-004,P01-08,不合格,20/20,2021-10-12,甲,\nP01-001,C01,合格,5处,2021-10-12,甲,\nP01-002,C01,无,3,2021-10-12,甲,\n"
    page = desk.send(HEAD + rows)
    first, second, third = questions(page)
    answered = desk.go_on(page, "try", **{first: "count", second: "word", third: "leave"})
    assert counts(answered) == (2, 0, 0)
    assert [one["title"] for one in answered.context["unread"]] == ["结果与次数对不上"]
    desk.go_on(answered, "take")
    assert standing() == [("P01-001", "C01", "10-12", 10_000), ("P01-004", "P01-08", "10-12", 10_000)]


def test_a_corrected_row_is_told_as_one_correction_and_supersedes_the_old_reading(desk: Desk) -> None:
    desk.go_on(desk.case("correct_v1.xlsx"), "take")
    assert standing() == [("P01-001", "C04", "10-11", 10_000)]
    page = desk.case("correct_v2.xlsx")
    assert counts(page) == (0, 1, 0)
    assert "写入 0 条，改正 1 条，已有 0 条" in page.content.decode()
    (change,) = page.context["run"].changes
    assert (change.row, change.old, change.new) == (2, "无（第一次）", "有（改正：有 1 处）")
    done = desk.go_on(page, "take")
    assert "改正 1 条" in done.content.decode()
    assert standing() == [("P01-001", "C04", "10-11", 0)]
    assert Observation.objects.count() == 2


def test_the_same_table_again_changes_nothing(desk: Desk) -> None:
    desk.go_on(desk.case("correct_v1.xlsx"), "take")
    page = desk.case("correct_v1.xlsx")
    assert counts(page) == (0, 0, 1)
    assert "写入这" not in page.content.decode()
    assert "已有" in page.content.decode()


def test_a_bare_number_in_a_workbook_that_counts_from_1904_is_its_own_day_and_is_told(desk: Desk) -> None:
    page = desk.case("date1904_bare_serial.xlsx")
    assert [(one["where"], one["sample"]) for one in page.context["unread"]] == [("D2", "43019 → 2021-10-12")]
    desk.go_on(page, "take")
    assert standing() == [("P01-001", "C01", "10-12", 10_000)]


def test_of_two_columns_of_one_heading_a_person_says_which(desk: Desk) -> None:
    page = desk.case("duplicate_heading_hidden_old_column.xlsx")
    assert questions(page) == ["double.0.result"]
    assert "隐藏" in page.content.decode()
    assert "写入这" not in page.content.decode()
    desk.go_on(page, "take")
    assert not Observation.objects.exists()
    answered = desk.go_on(page, "try", **{"double.0.result": "D"})
    assert [one["where"] for one in answered.context["unread"]] == ["C 列"]
    desk.go_on(answered, "take")
    assert standing() == [("P01-001", "C01", "10-12", 10_000)]


def test_a_web_page_saved_as_xls_is_read(desk: Desk) -> None:
    desk.go_on(desk.case("html_as_xls.xls"), "take")
    assert standing() == [("P01-001", "C01", "10-12", 10_000)]


def test_an_open_password_is_told_as_such(desk: Desk) -> None:
    page = desk.case("password.xlsx")
    assert page.status_code == 422
    assert "设了打开密码" in page.content.decode()


def test_a_picture_in_a_cell_is_said_not_to_come_along(desk: Desk) -> None:
    page = desk.case("wps_dispimg.xlsx")
    assert "没有随表进来的图片" in page.content.decode()
    assert "G2" in page.content.decode()
    desk.go_on(page, "take")
    assert Observation.objects.get().photo == ""


def test_another_person_on_the_same_day_is_asked_about_and_each_answer_does_what_it_says(desk: Desk) -> None:
    desk.go_on(desk.send(HEAD + "P01-001,C01,无,,2021-10-12,甲,\n"), "take")
    second = HEAD + "P01-001,C01,有,,2021-10-12,乙,\n"
    (key,) = questions(desk.send(second))
    left = desk.go_on(desk.send(second), "try", **{key: "leave"})
    assert (counts(left), left.context["run"].left) == ((0, 0, 0), 1)
    corrected = desk.go_on(desk.send(second), "try", **{key: "correction"})
    assert counts(corrected) == (0, 1, 0)
    both = desk.go_on(desk.send(second), "try", **{key: "second"})
    desk.go_on(both, "take")
    assert standing() == [("P01-001", "C01", "10-12", 10_000), ("P01-001", "C01", "10-12", 0)]


def test_a_day_outside_the_round_is_asked_about_once_for_all_rows(desk: Desk) -> None:
    page = desk.send(HEAD + "P01-001,C01,无,,2021-08-12,甲,\nP01-002,C01,无,,2021-08-13,甲,\n")
    assert questions(page) == ["outside"]
    assert page.context["questions"][0].rows == (2, 3)
    desk.go_on(desk.go_on(page, "try", outside="take"), "take")
    assert len(standing()) == 2


def test_a_day_that_has_not_come_stands_in_its_column(desk: Desk) -> None:
    assert problems(desk.send(HEAD + "P01-001,C01,无,,2099-10-12,甲,\n")) == [(2, "E")]


def test_of_two_people_of_one_name_nobody_gets_the_observation_before_a_person_says_who(desk: Desk, cast: Cast) -> None:
    twin = cast.people["zhangqiang"]
    other = Person.objects.create(
        username="zq2", name=twin.name, organisation=twin.organisation, joined_at=twin.joined_at
    )
    page = desk.send(HEAD + f"P01-001,C01,无,,2021-10-12,{twin.name},\n")
    assert questions(page) == [f"who.{twin.name}"]
    desk.go_on(desk.go_on(page, "try", **{f"who.{twin.name}": "zq2"}), "take")
    assert Observation.objects.get().inspector_id == other.pk


def test_columns_sheets_and_rows_that_are_not_read_stand_first(desk: Desk) -> None:
    rows = "2021年第三方考察记录,,,,,,\n点位,考察内容,结果,时间,考察人,天气\nP01-001,C01,无,2021-10-12（周二）,甲,晴\n合计,,1,,,\n填表人：王某,,,,,\n"
    page = desk.send(rows)
    body = page.content.decode()
    assert body.index("这份表里有") < body.index("试写结果")
    assert [(one["kind"], one["sample"].split()[0]) for one in page.context["unread"]] == [
        ("没有读的列", "晴"),
        ("表头以上的文字", "2021年第三方考察记录"),
        ("合计行", "合计"),
        ("表下的说明", "填表人：王某"),
    ]
    assert counts(page) == (1, 0, 0)


def test_an_unknown_site_gets_near_names_and_a_wrong_type_is_never_passed_over(desk: Desk) -> None:
    page = desk.send("点位,点位类型,考察内容,结果,时间\n沿合路,,C01,无,2021-10-12\nP01-001,公园,C01,无,2021-10-12\n")
    assert problems(page) == [(2, "A"), (3, "A")]
    assert "沿河路" in page.context["problems"][0].cure
    assert "主次干道" in page.context["problems"][1].cure


def test_the_time_of_a_visit_is_kept(desk: Desk) -> None:
    desk.go_on(desk.send(HEAD + "P01-001,C01,无,,2021年10月12日（周二）15：30,甲,\n"), "take")
    assert f"{Observation.objects.get().seen_at:%H:%M}" == "07:30"  # UTC


def test_the_error_workbook_is_the_own_table_with_what_is_wrong_beside_each_row(desk: Desk) -> None:
    page = desk.case("contradiction.xlsx")
    marked = desk.go_on(page, "errors")
    rows = read_table(marked.content, name="x.xlsx").sheets[0].rows
    assert rows[1][:2] == ["P01-001", "P01-08"]
    assert "12/10" in str(rows[1][-1])
    assert "要您决定" in str(rows[4][-1])


def test_our_own_export_comes_in_again_and_changes_nothing(desk: Desk) -> None:
    rows = "P01-001,C01,无,,2021-10-12,甲,门口\nP01-002,P01-08,,19/20,2021-10-12,乙,\nP01-003,C04,有,3处,2021-10-13 15:30,,\n"
    desk.go_on(desk.send(HEAD + rows), "take")
    desk.go_on(desk.send(HEAD + rows.replace("无,,2021-10-12,甲", "有,,2021-10-12,甲")), "take")
    before = standing()
    export = desk.client.get("/observations/export/")
    page = desk.send(export.content, "实地观测.xlsx")
    assert counts(page) == (0, 0, Observation.objects.count())
    assert standing() == before


def test_another_persons_key_opens_nothing(desk: Desk, cast: Cast, client: Any) -> None:
    page = desk.case("correct_v1.xlsx")
    client.force_login(cast.people["zhangqiang"], backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.post("/observations/import/", {"key": page.context["sent"].key, "move": "take"}).status_code == 410


def test_a_sheet_without_a_column_of_time_is_told_and_not_dropped(desk: Desk) -> None:
    """写入 0 条，改正 0 条，已有 0 条, no problem, stood below such a table."""
    page = desk.send("点位,考察内容,结果\nP01-001,C01,无\n")
    assert page.status_code == 422
    assert "没有认出“时间”一列" in page.content.decode()


def test_a_code_with_the_name_of_another_site_is_not_taken_for_either(desk: Desk) -> None:
    first, second = Site.objects.order_by("code")[:2]
    page = desk.send(HEAD + f"{first.code} {second.name},C01,无,,2021-10-12,甲,\n")
    assert page.status_code == 422
    assert not Observation.objects.exists()


def test_what_was_mended_later_is_no_result_until_li_min_says_so(desk: Desk) -> None:
    page = desk.send("点位,考察内容,问题描述,整改结果,时间,考察人\nP01-001,C01,门口有人吵,合格,2021-10-11,张强\n")
    assert questions(page) == ["guess.0.result"]
    assert "写入这" not in page.content.decode()
    assert desk.go_on(page, "take").status_code == 200
    assert not Observation.objects.exists()
    left = desk.go_on(page, "try", **{"guess.0.result": "leave"})
    assert left.status_code == 422
    assert questions(left) == ["guess.0.result"]
    assert "缺少“结果或次数/总数或问题数”" in left.content.decode()


def test_an_answer_may_be_changed_on_the_next_page_though_the_columns_are_sent_along(desk: Desk) -> None:
    def columns(page: Any) -> dict[str, str]:
        fields = [one for sheet in page.context["mapping"] for one in sheet["fields"]]
        places = {one["name"]: one["place"] for one in fields} | {one["before"]: one["guessed"] for one in fields}
        return {name: "" if place is None else str(place) for name, place in places.items()}

    first = desk.send("点位,考察内容,2020年结果,2021年结果,时间\nP01-001,C01,合格,不合格,2021-10-11\n")
    second = desk.step(first, {**columns(first), "move": "try", "q.guess.0.result": "C"})
    assert second.context["sent"].said.columns == {}
    third = desk.step(second, {**columns(second), "move": "try", "q.guess.0.result": "D"})
    assert third.context["reading"].heads[0].title("result") == "D 列“2021年结果”"
    by_hand = {**columns(third), "col.0.result": "2", "move": "try", "q.guess.0.result": "D"}
    fourth = desk.step(third, by_hand)
    assert fourth.context["reading"].heads[0].title("result") == "C 列“2020年结果”"


def test_a_first_row_is_not_swallowed_by_the_heading(desk: Desk) -> None:
    rows = "P01-001,C01,不合格,2021-10-11,张强,照片\nP01-001,C04,合格,2021-10-11,张强,无\n"
    page = desk.send("点位,考察内容,结果,时间,考察人,附件\n" + rows)
    assert counts(page) == (2, 0, 0)
    desk.go_on(page, "take")
    assert standing() == [("P01-001", "C01", "10-11", 0), ("P01-001", "C04", "10-11", 10_000)]
