"""What a published calendar says of its events is obeyed, or refused with the number of the event; nothing is dropped."""

import pytest

from chuangwen.kernel.problems import Problems
from chuangwen.records.township.calendar_files import calendar_rows


def read(*events: str, head: str = "") -> tuple[list[str], list[tuple[int, str]]]:
    """The days of these events (written with ``|`` between lines), and what is wrong: number of the event and property."""
    body = "".join(f"BEGIN:VEVENT\r\n{one.replace('|', chr(13) + chr(10))}\r\nEND:VEVENT\r\n" for one in events)
    text = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//x\r\n{head}{body}END:VCALENDAR\r\n"
    rows = calendar_rows(text.encode(), "2028.ics", problems := Problems())
    assert all(one.what and one.cure for one in problems)
    return [str(one.row.date)[5:] for one in rows], [(one.row, one.column) for one in problems]


def days(*events: str) -> list[str]:
    found, wrong = read(*events)
    assert wrong == []
    return found


def test_lengths_and_recurrences_make_all_their_days() -> None:
    found = days(
        "UID:1|DTSTART;VALUE=DATE:20280101|DURATION:P3D|SUMMARY:元旦（休）",
        "UID:2|DTSTART;VALUE=DATE:20280125|RRULE:FREQ=DAILY;COUNT=7|SUMMARY:春节（休）",
        "UID:20280501-劳动节（休）|DTSTART;VALUE=DATE:20280501|DTEND;VALUE=DATE:20280506|SUMMARY:劳动节（休）",
        "UID:20281001-国庆节（休）|DTSTART;VALUE=DATE:20281001|DTEND;VALUE=DATE:20281008|SUMMARY:国庆节（休）",
    )
    assert len(found) == len(set(found)) == 22
    assert found[:4] == ["01-01", "01-02", "01-03", "01-25"]
    assert found[9:11] == ["01-31", "05-01"]


@pytest.mark.parametrize(
    ("event", "right"),
    [
        ("DTSTART;VALUE=DATE:20281001", ["10-01"]),
        ("DTSTART;VALUE=DATE:20281001|DTEND;VALUE=DATE:20281001", ["10-01"]),
        ("DTSTART;VALUE=DATE:20281001|DURATION:P1W", [f"10-0{n}" for n in range(1, 8)]),
        ("DTSTART:20281001T000000|DTEND:20281002T000000", ["10-01"]),
        ("DTSTART:20281001T000000|DTEND:20281001T235959", ["10-01"]),
        ("DTSTART:20281001T090000|DTEND:20281003T180000", ["10-01", "10-02", "10-03"]),
        ("DTSTART:20281001T080000|DURATION:PT48H", ["10-01", "10-02", "10-03"]),
        ("DTSTART:20280930T160000Z|DTEND:20281002T160000Z", ["10-01", "10-02"]),
        ("DTSTART;TZID=Asia/Shanghai:20281001T000000|DURATION:P2D", ["10-01", "10-02"]),
        ("DTSTART;VALUE=DATE:20281001|RRULE:FREQ=DAILY;UNTIL=20281003", ["10-01", "10-02", "10-03"]),
        ("DTSTART;VALUE=DATE:20281001|RRULE:FREQ=DAILY;UNTIL=20281002T235959Z", ["10-01", "10-02", "10-03"]),
        ("DTSTART;VALUE=DATE:20281001|RRULE:FREQ=WEEKLY;COUNT=3;BYDAY=SU", ["10-01", "10-08", "10-15"]),
        ("DTSTART;VALUE=DATE:20281001|DURATION:P2D|RRULE:FREQ=WEEKLY;COUNT=2", ["10-01", "10-02", "10-08", "10-09"]),
        (
            "DTSTART;VALUE=DATE:20281001|RRULE:FREQ=DAILY;COUNT=4|EXDATE;VALUE=DATE:20281002,20281003",
            ["10-01", "10-04"],
        ),
        ("DTSTART:20281001T080000|RRULE:FREQ=DAILY;COUNT=3|EXDATE:20281002T080000", ["10-01", "10-03"]),
        ("DTSTART;VALUE=DATE:20281001|RDATE;VALUE=DATE:20281005,20281006", ["10-01", "10-05", "10-06"]),
        ("DTSTART;VALUE=DATE:20281001|STATUS:CONFIRMED", ["10-01"]),
    ],
)
def test_each_way_of_writing_days_is_obeyed(event: str, right: list[str]) -> None:
    assert days(f"UID:1|SUMMARY:国庆节（休）|{event}") == right


