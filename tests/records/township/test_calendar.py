"""The town's calendar: taken in by whole years, told whole when wrong, estimated where nothing is announced."""

from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.people import AT, Cast

from chuangwen.kernel.packfiles import Placed
from chuangwen.kernel.problems import Problems, Rejected
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.sheet_scan import TableTooBig
from chuangwen.kernel.sheet_writing import TableColumn, TableText, write_table
from chuangwen.kernel.workdays import Term, due
from chuangwen.kit.refusals import NotAllowed
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.ledger.models import Note
from chuangwen.records.township import township_rows
from chuangwen.records.township.calendar_actions import import_calendar
from chuangwen.records.township.calendar_files import (
    NotACalendar,
    calendar_rows,
    calendar_rows_from_ics,
    calendar_rows_from_table,
    kind_of,
)
from chuangwen.records.township.calendar_queries import calendar_warning, work_calendar
from chuangwen.records.township.checking import read_township
from chuangwen.records.township.models import Holiday, OfficeSpan

CHINA = ZoneInfo("Asia/Shanghai")
SHIPPED = Path(__file__).parents[3] / "packs" / "township"
NAMES = ["元旦", "元旦", "元旦", "春节", "春节", "春节", "春节", "清明节", "劳动节", "端午节"]
DAYS = ["01-01", "01-02", "01-03", "02-05", "02-06", "02-07", "02-08", "04-05", "05-01", "06-09"]
NOTICE = "日期,类别,名称,来源\n" + "".join(
    f"2027-{day},放假,{name},试用\n" for day, name in zip(DAYS, NAMES, strict=True)
)


def read(text: str, name: str = "2027.csv") -> tuple[list[Placed], Problems]:
    problems = Problems()
    return calendar_rows(text.encode(), name, problems), problems


def take(text: str, **more: Any) -> Any:
    rows, problems = read(text)
    assert list(problems) == []
    return import_calendar(rows, **{"by": MACHINE, "at": AT, "name": "2027.csv", **more})


def install_shipped() -> None:
    pack, problems = read_township(SHIPPED)
    assert pack is not None, list(problems)
    township_rows.write(pack)


# ---- what the shipped pack gives


@pytest.mark.django_db
def test_the_calendar_is_read_in_two_queries_and_knows_which_years_are_announced() -> None:
    install_shipped()
    with CaptureQueriesContext(
        connection,
    ) as asked:
        calendar = work_calendar()
    assert len(asked) == 2
    assert calendar.covered == frozenset(range(2020, 2027))
    assert calendar.spans == ((time(8, 30), time(12)), (time(14, 30), time(17, 30)))
    assert calendar.why_off(date(2024, 10, 1)) == "国庆节"
    assert calendar.works_on(date(2026, 10, 10))
    assert calendar.why_off(date(2028, 10, 3)) == "国庆节、中秋节"


def test_the_law_gives_thirteen_days_in_each_year_not_announced() -> None:
    pack, _ = read_township(SHIPPED)
    assert pack is not None
    days = [row for row in pack.calendar if row.kind == "statutory"]
    assert {year: sum(row.date.year == year for row in days) for year in (2027, 2028, 2029, 2030)} == {
        2027: 13,
        2028: 12,  # 中秋节 falls on 国庆节
        2029: 13,
        2030: 13,
    }
    assert all("推算" in row.source for row in days)


@pytest.mark.django_db
def test_an_empty_calendar_counts_monday_to_friday_and_says_so() -> None:
    OfficeSpan.objects.create(start=time(9), end=time(17))
    found = due(Term.parse("1 工作日"), datetime(2021, 10, 1, 9, tzinfo=CHINA), work_calendar())
    assert (found.at, found.estimated) == (datetime(2021, 10, 4, 17, tzinfo=CHINA), True)


# ---- the warning


@pytest.mark.django_db
def test_from_november_on_the_town_is_told_that_next_year_is_missing() -> None:
    install_shipped()
    assert calendar_warning(date(2026, 10, 31)) == ""
    assert "2027 年" in calendar_warning(date(2026, 11, 1))
    assert "2027 年" in calendar_warning(date(2027, 1, 4))
    take(NOTICE)
    assert calendar_warning(date(2026, 11, 1)) == ""


@pytest.mark.django_db
def test_the_last_days_of_december_alone_do_not_make_a_year_known() -> None:
    Holiday.objects.create(date=date(2027, 12, 31), kind="holiday", name="元旦")
    assert work_calendar().covered == frozenset()


# ---- taking in


