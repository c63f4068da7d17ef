"""A case type in words: what its reference page and the documents say of it. Pure: the declaration and the names go in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from chuangwen.kernel.dates import term_told
from chuangwen.kernel.words import later, listed, say
from chuangwen.records.township.permissions import Permission
from chuangwen.work.cases.branches import condition_told
from chuangwen.work.cases.definitions import CaseTypeRow, ClockRow, MoveRow, StateRow

Names = Mapping[str, str]
"""What people read for the words of ``who``: roles and relations."""

KINDS = {"open": later("在办"), "waiting": later("挂起"), "closed": later("办结")}
OUTCOMES = {
    "done": later("办成"),
    "declined": later("不受理"),
    "withdrawn": later("撤回、作废"),
    "moved": later("移交"),
}
GUARDS = {
    "": later("有“{seen}”权限、数据范围够得着的人；登记人、主办和协办单位、经办人总看得到"),
    "restricted": later("只有登记人、主办和协办单位、经办人，以及有“{restricted}”权限的人"),
    "guarded": later("只有有“{guarded}”权限的人"),
}


@dataclass(frozen=True)
class StateLine:
    """One state: what it is called, how it counts, whose turn it is."""

    id: str
    title: str
    kind: str
    turn: str
    tone: str = ""


@dataclass(frozen=True)
class MoveLine:
    """One move: from where to where, who takes it, what it asks, what it does to the deadlines, what else holds."""

    title: str
    sources: str
    target: str
    who: str
    asks: str = ""
    proof: str = ""
    clocks: str = ""
    more: str = ""
    tone: str = ""


@dataclass(frozen=True)
class ClockLine:
    """One deadline: its terms, and from which move to which it runs."""

    title: str
    term: str
    urgent: str
    warn: str
    extension: str
    starts: str
    stops: str
    more: str = ""


@dataclass(frozen=True)
class PaperLine:
    title: str
    states: str


def names_of(words: Iterable[str], names: Names) -> str:
    """The words of ``who`` as people read them."""
    return listed(names.get(one, one) for one in words)


def quoted(titles: Iterable[str]) -> str:
    """Titles in quotation marks, one after another."""
    return listed(say("“{title}”", title=one) for one in titles)


def facts(type_: CaseTypeRow, names: Names) -> list[tuple[str, str]]:
    """What holds for the whole type, as (label, text)."""
    head = type_.type
    openings = say("；").join(
        say("{move}：{who}", move=one.title, who=names_of(one.who, names)) for one in type_.openings
    )
    rules = [
        say("必经的路上都要有照片或文件") if head.closing_proof else "",
        say("必经的路上都要由没有参加处置的人核查") if head.independent else "",
    ]
    said = [
        (say("谁能登记"), openings),
        (say("群众"), say("不登录就能报") if head.public else say("不能直接报，由工作人员登记")),
        (say("谁看得到"), _seen(head.guard)),
        (say("回避"), _conceals(type_)),
        (say("凭什么办结"), say("；").join(one for one in rules if one)),
        (say("回头看"), say("办结 {term}后提醒", term=term_told(head.revisit)) if head.revisit else ""),
        (say("编号"), say("以“{letter}”开头，如“{letter}2021-00001”", letter=head.letter)),
        (say("法律依据"), head.law),
        (say("时限依据"), head.source),
    ]
    return [(label, text) for label, text in said if text]


def _seen(guard: str) -> str:
    asked = {"seen": Permission.SEE_CASES, "restricted": Permission.KNOW_RESTRICTED, "guarded": Permission.GUARD_CASES}
    return say(GUARDS[guard], **{key: one.title for key, one in asked.items()})


def _conceals(type_: CaseTypeRow) -> str:
    row = type_.field(type_.type.conceals) if type_.type.conceals else None
    return say("“{field}”所填单位的人看不到这件事", field=row.title) if row else ""


def state_lines(type_: CaseTypeRow, names: Names) -> list[StateLine]:
    return [StateLine(one.id, one.title, kind_of(one), names_of(one.turn, names), one.tone) for one in type_.states]


def kind_of(state: StateRow) -> str:
    """在办, 挂起, or 办结 with its outcome."""
    kind = say(KINDS[state.kind])
    return say("{kind}（{outcome}）", kind=kind, outcome=say(OUTCOMES[state.outcome])) if state.outcome else kind


def move_lines(type_: CaseTypeRow, names: Names) -> list[MoveLine]:
    return [_move_line(type_, one, names) for one in type_.moves]


def _move_line(type_: CaseTypeRow, move: MoveRow, names: Names) -> MoveLine:
    return MoveLine(
        title=move.title,
        sources=_titles(type_, move.sources) if move.sources else say("（登记）"),
        target=say("（留在原处）") if move.stays else type_.state(move.to).title,
        who=names_of(move.who, names),
        asks=_asks(type_, move),
        proof=_proof(move),
        clocks=_clock_words(type_, move),
        more=_more(type_, move, names),
        tone=move.tone,
    )


def _titles(type_: CaseTypeRow, states: Iterable[str]) -> str:
    return listed(type_.state(one).title for one in states)


def _asks(type_: CaseTypeRow, move: MoveRow) -> str:
    """The fields by title, those that must be filled with an asterisk."""
    return listed(f"{row.title}*" if row.id in move.needs else row.title for row in type_.fields_of(move))


def _proof(move: MoveRow) -> str:
    said = [
        say("照片至少 {n} 张", n=move.photos) if move.photos else "",
        say("文件至少 {n} 份", n=move.files) if move.files else "",
        say("写明情况") if move.note == "needed" else "",
    ]
    return say("，").join(one for one in said if one)


def _clock_words(type_: CaseTypeRow, move: MoveRow) -> str:
    verbs = (
        (say("起算"), [one for one in move.starts if one not in move.stops]),
        (say("重新起算"), [one for one in move.starts if one in move.stops]),
        (say("停表"), [one for one in move.stops if one not in move.starts]),
        (say("暂停"), move.pauses),
        (say("恢复"), move.resumes),
    )
    said = [
        say("{verb}{clocks}", verb=verb, clocks=listed(type_.clock(one).title for one in ids))
        for verb, ids in verbs
        if ids
    ]
    return say("；").join([*said, say("按申请延长")] if move.does == "grant_extension" else said)


def _more(type_: CaseTypeRow, move: MoveRow, names: Names) -> str:
    said = [
        condition_told(type_, move),
        *(
            say(
                "办过{move}的必须填{fields}", move=_quoted(type_, [earlier]), fields=listed(_field_titles(type_, names))
            )
            for earlier, names in move.needs_after.items()
        ),
        say("做过{moves}的人不能做", moves=_quoted(type_, move.apart_from)) if move.apart_from else "",
        say("只能一次") if move.once else "",
        say("可以成批办") if move.bulk else "",
        say("告知{who}", who=names_of(move.tells, names)) if move.tells else "",
        move.help,
    ]
    return say("；").join(one for one in said if one)


def _field_titles(type_: CaseTypeRow, ids: Iterable[str]) -> list[str]:
    return [row.title if (row := type_.field(one)) else one for one in ids]


def _quoted(type_: CaseTypeRow, words: Sequence[str]) -> str:
    """The moves that a word of ``apart_from`` means: one by its id, or all that do such a thing."""
    moves = [one.title for one in type_.moves if one.id in words or one.does in words]
    return quoted(moves)


def clock_lines(type_: CaseTypeRow) -> list[ClockLine]:
    return [_clock_line(type_, one) for one in type_.clocks]


def _clock_line(type_: CaseTypeRow, clock: ClockRow) -> ClockLine:
    by = type_.field(clock.by_field) if clock.by_field else None
    bound = type_.field(clock.by_date) if clock.by_date else None
    said = [
        say("填了“{field}”的，以那一天为准", field=bound.title) if bound else "",
        say("先用“{field}”填的期限", field=by.title) if by else "",
        say("类别有自己的期限时用类别的") if clock.by_category else "",
        clock.law,
    ]
    return ClockLine(
        title=clock.title,
        term=term_told(clock.term) if clock.term else "",
        urgent=term_told(clock.urgent) if clock.urgent else "",
        warn=term_told(clock.warn) if clock.warn else "",
        extension=term_told(clock.extension) if clock.extension else "",
        starts=listed(one.title for one in type_.moves if clock.id in one.starts),
        stops=listed(one.title for one in type_.moves if clock.id in one.stops and clock.id not in one.starts),
        more=say("；").join(one for one in said if one),
    )


def paper_lines(type_: CaseTypeRow) -> list[PaperLine]:
    return [PaperLine(one.title, _titles(type_, one.states) or say("任何环节")) for one in type_.papers]
