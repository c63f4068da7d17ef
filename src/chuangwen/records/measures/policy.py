"""What a round allows, whoever asks."""

from datetime import date
from decimal import Decimal

from chuangwen.kernel.dates import day_of
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later, say
from chuangwen.records.measures.models import Event, Round, Tally
from chuangwen.records.standards.models import Edition, Figure, Question
from chuangwen.records.township.models import Organisation

MOST_ANSWERS = 1_000_000
MOST_COUNT = Decimal(10) ** 11  # with four places fifteen digits, which SQLite keeps and gives back
PLACES = 4
PER_CENT = "%"
SOURCE_LENGTH = 200


class RoundClosed(Refusal):
    """A closed round is frozen: nothing in it changes any more."""

    code = "round_closed"
    sentence = later("“{round}”已经封存，不能再改。请在正在进行的轮次里录入，或另开一轮。")


class RoundStillOpen(Refusal):
    """Only a closed round has a frozen result."""

    code = "round_still_open"
    sentence = later("“{round}”还没有封存，没有可核对的封存结果。")


class MaterialLocked(Refusal):
    """After the submission is locked, grades stand."""

    code = "material_locked"
    sentence = later("“{round}”的材料申报已于 {day} 锁定，评级不能再改。")


class NotOfThisRound(Refusal):
    """The thing belongs to an edition that this round does not use."""

    code = "not_of_this_round"
    sentence = later("“{thing}”不属于“{round}”所用的测评体系。")


class CountsDoNotFit(Refusal):
    """Both counts of a rate must be given, and the part cannot exceed the whole."""

    code = "counts_do_not_fit"
    sentence = later("“{thing}”的两个数 {part}/{whole} 对不上：分母须大于 0，分子不能为负，也不能超过分母。")


class CountOutOfSize(Refusal):
    """A count that no town has, or one with more places than are kept."""

    code = "count_out_of_size"
    sentence = later("“{thing}”的两个数 {part}/{whole} 记不下：最多 11 位整数、{places} 位小数。请核对数字和单位。")


class TooManyAnswers(Refusal):
    """More answers than a town has people."""

    code = "too_many_answers"
    sentence = later("“{thing}”的有效答卷 {whole} 份太多了（最多 {most} 份）。请核对是不是多打了数字。")


class TownAndVillages(Refusal):
    """Answers of one question stand either by village or for the whole town; both would be counted twice."""

    code = "town_and_villages"
    sentence = later(
        "“{question}”已经{stands}录过，再{wanted}录会重复计数。请先清空原来的数（两格都留空再保存），再换一种录法。"
    )


class NoSource(Refusal):
    """A figure says where its counts come from."""

    code = "no_source"
    sentence = later("“{figure}”没有写数据来源。请写明出自哪张表或哪个部门、截至哪一天，{most} 字以内。")
    status = 422


class NotHappenedYet(Refusal):
    """An event has happened."""

    code = "not_happened_yet"
    sentence = later("事件日期 {day} 还没有到。请填事件发生的那一天。")
    status = 422


class NothingTold(Refusal):
    """An event, its correction and its withdrawal are told in words."""

    code = "nothing_told"
    sentence = later("没有写{what}。请用一两句话写清楚，留待以后核对。")
    status = 422


class EventWithdrawn(Refusal):
    """A withdrawn event is history."""

    code = "event_withdrawn"
    sentence = later("这件事已于 {day} 撤销，不能再改。如确有其事，请重新登记。")


def why_not_tally(
    round_: Round, question: Question, counts: tuple[int, int], village: Organisation | None
) -> Refusal | None:
    """Why these answers cannot stand, or ``None``."""
    if question.edition_id not in {round_.edition_id, round_.companion_id}:
        return NotOfThisRound(thing=question.text, round=round_.title)
    if no := why_not_counts(question.text, *counts):
        return no
    others = Tally.objects.filter(round=round_, question=question).exclude(organisation__isnull=village is None)
    return both_ways(question, village) if others.exists() else None


def both_ways(question: Question, village: Organisation | None) -> TownAndVillages:
    """The refusal of answers of the town beside those of villages, or the other way."""
    ways = [say("按村"), say("按全镇合计")]
    stands, wanted = ways if village is None else ways[::-1]
    return TownAndVillages(question=question.text, stands=stands, wanted=wanted)


def why_not_counts(thing: str, positive: int, valid: int) -> Refusal | None:
    """Why so many positive of so many valid answers cannot be, or ``None``."""
    if not 0 <= positive <= valid or valid == 0:
        return CountsDoNotFit(thing=thing, part=positive, whole=valid)
    if valid > MOST_ANSWERS:
        return TooManyAnswers(thing=thing, whole=valid, most=MOST_ANSWERS)
    return None


def why_not_figure(round_: Round, figure: Figure, counts: tuple[Decimal, Decimal], source: str) -> Refusal | None:
    """Why these counts cannot stand, or ``None``. Only a share of one whole (%) cannot exceed it."""
    numerator, denominator = counts
    if figure.edition_id not in {round_.edition_id, round_.companion_id}:
        return NotOfThisRound(thing=figure.title, round=round_.title)
    if denominator <= 0 or numerator < 0 or (figure.unit == PER_CENT and numerator > denominator):
        return CountsDoNotFit(thing=figure.title, part=f"{numerator:f}", whole=f"{denominator:f}")
    if not all(_is_kept_whole(one) for one in counts):
        return CountOutOfSize(thing=figure.title, part=f"{numerator:f}", whole=f"{denominator:f}", places=PLACES)
    if not source.strip() or len(source) > SOURCE_LENGTH:
        return NoSource(figure=figure.title, most=SOURCE_LENGTH)
    return None


def _is_kept_whole(count: Decimal) -> bool:
    return count < MOST_COUNT and count == round(count, PLACES)


def why_not_event(edition: Edition, code: str, on: date, text: str, today: date) -> Refusal | None:
    """Why such an event cannot be written down, or ``None``."""
    if code not in {one["code"] for one in edition.content["negative"]}:
        return NotOfThisRound(thing=code, round=edition.title)
    if on > today:
        return NotHappenedYet(day=on)
    return None if text.strip() else NothingTold(what=say("事件经过"))


def why_not_change_event(event: Event, reason: str) -> Refusal | None:
    """Why an event cannot be corrected or withdrawn, or ``None``."""
    if event.withdrawn_at:
        return EventWithdrawn(day=day_of(event.withdrawn_at))
    return None if reason.strip() else NothingTold(what=say("更正或撤销的原因"))


def why_not_record(round_: Round) -> Refusal | None:
    """Why nothing more may be put into this round, or ``None``."""
    return RoundClosed(round=round_.title) if round_.closed_at else None


def why_not_grade(round_: Round) -> Refusal | None:
    """Why materials may not be graded in this round, or ``None``."""
    if no := why_not_record(round_):
        return no
    if round_.material_locked_at:
        return MaterialLocked(round=round_.title, day=day_of(round_.material_locked_at))
    return None
