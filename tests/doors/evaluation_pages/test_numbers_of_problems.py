"""问题数 counts what is wrong. Three problems with ramps are not three ramps, and no problem is no contradiction of 合格."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.doors.evaluation_pages.handover import Desk, counts, problems, questions, settle, standing
from tests.people import Cast

from chuangwen.records.measures.models import Observation

ALONE = "点位,考察内容,问题数,时间,考察人\n"
BESIDE = "点位,考察内容,测评结果,问题数,时间,考察人\n"


@pytest.fixture
def desk(cast: Cast, signed_in_as: Callable[[str], Any]) -> Desk:
    settle(cast)
    return Desk(signed_in_as("limin"))


@pytest.mark.parametrize("heading", ["问题数", "问题次数", "扣分次数", "发现问题数"])
@pytest.mark.parametrize("check", ["C20", "P01-01"])
def test_three_problems_are_no_three_things_and_are_asked_about(desk: Desk, heading: str, check: str) -> None:
    head = f"点位,考察内容,{heading},时间,考察人\n"
    page = desk.send(head + f"P01-005,{check},3,2021-10-11,张强\n")
    assert questions(page) == ["faults"]
    assert desk.go_on(page, "take")
    assert not Observation.objects.exists()
    done = desk.go_on(page, "try", faults="fail")
    assert counts(done) == (1, 0, 0)
    desk.go_on(done, "take")
    assert standing() == [("P01-005", check, "10-11", 0)]


def test_rows_left_out_are_named(desk: Desk) -> None:
    page = desk.send(ALONE + "P01-005,C20,3,2021-10-11,张强\nP01-005,C01,2,2021-10-11,张强\n")
    done = desk.go_on(page, "try", faults="leave")
    assert [one["title"] for one in done.context["unread"]] == ["只有问题数，没有结果"]
    desk.go_on(done, "take")
    assert standing() == [("P01-005", "C01", "10-11", 0)]


def test_no_problem_without_a_result_is_asked_about_once_for_all_rows(desk: Desk) -> None:
    rows = "P01-005,C20,0,2021-10-11,张强\nP01-005,P01-01,0处,2021-10-11,张强\n"
    page = desk.send(ALONE + rows)
    assert questions(page) == ["no_faults"]
    done = desk.go_on(page, "try", no_faults="pass")
    desk.go_on(done, "take")
    assert [value for *_rest, value in standing()] == [10_000, 10_000]


def test_the_usual_table_of_results_and_problems_raises_no_question(desk: Desk) -> None:
    rows = (
        "P01-005,C01,合格,0,2021-10-11,张强\nP01-005,C04,不合格,2,2021-10-11,张强\nP01-005,C20,合格,0,2021-10-11,张强\n"
        "P01-005,P01-01,合格,0,2021-10-11,张强\nP01-004,P01-01,不合格,3,2021-10-11,张强\n"
        "P01-004,P01-08,18/20,2,2021-10-11,张强\n"
    )
    page = desk.send(BESIDE + rows)
    assert (problems(page), questions(page)) == ([], [])
    desk.go_on(page, "take")
    assert {(site, check): value for site, check, _day, value in standing()} == {
        ("P01-005", "C01"): 10_000, ("P01-005", "C04"): 0, ("P01-005", "C20"): 10_000, ("P01-005", "P01-01"): 10_000,
        ("P01-004", "P01-01"): 0, ("P01-004", "P01-08"): 9_474,
    }  # fmt: skip


@pytest.mark.parametrize("row", ["C20,合格,3", "C20,不合格,0", "P01-08,,3", "C20,不合格,不少", "C20,有,2"])
def test_a_result_against_its_problems_is_refused_in_its_column(desk: Desk, row: str) -> None:
    page = desk.send(BESIDE + f"P01-005,{row},2021-10-11,张强\n")
    assert (page.status_code, problems(page)) == (422, [(2, "D")])


def test_problems_and_a_count_of_one_check_must_agree(desk: Desk) -> None:
    head = "点位,考察内容,次数/总数,问题数,时间,考察人\n"
    assert problems(desk.send(head + "P01-005,C01,2,3,2021-10-11,张强\n")) == [(2, "D")]
    desk.go_on(desk.send(head + "P01-005,C01,3,3,2021-10-11,张强\nP01-005,C20,2,0,2021-10-11,张强\n"), "take")
    assert standing() == [("P01-005", "C01", "10-11", 0), ("P01-005", "C20", "10-11", 10_000)]


def test_many_results_against_their_counts_are_answered_at_once(desk: Desk) -> None:
    rows = [f"P01-00{site},P01-01,合格,0,2021-10-{day}" for site in range(1, 5) for day in range(1, 8)]
    page = desk.send("点位,考察内容,结果,次数/总数,时间\n" + "\n".join(rows))
    assert questions(page) == ["contradiction"]
    assert counts(desk.go_on(page, "try", contradiction="word")) == (28, 0, 0)


COUNTED = "点位,考察内容,结果,问题数,总数,时间,考察人\n"


def test_problems_of_so_many_looked_at_are_a_rate(desk: Desk) -> None:
    rows = "P01-005,P01-08,不合格,6,30,2021-10-11,张强\nP01-004,P01-08,合格,1,40,2021-10-11,张强\n"
    page = desk.send(COUNTED + rows + "P01-004,C01,不合格,3,10,2021-10-11,张强\n")
    assert (problems(page), questions(page)) == ([], [])
    desk.go_on(page, "take")
    assert [(*row[:2], row[3]) for row in standing()] == [
        ("P01-004", "C01", 0), ("P01-004", "P01-08", 10_000), ("P01-005", "P01-08", 8_421)
    ]  # fmt: skip
    kept = Observation.objects.order_by("site__code", "check_item__code").values_list("passed", "total", "quantity")
    assert list(kept) == [(3, 10, "3/10"), (39, 40, "39/40"), (24, 30, "24/30")]


def test_a_word_against_the_rate_is_asked_about_and_nothing_is_written(desk: Desk) -> None:
    page = desk.send(COUNTED + "P01-005,P01-08,不合格,2,40,2021-10-11,张强\n")
    assert [one.partition(".")[0] for one in questions(page)] == ["contradiction"]
    assert desk.go_on(page, "take")
    assert not Observation.objects.exists()


@pytest.mark.parametrize(
    "row",
    [
        "P01-08,不合格,41,40",
        "P01-08,不合格,2,许多",
        "P01-08,不适用,0,40",
        "P01-08,38/40,3,40",
        "C20,不合格,2,40",
        "P01-08,,2,40",
    ],
)
def test_a_number_that_no_rule_can_use_is_a_problem_of_its_row(desk: Desk, row: str) -> None:
    page = desk.send(COUNTED + f"P01-005,{row},2021-10-11,张强\n")
    assert [row for row, _column in problems(page)] == [2] or questions(page)
    desk.go_on(page, "take")
    assert not Observation.objects.exists()


def test_a_number_of_problems_that_the_rule_does_not_count_is_kept_in_words(desk: Desk) -> None:
    page = desk.send(BESIDE + "P01-005,C20,不合格,3,2021-10-11,张强\nP01-004,C20,合格,0,2021-10-11,张强\n")
    desk.go_on(page, "take")
    assert list(Observation.objects.order_by("site__code").values_list("note", flat=True)) == ["", "问题数 3"]
    again = desk.send(BESIDE + "P01-005,C20,不合格,3,2021-10-11,张强\n")
    assert counts(again) == (0, 0, 1)


def test_two_totals_of_one_row_must_agree(desk: Desk) -> None:
    head = "点位,考察内容,次数/总数,总数,时间\n"
    assert problems(desk.send(head + "P01-005,P01-08,18/20,25,2021-10-11\n")) == [(2, "D")]
    assert problems(desk.send(head + "P01-005,P01-08,18/20,20,2021-10-11\n")) == []


def test_a_state_that_nobody_knows_is_not_passed_over(desk: Desk) -> None:
    head = "点位,考察内容,结果,时间,状态\n"
    assert problems(desk.send(head + "P01-005,C20,合格,2021-10-11,作废\nP01-004,C20,合格,2021-10-11,有效\n")) == [
        (2, "E")
    ]