@pytest.mark.django_db
def test_a_notice_replaces_the_estimate_of_its_year_and_of_no_other() -> None:
    install_shipped()
    others = Holiday.objects.exclude(date__year=2027).count()
    done = take(NOTICE + "2027-02-14,调休上班,春节调休上班,\n")
    assert (done.years, done.holiday, done.makeup, done.statutory) == ((2027,), 10, 1, 0)
    assert not Holiday.objects.filter(date__year=2027, kind="statutory").exists()
    assert Holiday.objects.exclude(date__year=2027).count() == others
    calendar = work_calendar()
    assert 2027 in calendar.covered
    assert calendar.works_on(date(2027, 2, 14))
    assert calendar.works_on(date(2027, 10, 1)), "the file left it out, so it is worked"
    note = Note.objects.get()
    assert (note.kind, note.key, note.before["statutory"], note.after["holiday"]) == ("calendar", "2027", 13, 10)


@pytest.mark.django_db
def test_the_last_days_of_december_before_are_added_without_touching_their_year() -> None:
    install_shipped()
    before = Holiday.objects.filter(date__year=2026).count()
    take(NOTICE + "2026-12-31,放假,元旦,\n")
    assert Holiday.objects.filter(date__year=2026).count() == before + 1


@pytest.mark.django_db
def test_all_that_is_wrong_with_a_notice_is_told_at_once_and_nothing_is_written() -> None:
    rows, problems = read(
        NOTICE + "2027-10-01,放假,国庆节,\n2027-10-01,放假,国庆节,\n2027-10-08,班,国庆节,\n2025-05-01,放假,劳动节,\n"
    )
    assert not problems
    with pytest.raises(Rejected) as told:
        import_calendar(rows, by=MACHINE, at=AT, name="2027.csv")
    assert [one.row for one in told.value.problems] == [13, 14, 15]
    assert not Holiday.objects.exists()
    assert not Note.objects.exists()


@pytest.mark.django_db
def test_half_a_year_does_not_replace_a_year() -> None:
    rows, _ = read("date,kind,name\n2027-10-01,holiday,国庆节\n")
    with pytest.raises(Rejected, match="1 处问题"):
        import_calendar(rows, by=MACHINE, at=AT, name="2027.csv")


@pytest.mark.django_db
def test_a_long_notice_of_the_spring_alone_leaves_the_autumn_of_its_year() -> None:
    """A town's order for a flood of ten days in July is no notice of the year."""
    install_shipped()
    autumn = Holiday.objects.filter(date__gte=date(2021, 9, 1), date__year=2021)
    before = list(autumn.values_list("date", "kind"))
    days = "".join(f"2021-07-{day:02d},放假,汛期停工\n" for day in range(5, 17) if date(2021, 7, day).weekday() < 5)
    done = take("日期,类别,名称\n" + days + "2021-07-17,调休上班,补班\n")
    assert (done.years, done.single) == ((), 11)
    assert list(autumn.values_list("date", "kind")) == before != []
    assert not work_calendar().works_on(date(2021, 10, 1))


@pytest.mark.django_db
def test_single_days_of_a_year_that_is_known_change_and_the_rest_of_it_stays() -> None:
    install_shipped()
    before = {one.date: one.kind for one in Holiday.objects.all()}
    done = take("日期,类别,名称\n2021-10-15,放假,暴雨停工\n2021-10-07,照常,国庆节\n2021-10-16,调休上班,补班\n")
    assert (done.years, done.single, done.touched) == ((), 3, (2021,))
    assert done.told() == "改了个别日子 3 天，当年其余日子不变。"
    after = {one.date: one.kind for one in Holiday.objects.all()}
    gone, added = before.keys() - after.keys(), {day: after[day] for day in after.keys() - before.keys()}
    assert gone == {date(2021, 10, 7)}
    assert added == {date(2021, 10, 15): "holiday", date(2021, 10, 16): "makeup"}
    assert all(after[day] == before[day] for day in before.keys() & after.keys())
    assert work_calendar().works_on(date(2021, 10, 7))
    note = Note.objects.get()
    assert (note.key, note.before["days"], sorted(note.after["days"])) == (
        "2021", {"2021-10-07": "holiday 国庆节"}, ["2021-10-07", "2021-10-15", "2021-10-16"],
    )  # fmt: skip


@pytest.mark.django_db
def test_only_who_manages_the_system_takes_in_a_notice(cast: Cast) -> None:
    assert take(NOTICE, by=cast.actor("zhaolei")).years == (2027,)
    with pytest.raises(NotAllowed):
        take(NOTICE, by=cast.actor("limin"))


@pytest.mark.django_db
def test_a_new_edition_of_the_pack_does_not_undo_what_the_town_took_in() -> None:
    install_shipped()
    take(NOTICE)
    install_shipped()
    assert not Holiday.objects.filter(date__year=2027, kind="statutory").exists()
    assert Holiday.objects.filter(date__year=2028, kind="statutory").count() == 12


# ---- files


