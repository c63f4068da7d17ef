"""Days, lengths and terms as people read them: Chinese unless somebody has chosen English."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation

from chuangwen.kernel.dates import day_of, day_told, days_told, month_told, span_told, stamp_of, term_told
from chuangwen.kernel.words import lasting, listed, retold, written

DAY = date(2021, 10, 14)
MERGED = lasting("{number} 并入本件")


def test_a_day_is_told_as_the_reader_writes_it() -> None:
    assert (day_told(DAY), day_told(DAY, with_year=True), month_told(DAY)) == (
        "10 月 14 日",
        "2021 年 10 月 14 日",
        "2021 年 10 月",
    )
    with translation.override("en"):
        assert (day_told(DAY), day_told(DAY, with_year=True), month_told(DAY)) == ("14 Oct", "14 Oct 2021", "Oct 2021")


@pytest.mark.parametrize(
    ("minutes", "chinese", "english"),
    [(0, "1 分钟", "1 minute"), (60, "1 小时", "1 hour"), (150, "2 小时", "2 hours"), (4320, "3 天", "3 days")],
)
def test_one_is_told_from_many_where_the_language_does(minutes: int, chinese: str, english: str) -> None:
    assert span_told(timedelta(minutes=minutes)) == chinese
    with translation.override("en"):
        assert span_told(timedelta(minutes=minutes)) == english


@pytest.mark.parametrize(
    ("term", "english"),
    [("1 工作日", "1 work day"), ("3 工作日", "3 work days"), ("0.5 工作时", "0.5 work hours"), ("15 日", "15 days")],
)
def test_a_term_keeps_its_measure(term: str, english: str) -> None:
    assert term_told(term) == term
    with translation.override("en"):
        assert term_told(term) == english


def test_half_a_day_is_not_one() -> None:
    with translation.override("en"):
        assert [days_told(count) for count in (0.5, 1.0, 2)] == ["0.5 days", "1 day", "2 days"]


def test_what_was_written_in_chinese_is_retold_to_who_reads_english() -> None:
    with translation.override("en"):
        kept = written(MERGED, number="整2021-00007")
        assert kept == "整2021-00007 并入本件"
        assert retold(kept) == "整2021-00007 merged into this case"
        assert retold("路灯不亮") == "路灯不亮"
        assert retold("") == ""
    assert retold(kept) == kept


def test_things_are_listed_as_the_language_lists_them() -> None:
    assert listed([2024, 2025]) == "2024、2025"
    with translation.override("en"):
        assert listed([2024, 2025]) == "2024, 2025"


def test_a_moment_is_told_on_the_towns_clock_however_it_was_stored() -> None:
    before_eight = datetime(2021, 10, 13, 23, 30, 5, tzinfo=UTC)  # half past seven in the morning of the 14th
    assert day_of(before_eight) == date(2021, 10, 14)
    assert stamp_of(before_eight) == "2021-10-14 07:30"
    assert day_of(datetime.max.replace(tzinfo=UTC)) == date(9999, 12, 31)
    assert stamp_of(before_eight, seconds=True) == "2021-10-14 07:30:05"
