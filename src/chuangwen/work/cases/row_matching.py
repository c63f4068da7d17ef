"""What the rows of a table are beside the cases that are there: new, known, corrections, or something to be asked."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Prefetch

from chuangwen.kernel.tables.telling import Option, Question
from chuangwen.kernel.words import lasting, later, listed, say
from chuangwen.kernel.workdays import CHINA
from chuangwen.records.township.actors import Actor
from chuangwen.work.cases.case_rows import CaseBatch, CaseRow, Change, Correction, Plan
from chuangwen.work.cases.models import Case, Phase, Step
from chuangwen.work.cases.policy import why_not_lead
from chuangwen.work.cases.row_desk import Desk
from chuangwen.work.cases.row_differences import Differences, differences
from chuangwen.work.cases.row_finished import CORRECT, why_not_days
from chuangwen.work.cases.row_near import from_tables, pairs
from chuangwen.work.cases.row_opening import TAKEN_IN
from chuangwen.work.cases.seeing import why_not_see

AT_ONCE = 500
OF_TABLES = Prefetch("steps", Step.objects.filter(move__in=[TAKEN_IN, CORRECT]), to_attr="of_tables")
OTHER_KIND = lasting("{rows} 行的编号是别的类型的事项：没有改动，要改请到那个类型里导入")
Marks = Mapping[str, tuple[int, bool]]
SHOWN = 12
Options = tuple[tuple[str, str], ...]
QUESTIONS: Mapping[str, tuple[str, Options]] = {
    "twice": (
        later("{rows} 行的外部编号在表里不止一次。以哪一行为准？"),
        (
            ("last", later("以后一行为准")),
            ("first", later("以前一行为准")),
            ("together", later("是一件事，几位反映人")),
        ),
    ),
    "alike": (
        later("{rows} 行没有外部编号，而问题、地点、日期都相同。是一件事吗？"),
        (("one", later("是一件事，几位反映人")), ("apart", later("是几件不同的事"))),
    ),
    "maybe": (
        later("{rows} 行没有外部编号，和已登记的事项（{cases}）看来是同一件。是吗？"),
        (("same", later("是同一件，不再登记")), ("new", later("不是，照样登记"))),
    ),
    "near": (
        later("{rows} 行没有外部编号，和以前从表格登记的事项（{cases}）只差一处（问题、地点或登记日期）。是改正吗？"),
        (("correct", later("是同一件，照表改正")), ("new", later("是另一件事，照样登记"))),
    ),
    "source": (
        later("{rows} 行的外部编号登记过（{cases}），来源写得不同。是同一件吗？"),
        (("same", later("是同一件")), ("new", later("不是，照样登记"))),
    ),
    "closed": (
        later("{rows} 行要改正的事项（{cases}）已经办结。还要改吗？"),
        (("leave", later("不改")), ("correct", later("照表改正，写入经过"))),
    ),
    "title": (
        later("{rows} 行的编号登记过（{cases}），但问题不同。是改正，还是编号写错了？"),
        (("leave", later("问题不改，其余照改")), ("correct", later("改正问题"))),
    ),
    "reporter": (
        later("{rows} 行的反映人和登记的（{cases}）姓名、电话都不同。"),
        (("add", later("是另一位反映人，加上")), ("replace", later("原来的写错了，改正"))),
    ),
    "older": (
        later("{rows} 行以前导入过，后来又按新表改正过（{cases}）。要改回这一版吗？"),
        (("leave", later("不改回")), ("correct", later("改回这一版"))),
    ),
    "start": (
        later("{rows} 行是以前登记、还没有办结的。时限从哪一天起算？"),
        (("opened", later("按登记日期起算（可能马上超期）")), ("today", later("从今天起算"))),
    ),
    "result": (
        later("{rows} 行写了办理结果，没有写办结日期。"),
        (("open", later("还在办，办理结果写入经过")), ("refuse", later("已办结，回去补上办结日期"))),
    ),
}


def shown_rows(rows: Iterable[int]) -> str:
    """Row numbers as people read them, the first dozen."""
    found = sorted(set(rows))
    more = say("等 {n}", n=len(found)) if len(found) > SHOWN else ""
    return say("第 {rows}", rows=listed(found[:SHOWN])) + more


@dataclass
class Matcher:
    """Sorts the rows of one batch; ``lock`` holds the cases it finds until the transaction ends.

    ``said``: cases by key, of which a table said the very same as a row without a number; ``agreed``: rows that a person
    called corrections, other title and all.
    """

    desk: Desk
    batch: CaseBatch
    plan: Plan
    lock: bool = False
    said: dict[int, Case] = field(default_factory=dict)
    agreed: set[tuple[str, int]] = field(default_factory=set)
    asked: dict[str, list[tuple[CaseRow, str]]] = field(default_factory=lambda: defaultdict(list))

    def sort(self, rows: Sequence[CaseRow]) -> None:
        """Fill the plan."""
        rows = self._ours(rows)
        folded = self._folded([one for one in rows if one.outer], lambda one: one.outer, "twice")
        bare = [one for one in rows if not one.outer]
        marks = self._marks([*folded, *bare])
        said = {marks[mark][0] for row, time in self._times(bare) if (mark := row.mark(self.batch.kind, time)) in marks}
        self.said = {case.pk: case for case in self._cases(pk=sorted(said))}
        rest = []
        for row, time in self._times(bare):
            case = self._said(row, marks, time)
            if case is not None and self._is_sure(row, case):
                self.plan.known.append((row, case.number))
            else:
                rest.append(row)
        self._numbered(folded, marks)
        self._unnumbered(self._folded(rest, self._alike, "alike"), marks)
        self._old_and_open()
        self._write_questions()

    def _ours(self, rows: Sequence[CaseRow]) -> list[CaseRow]:
        """What a list that went out of here names by its own number is there; the rows that are left are others.

        A row of this kind corrects its case where it says something else. A case of another kind is not changed here.
        """
        numbers = sorted({one.number for one in rows if one.number})
        there = {number for (number,) in _read(Case.objects.values_list("number"), "number", numbers)}
        mine = {one.number: one for one in self._cases(number=numbers)}
        own, others = (
            [one for one in rows if one.number in mine],
            [one for one in rows if one.number in there - mine.keys()],
        )
        marks = self._marks(own)
        for row in own:
            self._beside(row, mine[row.number], marks)
        self.plan.known += [(one, one.number) for one in others]
        if others:
            told = say(OTHER_KIND, rows=self._shown(others))
            self.plan.remarks.append((others[0].row, told))
        return [one for one in rows if one.number not in there]

    def _said(self, row: CaseRow, marks: Marks, time: int) -> Case | None:
        """The case of which a table said the very same."""
        found = marks.get(row.mark(self.batch.kind, time))
        return self.said.get(found[0]) if found else None

    def ask(self, question: str, row: CaseRow, case: str = "") -> str:
        """The answer for all such rows; empty while nobody has answered."""
        self.asked[question].append((row, case))
        answer = self.batch.answers.get(question, "")
        return answer if answer in dict(QUESTIONS[question][1]) else ""

    def _alike(self, row: CaseRow) -> object:
        return (*row.place(), row.day(self.desk.at))

    def _folded(self, rows: Sequence[CaseRow], key: Callable[[CaseRow], object], question: str) -> list[CaseRow]:
        """Rows of the file that say the same thing twice become one, as answered."""
        groups: dict[object, list[CaseRow]] = defaultdict(list)
        for one in rows:
            groups[key(one)].append(one)
        found: list[CaseRow] = []
        for group in groups.values():
            answer = ""
            for one in group if len(group) > 1 else ():
                answer = self.ask(question, one)
            found += _fold(group, answer)
        return sorted(found, key=lambda one: one.at)

    def _times(self, rows: Sequence[CaseRow]) -> Iterator[tuple[CaseRow, int]]:
        """Rows with how often the very same stood above."""
        seen = Counter[str]()
        for one in rows:
            seen[one.mark(self.batch.kind)] += 1
            yield one, seen[one.mark(self.batch.kind)]

    def _marks(self, rows: Sequence[CaseRow]) -> Marks:
        """Marks that are there: the case's key, and whether it is the last that a table said of the case."""
        marks = [row.mark(self.batch.kind, time) for row, time in self._times(rows)]
        steps = list(_read(Step.objects.values_list("mark", "case_id", "number"), "mark", marks))
        last: dict[int, int] = {}
        of_tables = Step.objects.filter(mark__startswith="sheet:").values_list("case_id", "number")
        for case, number in _read(of_tables, "case_id", sorted({case for _mark, case, _number in steps})):
            last[case] = max(number, last.get(case, 0))
        return {str(mark): (case, number == last[case]) for mark, case, number in steps}

    def _is_sure(self, row: CaseRow, case: Case) -> bool:
        """Whether the same words mean the same matter: the row carries its day, or came today."""
        return row.opened is not None or case.opened_at.astimezone(CHINA).date() == row.day(self.desk.at)

    def _numbered(self, rows: Sequence[CaseRow], marks: Marks) -> None:
        found = self._cases(outer_number=[one.outer for one in rows])
        there: dict[str, list[Case]] = defaultdict(list)
        for case in found:
            there[case.outer_number].append(case)
        for row in rows:
            cases = self._of_source(row, there[row.outer])
            if not cases:
                self.plan.fresh.append((row, self._free_mark(row, marks)))
            elif len(cases) > 1:
                what = say("外部编号“{outer}”登记过 {n} 件，不知道是哪一件", outer=row.outer, n=len(cases))
                self._problem(row, what, say("请在表里加一列“来源”，或先把重复的事项合并。"))
            else:
                self._beside(row, cases[0], marks)

    def _of_source(self, row: CaseRow, there: list[Case]) -> list[Case]:
        """The cases with the row's number that come from where the row comes from; asked, where that is not sure."""
        cases = [one for one in there if one.merged_into_id is None] or there
        same = [one for one in cases if _same_source(one.source, row.source)]
        seen = [one for one in cases if self._may_know(one)]
        if same or not seen:
            return same or cases
        return seen if self.ask("source", row, seen[0].number) != "new" else []

    def _free_mark(self, row: CaseRow, marks: Marks, time: int = 1) -> str:
        """A mark for its step that no step has yet."""
        while (mark := row.mark(self.batch.kind, time)) in marks:
            time += 1
        return mark

    def _beside(self, row: CaseRow, case: Case, marks: Marks) -> None:
        """A row whose number is there already."""
        by = self.desk.by
        if isinstance(by, Actor) and why_not_see(case, by):
            what = say("编号“{outer}”不能由你登记", outer=row.number or row.outer)
            self._problem(row, what, say("请交创建办公室核对。"))
            return
        found = differences(row, case, self.desk)
        said = marks.get(row.mark(self.batch.kind))
        before = said is not None and said[0] == case.pk
        if before and (said is None or said[1] or not found.changes or self.ask("older", row, case.number) != "correct"):  # fmt: skip
            self.plan.known.append((row, case.number))
            return
        self.plan.remarks += [(row.row, one) for one in found.left]
        self._correct(row, case, found, again=before)

    def _correct(self, row: CaseRow, case: Case, found: Differences, *, again: bool) -> None:
        changes = self._answered(row, case, found)
        if not changes:
            self.plan.known.append((row, case.number))
            return
        if isinstance(self.desk.by, Actor) and (no := why_not_lead(case, self.desk.by)):
            self._problem(row, say("{number} 不由你改正", number=case.number), str(no))
            return
        if no_days := why_not_days(row, case):
            self._problem(row, no_days, say("请核对两个日期。"))
            return
        if case.phase == Phase.CLOSED and self.ask("closed", row, case.number) == "leave":
            self.plan.known.append((row, case.number))
            return
        values = {one.field: found.values[one.field] for one in changes}
        mark = row.mark(self.batch.kind, case.version + 1 if again else 1)
        self.plan.corrections.append(Correction(row, case, changes, mark, values))

    def _answered(self, row: CaseRow, case: Case, found: Differences) -> list[Change]:
        """The changes, without those that nobody has agreed to."""
        changes = []
        for one in found.changes:
            agreed = one.field != "title" or row.at in self.agreed
            if not agreed and self.ask("title", row, case.number) != "correct":
                continue
            if one.field == "another" and self.ask("reporter", row, case.number) == "replace":
                changes += found.replacing
                found.values.update(found.replaced)
                continue
            changes.append(one)
        return changes

    def _unnumbered(self, rows: Sequence[CaseRow], marks: Marks) -> None:
        there: dict[object, Case] = {}
        for case in self._cases(title=[one.title for one in rows]):
            site = case.site.code if case.site else ""
            day = case.opened_at.astimezone(CHINA).date()
            for area in {"", case.area.code if case.area else ""}:
                there[case.title, area, site, case.address, day] = case
        strange = []
        for row, time in self._times(rows):
            said = self._said(row, marks, time)
            like = said or there.get((*row.place(), row.day(self.desk.at)))
            if like is None:
                strange.append((row, self._free_mark(row, marks, time)))
            elif not self._may_know(like) or self.ask("maybe", row, like.number) == "new":
                self.plan.fresh.append((row, self._free_mark(row, marks, time)))
            elif said:
                self.plan.known.append((row, like.number))
            else:
                self._beside(row, like, marks)

        self._near(strange, marks)

    def _near(self, strange: Sequence[tuple[CaseRow, str]], marks: Marks) -> None:
        """Rows that say what no case says; what comes near to one that a table brought is asked about."""
        met = {number for _row, number in self.plan.known} | {one.case.number for one in self.plan.corrections}
        rows, at = [row for row, _mark in strange], self.desk.at
        there = [one for one in from_tables(self.batch.kind, rows, at) if one.number not in met]
        near = {row.at: stood.pk for row, stood in pairs(rows, there, at, again=bool(met))}
        cases = {one.pk: one for one in self._cases(pk=sorted(near.values()))}
        for row, mark in strange:
            case = cases.get(near.get(row.at, 0))
            if case is None or not self._may_know(case) or self.ask("near", row, case.number) == "new":
                self.plan.fresh.append((row, mark))
            else:
                self.agreed.add(row.at)
                self._beside(row, case, marks)

    def _may_know(self, case: Case) -> bool:
        return not isinstance(self.desk.by, Actor) or why_not_see(case, self.desk.by) is None

    def _cases(self, **wanted: Sequence[Any]) -> list[Case]:
        (name, values), *_ = wanted.items()
        rows = Case.objects.filter(kind=self.batch.kind).select_related("site", "area", "lead", "accused")
        rows = rows.prefetch_related("reporters", "assisting", OF_TABLES).order_by("-pk")
        if self.lock:
            rows = rows.select_for_update(of=("self",))
        return list(_read(rows, name, sorted({one for one in values if one})))

    def _old_and_open(self) -> None:
        """Questions about how fresh rows are to be opened."""
        today = self.desk.at.astimezone(CHINA).date()
        for row, _mark in self.plan.fresh:
            if row.finished:
                continue
            if row.result:
                self.ask("result", row)
            if row.opened and row.day(self.desk.at) < today and self.desk.move.starts:
                self.ask("start", row)

    def _write_questions(self) -> None:
        """All that was asked, the answered ones too: a person may think better of it. "Go back" is no answer."""
        for name, places in self.asked.items():
            text, options = QUESTIONS[name]
            answer = self.batch.answers.get(name, "")
            answer = answer if answer in dict(options) and answer != "refuse" else ""
            mine = [row for row, _case in places]
            rows = tuple(sorted({row.row for row in mine}))
            cases = listed(list(dict.fromkeys(case for _row, case in places if case))[:SHOWN])
            told = say(text, rows=self._shown(mine), cases=cases)
            choices = [Option(one, say(word)) for one, word in options]
            self.plan.questions.append(Question(name, told, choices, rows=rows, answer=answer))

    def _shown(self, rows: Sequence[CaseRow]) -> str:
        """Rows by their numbers; with their sheets where the file has rows in several."""
        if len({one.sheet for one in self.batch.rows}) < 2:
            return shown_rows(one.row for one in rows)
        sheets: dict[str, list[int]] = defaultdict(list)
        for one in rows:
            sheets[one.sheet].append(one.row)
        return listed(f"“{sheet}”{shown_rows(numbers)}" for sheet, numbers in sheets.items())

    def _problem(self, row: CaseRow, what: str, cure: str) -> None:
        self.plan.problems.add(file=row.sheet, row=row.row, what=what, cure=cure)


def _fold(group: list[CaseRow], answer: str) -> list[CaseRow]:
    """One row of several that say the same; each alone when they are different matters."""
    if len(group) == 1 or answer == "apart":
        return group
    if answer in {"together", "one"}:
        return [group[0].with_reporters([who for one in group for who in one.reporters])]
    return [group[-1] if answer == "last" else group[0]]


def _same_source(one: str, other: str) -> bool:
    """Whether two words for where a number comes from may mean the same: our own words of a page say less than a table's."""
    return not other or re.fullmatch(r"[a-z][a-z0-9_]*", one) is not None or one == other


def _read(rows: Any, name: str, values: Sequence[Any]) -> Iterator[Any]:
    for begin in range(0, len(values), AT_ONCE):
        yield from rows.filter(**{f"{name}__in": values[begin : begin + AT_ONCE]})