def test_a_table_is_read_in_the_towns_words_and_in_any_encoding() -> None:
    text = "\n\ufeff日期\t类别\t名称\n2027年10月1日\t放假\t国庆节\n20271009\t调休上班\t国庆节\n".replace("\ufeff", "")
    rows = calendar_rows_from_table(text.encode("gb18030"), "表.csv", problems := Problems())
    assert list(problems) == []
    assert [(one.line, str(one.row.date), one.row.kind) for one in rows] == [
        (3, "2027-10-01", "holiday"),
        (4, "2027-10-09", "makeup"),
    ]
    assert rows[0].row.source == "导入自 表.csv"


def test_the_packs_own_file_can_be_taken_in_again() -> None:
    rows = calendar_rows((SHIPPED / "calendar.csv").read_bytes(), "calendar.csv", problems := Problems())
    assert list(problems) == []
    assert len(rows) > 250


def test_what_a_table_says_wrongly_is_told_by_line() -> None:
    rows, problems = read(
        "日期,类别,名称\n十月一日,放假,国庆节\n2027-10-02,打牌,国庆节\n2027-10-03,放假,\n\n2027-10-04,休,国庆节\n"
    )
    assert [(one.row, one.column) for one in problems] == [
        (2, "A 列“日期”"),
        (3, "B 列“类别”"),
        (4, "C 列“名称”"),
    ]
    assert len(rows) == 1
    assert ["缺少“日期”“类别”“名称”" in one.what for one in read("甲,乙\n1,2\n")[1]] == [True]
    for nothing in (b"", b"\x00\x01\x02"):
        with pytest.raises(Refusal):
            calendar_rows(nothing, "x.csv", Problems())


def test_a_table_of_endless_rows_is_refused() -> None:
    with pytest.raises(TableTooBig):
        read("日期,类别,名称\n" + "2027-10-01,放假,国庆节\n" * 6000)


def test_a_notice_in_excel_is_read_with_weekdays_and_full_width_digits() -> None:
    heads = [TableColumn(name) for name in ("日期", "安排", "节日")]
    lines = [["2027年10月1日（周五）", "放假", "国庆节"], ["２０２７．10．9 星期六", "调休上班", "国庆节"]]
    data = write_table(heads, lines, TableText("放假安排", "放假安排"))
    rows = calendar_rows(data, "放假.xlsx", problems := Problems())
    assert (list(problems), [str(one.row.date) for one in rows]) == ([], ["2027-10-01", "2027-10-09"])


def test_two_columns_of_one_heading_are_not_guessed_by_command() -> None:
    _rows, problems = read("日期,类别,名称,日期\n2027-10-01,放假,国庆节,2027-10-02\n")
    assert ["2 列" in one.what for one in problems] == [True]


ICS = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//CN
BEGIN:VEVENT
DTSTART;VALUE=DATE:20271001
DTEND;VALUE=DATE:20271004
SUMMARY:国庆节（休）
UID:1
END:VEVENT
BEGIN:VEVENT
DTSTART;VALUE=DATE:20271009
SUMMARY:国庆节 补班 第1天/共1天
UID:2
END:VEVENT
BEGIN:VEVENT
DTSTART;VALUE=DATE:20271108
SUMMARY:立冬
UID:3
END:VEVENT
BEGIN:VEVENT
DTSTART:20270914T160000Z
DTEND:20270915T160000Z
SUMMARY:中秋节放假
UID:4
END:VEVENT
END:VCALENDAR
""".replace("\n", "\r\n")


def test_a_published_calendar_is_read_day_by_day() -> None:
    rows = calendar_rows(ICS.encode(), "cn.ics", problems := Problems())
    assert list(problems) == []
    assert [(str(one.row.date), one.row.kind) for one in rows] == [
        ("2027-10-01", "holiday"),
        ("2027-10-02", "holiday"),
        ("2027-10-03", "holiday"),
        ("2027-10-09", "makeup"),
        ("2027-09-15", "holiday"),
    ]


def test_a_calendar_that_says_nothing_or_nonsense_is_told() -> None:
    problems = Problems()
    assert calendar_rows(b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "x.ics", problems) == []
    assert len(problems) == 1
    endless = ICS.replace("DTEND;VALUE=DATE:20271004", "DTEND;VALUE=DATE:29991231")
    calendar_rows_from_ics(endless.encode(), "x.ics", problems := Problems())
    assert [one.row for one in problems] == [1]
    for broken in (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n", b"BEGIN:VCALENDAR\r\nnonsense\r\n", b"BEGIN:VCALENDAR\xff"):
        with pytest.raises(NotACalendar):
            calendar_rows(broken, "x.ics", Problems())


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("国庆节调休上班", "makeup"),
        ("春节(班)", "makeup"),
        ("调休", "makeup"),
        ("国庆节调休放假", "holiday"),
        ("法定节假日", "holiday"),
        ("端午节（休）", "holiday"),
        ("推算的法定节假日", "statutory"),
        ("冬至", ""),
    ],
)
def test_a_word_says_what_kind_of_day_it_is(word: str, kind: str) -> None:
    assert kind_of(word) == kind
