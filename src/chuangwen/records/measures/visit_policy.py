"""What may stand in a round, whoever brings it: the check at the site, the site in use, the day; each "no" a sentence."""

from datetime import datetime, timedelta

from django.utils import timezone

from chuangwen.kernel.dates import day_of
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later
from chuangwen.records.measures.models import Round
from chuangwen.records.measures.policy import NotOfThisRound
from chuangwen.records.measures.visits import Found

YEARS_APART = 10
SLACK = timedelta(minutes=10)  # a phone's clock may run ahead by so much


class CheckNotHere(Refusal):
    """A check belongs to certain site types of the round's editions."""

    code = "check_not_here"
    sentence = later("考察内容“{check}”不在点位“{site}”（{type}）的考察范围内。请核对点位类型。")


class SiteNotInUse(Refusal):
    """A site counts from the day it opens to the day before it closes."""

    code = "site_not_in_use"
    sentence = later("点位“{site}”{day} 没有启用或已经停用，那天不能有考察结果。请核对点位或日期。")


class NotYet(Refusal):
    """What lies ahead has not been seen."""

    code = "not_yet"
    sentence = later("考察时间 {moment} 还没有到。请核对日期和时间。")
    status = 422


class NoSuchYear(Refusal):
    """A year that a slip of the pen made: nobody has to be asked."""

    code = "no_such_year"
    sentence = later("考察日期 {year} 年离“{round}”太远，不会是这一轮的。请核对年份。")
    status = 422


class OutsideRound(Refusal):
    """A visit before the round opens or after it closes may be right, but nobody but a person knows."""

    code = "outside_round"
    sentence = later(
        "考察日期 {day} 不在“{round}”的起止日期（{opens} 至 {closes}）之内。请核对日期；确实算这一轮的，请确认后再存。"
    )


class SeenThatDay(Refusal):
    """The same check at the same site on the same day, by somebody else or at another time."""

    code = "seen_that_day"
    sentence = later(
        "点位“{site}”的“{check}”{day} 已有记录：{old}（{who} {time}）。请说明这次是改正那条记录，还是当天另一次考察。"
    )


class SaidBefore(Refusal):
    """A table that says again what stood before a correction."""

    code = "said_before"
    sentence = later(
        "点位“{site}”的“{check}”{day} 先前记过“{new}”，后来改正成“{old}”。表里又是改正前的结果：要改回去，还是不改？"
    )


class MarkTaken(Refusal):
    """A sender's mark names one observation for good."""

    code = "mark_taken"
    sentence = later(
        "发送标记“{mark}”先前已用于另一条观测（{site} {check} {old}），内容不同。改正请声明，另记请换一个标记。"
    )


class TwiceInOne(Refusal):
    """One file, or one visit, that says two things of one observation."""

    code = "twice_in_one"
    sentence = later(
        "同一点位“{site}”、同一考察内容“{check}”、同一时间写了两个不同的结果：{old} 和 {new}。请删去错的一个。"
    )
    status = 422


class OldRowUnknown(Refusal):
    """A row that says of itself that it was superseded, and that nobody knows."""

    code = "old_row_unknown"
    sentence = later("这一行标着“已被取代”，系统里却没有这条记录。请改好“状态”一列，或删去这一行。")
    status = 422


class NothingSeen(Refusal):
    """A visit that brings nothing."""

    code = "nothing_seen"
    sentence = later("没有填任何结果，没有写入。请至少填一项考察内容的结果。")
    status = 422


class VisitRefused(Refusal):
    """Several items of one visit that cannot be taken; ``refusals`` by the code of the check."""

    code = "visit_refused"
    sentence = later("这次考察有 {count} 项要改，没有写入任何内容：{told}")
    status = 422

    def __init__(self, refusals: dict[str, Refusal]) -> None:
        self.refusals = refusals
        told = " ".join(f"{check} {no}" for check, no in refusals.items())
        super().__init__(count=len(refusals), told=told)


class NotAnswered(Refusal):
    """Rows of a table about which only a person can say what they are."""

    code = "not_answered"
    sentence = later(
        "还有 {count} 条要先说明：同一天的是改正还是另一次考察，轮次以外的日期是否算这一轮，改正前的结果要不要改回。没有写入任何内容。"
    )


class PlanChanged(Refusal):
    """Between the look and the writing somebody else wrote."""

    code = "plan_changed"
    sentence = later("试读以后这一轮的记录有变动，结果会和看到的不一样。没有写入任何内容，请重新试读一次。")


def why_not_that_year(round_: Round, found: Found) -> Refusal | None:
    """Why the year alone cannot be right, or ``None``."""
    year = day_of(found.seen_at).year
    return None if abs(year - round_.opens.year) <= YEARS_APART else NoSuchYear(year=year, round=round_.title)


def why_not_here(round_: Round, found: Found) -> Refusal | None:
    """Why this check cannot have been made at this site on this day, or ``None``."""
    check, site = found.check, found.site
    if check.edition_id not in {round_.edition_id, round_.companion_id}:
        return NotOfThisRound(thing=check.text, round=round_.title)
    if site.type_code not in check.site_types:
        return CheckNotHere(check=check.text, site=site.name, type=site.type_code)
    if not site.is_open(found.day):
        return SiteNotInUse(site=site.name, day=found.day)
    return None


def why_not_yet(found: Found, at: datetime) -> Refusal | None:
    """Why nobody can have seen this already, or ``None``."""
    ahead = found.seen_at > at + SLACK if found.timed else found.day > timezone.localdate(at)
    if not ahead:
        return None
    moment = timezone.localtime(found.seen_at)
    return NotYet(moment=f"{moment:%Y-%m-%d %H:%M}" if found.timed else f"{moment:%Y-%m-%d}")


def is_outside(round_: Round, found: Found) -> bool:
    """Whether the day lies before or after the round's days."""
    return not round_.opens <= found.day <= round_.closes


def outside(round_: Round, found: Found) -> OutsideRound:
    """The sentence that asks about such a day."""
    return OutsideRound(day=found.day, round=round_.title, opens=round_.opens, closes=round_.closes)
