"""Two counts to a line, as a clerk types them: what was typed is read, judged, and kept where it is wrong."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from chuangwen.kernel.cells import number_of
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import say
from chuangwen.records.measures.answer_actions import Answers, Counted, Written
from chuangwen.records.measures.models import FigureValue, Round, Tally
from chuangwen.records.measures.policy import why_not_counts, why_not_figure
from chuangwen.records.standards.models import Figure, Question
from chuangwen.records.township.models import Organisation

Typed = Mapping[str, str]


@dataclass
class Line:
    """One line of the grid: whose counts, what stands, what was typed, what is wrong with it."""

    key: str
    label: str
    part: str = ""
    whole: str = ""
    source: str = ""
    more: str = ""
    stands: Tally | FigureValue | None = None
    wrong: str = ""
    facts: dict[str, object] = field(default_factory=dict)

    def typed(self, said: Typed) -> None:
        """Put what was typed in place of what stands."""
        for name in ("part", "whole", "source"):
            setattr(self, name, str(said.get(f"{name}-{self.key}", getattr(self, name))).strip())

    @property
    def is_empty(self) -> bool:
        return not (self.part or self.whole)

    def counts(self) -> tuple[Decimal, Decimal]:
        """Both counts; what is wrong with them is kept in the line and raised as ``ValueError``."""
        found = [number_of(one) for one in (self.part, self.whole)]
        for text, number in zip((self.part, self.whole), found, strict=True):
            if number is None or text.endswith(("%", "％")):
                self.wrong = say("“{text}”不是一个数。请填个数，不填百分数。", text=text) if text else self._half()
                raise ValueError(self.wrong)
        return found[0] or Decimal(0), found[1] or Decimal(0)

    def _half(self) -> str:
        return say("两个数要一起填；不知道就都留空。")


def survey_lines(
    pairs: Iterable[tuple[Question, Organisation | None, str]], stands: Mapping[tuple[int, int | None], Tally]
) -> list[tuple[Line, Question, Organisation | None]]:
    """A line for each question at each place, with its label, filled with what stands."""
    lines = []
    for question, village, label in pairs:
        old = stands.get((question.pk, village.pk if village else None))
        line = Line(f"{question.pk}-{village.pk if village else 0}", label, stands=old)
        if old:
            line.part, line.whole = str(old.positive), str(old.valid)
        lines.append((line, question, village))
    return lines


def read_answers(lines: Sequence[tuple[Line, Question, Organisation | None]], said: Typed) -> list[Answers]:
    """What was typed into the grid; lines that are wrong say so."""
    found = []
    for line, question, village in lines:
        line.typed(said)
        if line.is_empty:
            if line.stands:
                found.append(Answers(question, village, None))
            continue
        try:
            part, whole = line.counts()
        except ValueError:
            continue
        if part != int(part) or whole != int(whole):
            line.wrong = say("答卷数要填整数。")
        elif no := why_not_counts(line.label, int(part), int(whole)):
            line.wrong = str(no)
        else:
            found.append(Answers(question, village, (int(part), int(whole))))
    return found


def figure_lines(figures: Iterable[Figure], stands: Mapping[int, FigureValue]) -> list[tuple[Line, Figure]]:
    """A line for each figure, filled with what stands."""
    lines = []
    for figure in figures:
        old = stands.get(figure.pk)
        line = Line(str(figure.pk), f"{figure.code} {figure.title}", stands=old)
        if old:
            line.part, line.whole = (f"{one.normalize():f}" for one in (old.numerator, old.denominator))
            line.source = old.source
        lines.append((line, figure))
    return lines


def read_figures(round_: Round, lines: Sequence[tuple[Line, Figure]], said: Typed) -> list[Counted]:
    """What was typed into the lines of figures; what stands already is left alone."""
    found = []
    for line, figure in lines:
        before = (line.part, line.whole, line.source)
        line.typed(said)
        if (line.part, line.whole, line.source) == before:
            continue
        if line.is_empty and line.source and not line.stands:
            line.wrong = say("写了来源，没有填数。")
        elif line.is_empty:
            found.append(Counted(figure, None))
        else:
            _read_figure(round_, line, figure, found)
    return found


def _read_figure(round_: Round, line: Line, figure: Figure, found: list[Counted]) -> None:
    try:
        counts = line.counts()
    except ValueError:
        return
    no: Refusal | None = why_not_figure(round_, figure, counts, line.source)
    if no:
        line.wrong = str(no)
    else:
        found.append(Counted(figure, counts, line.source))


def told(done: Written) -> str:
    """What saving came to, in one sentence."""
    if not (done.new or done.corrected or done.removed):
        return say("没有变化，没有写入。")
    parts = [
        say("新记 {n} 条", n=done.new) if done.new else "",
        say("改正 {n} 条", n=done.corrected) if done.corrected else "",
        say("清空 {n} 条", n=done.removed) if done.removed else "",
    ]
    return say("已保存：{what}。", what=say("，").join(part for part in parts if part))
