"""What an inspector or a table says was found, before any rule judges it; and what cannot be read or cannot be."""

from dataclasses import dataclass
from decimal import Decimal

from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later


class UnreadableResult(Refusal):
    """What stands in the result cannot be read by this rule."""

    code = "unreadable_result"
    sentence = later("结果“{result}”（{count}）看不懂：{cure}")
    status = 422


class ImpossibleCounts(Refusal):
    """The two counts of a rate contradict each other."""

    code = "impossible_counts"
    sentence = later("“{count}”对不上：合格数不能大于总数，总数须大于 0，比率不能超过 1。请核对原始记录。")
    status = 422


class ContradictoryResult(Refusal):
    """The word of the result says one thing and the counts beside it another: which is true nobody but the team knows."""

    code = "contradictory_result"
    sentence = later("结果“{result}”与“{count}”对不上：{why}请核对原始记录，改正其中一个。")
    status = 422


@dataclass(frozen=True)
class Answer:
    """What was found. ``count`` occurrences; or ``passed`` of ``total``; or a ``grade``; or a plain verdict.

    ``verdict`` True/False is the inspector's own pass or fail: it stands alone, or agrees with the counts beside it.
    ``applicable`` False: the check does not apply at this site.
    """

    count: int | None = None
    passed: int | None = None
    total: int | None = None
    grade: str = ""
    verdict: bool | None = None
    share: Decimal | None = None
    applicable: bool = True

    def numbers(self) -> str:
        """The counts as people write them; empty where there are none."""
        if self.total is not None or self.passed is not None:
            return f"{'' if self.passed is None else self.passed}/{'' if self.total is None else self.total}"
        if self.share is not None:
            return f"{(self.share * 100).normalize():f}%"
        return "" if self.count is None else str(self.count)


NOT_APPLICABLE = Answer(applicable=False)

PASS = {"合格", "通过", "达标", "符合", "是", "优", "√", "✓", "y", "yes", "pass", "true"}
FAIL = {
    "不合格",
    "不通过",
    "未通过",
    "不达标",
    "未达标",
    "不符合",
    "否",
    "差",
    "×",
    "x",
    "✗",
    "n",
    "no",
    "fail",
    "false",
}
SOME = {"有", "存在", "出现", "发现"}
NONE = {"无", "没有", "不存在", "未出现", "未发现"}
SKIP = {"不适用", "不涉及", "n/a", "na", "—", "/", "无此项"}
WIDE = str.maketrans("０１２３４５６７８９．／％（）", "0123456789./%()")
