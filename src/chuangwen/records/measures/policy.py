"""What a round allows, whoever asks."""

from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later
from chuangwen.records.measures.models import Round


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


def why_not_record(round_: Round) -> Refusal | None:
    """Why nothing more may be put into this round, or ``None``."""
    return RoundClosed(round=round_.title) if round_.closed_at else None


def why_not_grade(round_: Round) -> Refusal | None:
    """Why materials may not be graded in this round, or ``None``."""
    if no := why_not_record(round_):
        return no
    if round_.material_locked_at:
        return MaterialLocked(round=round_.title, day=f"{round_.material_locked_at:%Y-%m-%d}")
    return None