def test_what_was_called_off_is_no_day_off() -> None:
    kept = "UID:1|DTSTART;VALUE=DATE:20281001|SUMMARY:国庆节（休）"
    assert days(kept, "UID:2|DTSTART;VALUE=DATE:20281002|STATUS:CANCELLED|SUMMARY:国庆节（休）") == ["10-01"]
    again = "UID:2|SEQUENCE:1|DTSTART;VALUE=DATE:20281002|STATUS:CANCELLED|SUMMARY:国庆节（休）"
    assert days(kept, "UID:2|DTSTART;VALUE=DATE:20281002|SUMMARY:国庆节（休）", again) == ["10-01"]
    series = "UID:3|DTSTART;VALUE=DATE:20281001|RRULE:FREQ=DAILY;COUNT=3|SUMMARY:国庆节（休）"
    one = "UID:3|RECURRENCE-ID;VALUE=DATE:20281002|DTSTART;VALUE=DATE:20281002|STATUS:CANCELLED|SUMMARY:国庆节（休）"
    assert days(series, one) == ["10-01", "10-03"]
    moved = "UID:3|RECURRENCE-ID;VALUE=DATE:20281002|DTSTART;VALUE=DATE:20281009|SUMMARY:国庆节（休）"
    assert sorted(days(series, moved)) == ["10-01", "10-03", "10-09"]


@pytest.mark.parametrize(
    ("event", "column"),
    [
        ("DTSTART;VALUE=DATE:20281001|DTEND;VALUE=DATE:20280930", "DTSTART"),
        ("DTSTART;VALUE=DATE:20281001|DTEND;VALUE=DATE:20281101T080000", "DTEND"),
        ("DTSTART;VALUE=DATE:20281001|DTEND:20281003T080000", "DTEND"),
        ("DTSTART;VALUE=DATE:20281001|DTEND;VALUE=DATE:20281003|DURATION:P2D", "DTEND"),
        ("DTSTART;VALUE=DATE:20281001|DURATION:PT12H", "DTSTART"),
        ("DTSTART;VALUE=DATE:20281001|DURATION:three days", "DURATION"),
        ("DTSTART;VALUE=DATE:20281001|DURATION:P60D", "DTSTART"),
        ("DTSTART;VALUE=DATE:2028x001", "DTSTART"),
        ("DURATION:P1D", "DTSTART"),
        ("DTSTART;VALUE=DATE:20281001|RRULE:FREQ=YEARLY", "RRULE"),
        ("DTSTART;VALUE=DATE:20281001|RRULE:FREQ=HOURLY;COUNT=3", "RRULE"),
        ("DTSTART;VALUE=DATE:20281001|RRULE:FREQ=FOO;COUNT=3", "RRULE"),
        ("DTSTART;VALUE=DATE:20281001|RRULE:FREQ=DAILY;COUNT=999", "RRULE"),
        ("DTSTART;VALUE=DATE:20281001|RRULE:FREQ=WEEKLY;COUNT=3;BYDAY=MO", "RRULE"),
        ("DTSTART;VALUE=DATE:20281001|RRULE:FREQ=DAILY;COUNT=3|EXRULE:FREQ=DAILY;COUNT=1", "EXRULE"),
        ("DTSTART:20281001T000000Z|RDATE;VALUE=PERIOD:20281005T000000Z/P1D", "RDATE"),
        ("DTSTART;VALUE=DATE:20281001|STATUS:TENTATIVE", "STATUS"),
        ("DTSTART;VALUE=DATE:20281001|RECURRENCE-ID;RANGE=THISANDFUTURE;VALUE=DATE:20281001", "RECURRENCE-ID"),
    ],
)
def test_what_cannot_be_obeyed_is_refused_by_number(event: str, column: str) -> None:
    good = "UID:0|DTSTART;VALUE=DATE:20280101|SUMMARY:元旦（休）"
    assert read(good, f"UID:1|SUMMARY:国庆节（休）|{event}")[1] == [(2, column)]


def test_a_notice_that_cancels_and_one_without_end_are_refused_whole() -> None:
    event = "UID:1|DTSTART;VALUE=DATE:20281001|SUMMARY:国庆节（休）"
    assert read(event, head="METHOD:CANCEL\r\n") == ([], [(0, "")])
    assert len(read(*[event] * 5001)[1]) == 1


def test_what_is_no_day_off_is_passed_over_whatever_it_says() -> None:
    assert days(
        "UID:1|DTSTART;VALUE=DATE:20281107|RRULE:FREQ=YEARLY|SUMMARY:立冬",
        "UID:2|DTSTART;VALUE=DATE:20281001|SUMMARY:国庆节（休）",
    ) == ["10-01"]
