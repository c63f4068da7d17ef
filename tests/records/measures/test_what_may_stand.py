"""What may stand in a round, to the day and the minute, and what a person answers of what only a person knows."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from tests.people import AT
from tests.town import MeasuredTown, small_pack

from chuangwen.kernel.workdays import CHINA
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.measures.actions import NewRound, open_round, require_open
from chuangwen.records.measures.models import Round, RoundKind
from chuangwen.records.measures.policy import (
    CountsDoNotFit,
    MaterialLocked,
    NotOfThisRound,
    RoundClosed,
    why_not_counts,
    why_not_grade,
    why_not_record,
)
from chuangwen.records.measures.visit_policy import (
    CheckNotHere,
    NoSuchYear,
    NotYet,
    OutsideRound,
    SiteNotInUse,
    VisitRefused,
    is_outside,
    outside,
    why_not_here,
    why_not_that_year,
    why_not_yet,
)
from chuangwen.records.measures.visits import Answers, Ask, Choice, Found, Item
from chuangwen.records.measures.weighing import fingerprint_of, sender_of
from chuangwen.records.standards.actions import install_edition
from chuangwen.records.standards.models import Check
from chuangwen.records.township.models import Site

NOON = datetime(2021, 9, 10, 12, 0, tzinfo=CHINA)


def found(town: MeasuredTown, *, site: int = 0, check: int = 0, seen: datetime = NOON, **more: Any) -> Found:
    return Found(town.sites[site], Item(town.check(check), "有"), seen, **more)


# --- the check at the site


def test_a_check_stands_at_its_own_site_types_alone(town: MeasuredTown) -> None:
    check = town.check(0)
    assert check.site_types == ["P01", "P02"]
    Check.objects.filter(pk=check.pk).update(site_types=["P02"])
    no = why_not_here(town.round, found(town, site=0))
    assert isinstance(no, CheckNotHere)
    assert str(no) == "考察内容“考察内容0”不在点位“点位0”（P01）的考察范围内。请核对点位类型。"
    assert why_not_here(town.round, found(town, site=3)) is None


def test_a_check_of_an_edition_beside_is_not_of_this_round_until_it_is_its_companion(town: MeasuredTown) -> None:
    other = install_edition(small_pack(id="minors"), by=MACHINE, at=AT).edition
    theirs = Check.objects.filter(edition=other).order_by("position")[0]
    row = Found(town.sites[0], Item(theirs, "有"), NOON)
    assert isinstance(why_not_here(town.round, row), NotOfThisRound)
    town.round.companion = other
    assert why_not_here(town.round, row) is None


@pytest.mark.parametrize(
    ("opened", "closed", "in_use"),
    [
        (None, None, True),
        (date(2021, 9, 10), None, True),
        (date(2021, 9, 11), None, False),
        (None, date(2021, 9, 11), True),
        (None, date(2021, 9, 10), False),
    ],
)
def test_a_site_is_in_use_from_the_day_it_opens_to_the_day_before_it_closes(
    town: MeasuredTown, opened: date | None, closed: date | None, *, in_use: bool
) -> None:
    Site.objects.filter(code="S0").update(opened=opened, closed=closed)
    town.sites[0].refresh_from_db()
    no = why_not_here(town.round, found(town))
    assert isinstance(no, SiteNotInUse) is not in_use
    assert in_use or "2021-09-10" in str(no)


# --- the time


@pytest.mark.parametrize(("year", "fits"), [(2010, False), (2011, True), (2031, True), (2032, False)])
def test_ten_years_from_the_round_is_the_furthest_a_year_may_be(town: MeasuredTown, year: int, *, fits: bool) -> None:
    no = why_not_that_year(town.round, found(town, seen=datetime(year, 6, 1, tzinfo=CHINA)))
    assert (no is None) is fits
    assert fits or isinstance(no, NoSuchYear)
    assert fits or f"{year} 年离“2021 年测评”太远" in str(no)


@pytest.mark.parametrize(("minutes", "ahead"), [(-1, False), (10, False), (11, True)])
def test_a_phones_clock_may_run_ten_minutes_ahead(town: MeasuredTown, minutes: int, *, ahead: bool) -> None:
    no = why_not_yet(found(town, seen=NOON + timedelta(minutes=minutes)), NOON)
    assert isinstance(no, NotYet) is ahead
    assert not ahead or "2021-09-10 12:11" in str(no)


def test_of_a_row_without_a_time_the_day_alone_counts(town: MeasuredTown) -> None:
    evening = datetime(2021, 9, 10, 23, 59, tzinfo=CHINA)
    assert why_not_yet(found(town, seen=evening, timed=False), NOON) is None
    assert isinstance(why_not_yet(found(town, seen=evening), NOON), NotYet)
    no = why_not_yet(found(town, seen=evening + timedelta(minutes=1), timed=False), NOON)
    assert str(no) == "考察时间 2021-09-11 还没有到。请核对日期和时间。"


@pytest.mark.parametrize(
    ("day", "beyond"),
    [
        (date(2021, 8, 31), True),
        (date(2021, 9, 1), False),
        (date(2021, 12, 31), False),
        (date(2022, 1, 1), True),
    ],
)
def test_the_first_and_last_day_of_a_round_lie_within_it(town: MeasuredTown, day: date, *, beyond: bool) -> None:
    row = found(town, seen=datetime(day.year, day.month, day.day, 0, 30, tzinfo=CHINA))
    assert row.day == day
    assert is_outside(town.round, row) is beyond
    no = outside(town.round, row)
    assert isinstance(no, OutsideRound)
    assert f"{day} 不在“2021 年测评”的起止日期（2021-09-01 至 2021-12-31）之内" in str(no)


def test_the_day_of_a_visit_is_the_towns(town: MeasuredTown) -> None:
    late = datetime(2021, 9, 9, 16, 30, tzinfo=UTC)
    assert found(town, seen=late).day == date(2021, 9, 10)


# --- what is asked and how it is answered


def test_an_answer_fits_its_own_question_alone(town: MeasuredTown) -> None:
    row = found(town)
    said = Answers(same_day=Choice.CORRECTION, outside=Choice.TAKE)
    assert said.to(Ask.SAME_DAY, row) is Choice.CORRECTION
    assert said.to(Ask.OUTSIDE, row) is Choice.TAKE
    crossed = Answers(same_day=Choice.TAKE, outside=Choice.SECOND)
    assert crossed.to(Ask.SAME_DAY, row) is None
    assert crossed.to(Ask.OUTSIDE, row) is None
    left = Answers(same_day=Choice.LEAVE, outside=Choice.LEAVE)
    assert {left.to(ask, row) for ask in (Ask.SAME_DAY, Ask.OUTSIDE)} == {Choice.LEAVE}
    assert {Answers().to(ask, row) for ask in Ask} == {None}


def test_what_is_said_of_one_row_goes_before_what_is_said_of_all(town: MeasuredTown) -> None:
    row, other = found(town), found(town, site=1)
    said = Answers(same_day=Choice.CORRECTION, outside=Choice.TAKE, each={row.key: Choice.SECOND})
    assert said.to(Ask.SAME_DAY, row) is Choice.SECOND
    assert said.to(Ask.OUTSIDE, row) is Choice.TAKE  # a second visit is no answer to a day outside
    assert said.to(Ask.SAME_DAY, other) is Choice.CORRECTION


def test_a_row_goes_by_its_place_in_the_file_or_by_what_it_is(town: MeasuredTown) -> None:
    assert found(town, place=("考察", 7)).key == "考察!7"
    check = town.check(0)
    assert found(town, seen_by="张强").key == f"S0|{check.pk}|202109101200|张强"
    keys = {
        one.key
        for one in (
            found(town),
            found(town, site=1),
            found(town, check=1),
            found(town, seen=NOON + timedelta(minutes=1)),
            found(town, seen_by="张强"),
        )
    }
    assert len(keys) == 5


def test_a_mark_belongs_to_its_sender(town: MeasuredTown) -> None:
    zhang, limin = (sender_of(town.cast.actor(one)) for one in ("zhangqiang", "limin"))
    assert zhang == f"person:{town.cast.people['zhangqiang'].pk}"
    assert sender_of(MACHINE) == MACHINE.username
    assert fingerprint_of(zhang, "a1") == fingerprint_of(zhang, "a1")
    assert len({fingerprint_of(zhang, "a1"), fingerprint_of(limin, "a1"), fingerprint_of(zhang, "a2")}) == 3
    assert len(fingerprint_of(zhang, "a1")) == 40


def test_several_refusals_of_one_visit_are_told_together(town: MeasuredTown) -> None:
    no = VisitRefused({"C000": RoundClosed(round="甲"), "C001": RoundClosed(round="乙")})
    assert str(no).startswith("这次考察有 2 项要改，没有写入任何内容：C000 “甲”已经封存")
    assert "C001 “乙”已经封存" in str(no)
    assert (no.status, set(no.refusals)) == (422, {"C000", "C001"})


# --- the round itself


def test_a_running_round_takes_everything_a_locked_one_no_grades_a_closed_one_nothing(town: MeasuredTown) -> None:
    round_ = town.round
    assert (why_not_record(round_), why_not_grade(round_)) == (None, None)
    round_.material_locked_at = AT
    assert why_not_record(round_) is None
    assert isinstance(why_not_grade(round_), MaterialLocked)
    round_.closed_at = AT
    assert isinstance(why_not_record(round_), RoundClosed)
    assert isinstance(why_not_grade(round_), RoundClosed)


def test_a_round_is_open_as_it_stands_not_as_the_page_showed_it(town: MeasuredTown) -> None:
    require_open(town.round)
    Round.objects.filter(pk=town.round.pk).update(closed_at=AT, closed_by="李敏", frozen={}, digest="x")
    with pytest.raises(RoundClosed):
        require_open(town.round)
    closed = Round.objects.get(pk=town.round.pk)
    Round.objects.filter(pk=town.round.pk).update(closed_at=None, closed_by="", frozen=None, digest="")
    with pytest.raises(RoundClosed):
        require_open(closed)


def test_another_rounds_end_closes_this_one_not(town: MeasuredTown) -> None:
    new = NewRound("2020", "2020 年测评", RoundKind.MOCK, 2020, date(2020, 1, 1), date(2020, 1, 1))
    other = open_round(new, town.edition, by=MACHINE, at=AT)
    assert other.opens == other.closes
    Round.objects.filter(pk=other.pk).update(closed_at=AT, closed_by="李敏", frozen={}, digest="x")
    require_open(town.round)


@pytest.mark.parametrize(
    ("positive", "valid", "fits"),
    [(0, 1, True), (1, 1, True), (25, 25, True), (0, 0, False), (1, 0, False), (2, 1, False), (-1, 1, False)],
)
def test_the_part_of_an_answer_lies_within_its_whole_and_the_whole_is_above_nothing(
    positive: int, valid: int, *, fits: bool
) -> None:
    no = why_not_counts("满意吗", positive, valid)
    assert (no is None) is fits
    assert fits or isinstance(no, CountsDoNotFit)
    assert fits or str(no) == (
        f"“满意吗”的两个数 {positive}/{valid} 对不上：分母须大于 0，分子不能为负，也不能超过分母。"
    )


def test_a_row_is_of_its_site_its_check_and_its_town_day(town: MeasuredTown) -> None:
    row = found(town, site=2, check=1)
    assert (row.site, row.check, row.day) == (town.sites[2], town.check(1), date(2021, 9, 10))
    assert SimpleNamespace(timed=row.timed, stands=row.stands) == SimpleNamespace(timed=True, stands=True)
