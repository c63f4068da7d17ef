"""Automatic checks: the faults that counties complain of, each with what, where and the cure. A person may overrule."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from chuangwen.kernel.numerals import fixed, plain
from chuangwen.kernel.words import later, listed, say
from chuangwen.kernel.workdays import CHINA
from chuangwen.records.archive.document_actions import CAPTION, CAPTION_TITLES
from chuangwen.records.archive.models import Doubt, Question, StoredFile
from chuangwen.results.submission.definitions import FileRow, PhotoLimitRow
from chuangwen.results.submission.explanations import faults_of
from chuangwen.results.submission.models import Overrule
from chuangwen.results.submission.shapes import Board, Need, Piece, Standing
from chuangwen.results.submission.table_figures import differences, figures_of

TITLES = {
    "figures": later("说明没有数据"),
    "summary": later("写成总结"),
    "unanswered": later("没有回应标准"),
    "short": later("说明太短"),
    "long": later("说明太长"),
    "heading": later("说明缺部分"),
    "blank": later("说明没有填完"),
    "blurred": later("照片模糊"),
    "squeezed": later("照片压缩过度"),
    "marked": later("照片有水印"),
    "far": later("拍摄位置不符"),
    "reused": later("照片用过"),
    "rejected": later("照片已认定不用"),
    "caption": later("图片说明不全"),
    "number": later("没有文号"),
    "issuer": later("没有发文机关"),
    "dated": later("没有日期"),
    "outside": later("不在申报期内"),
    "twice": later("同一照片两处用"),
    "differs": later("数字打架"),
    "format": later("格式不对"),
    "large": later("文件太大"),
    "upright": later("照片是竖幅"),
    "few": later("数量不够"),
    "many": later("数量太多"),
    "withdrawn": later("资料已作废"),
    "secret": later("标有密级"),
    "internal": later("标为内部"),
    "unlinked": later("没有关联要求"),
}
MEGA = 1_000_000
SHORT = {
    "image/jpeg": "JPG",
    "image/png": "PNG",
    "image/heic": "HEIC",
    "image/webp": "WEBP",
    "application/pdf": "PDF",
    "text/plain": "TXT",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "DOCX",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "XLSX",
}


@dataclass(frozen=True)
class Finding:
    """One fault: its code, the thing (``key``), the kind of material, and three sentences; ``overruled`` by whom and why."""

    code: str
    key: str
    kind: str
    what: str
    where: str
    cure: str
    document_id: int = 0
    overruled: Overrule | None = None

    @property
    def title(self) -> str:
        return say(TITLES[self.code])

    @property
    def stands(self) -> bool:
        return self.overruled is None


@dataclass(frozen=True)
class _Raw:
    code: str
    key: str
    kind: str
    what: str
    where: str
    cure: str
    document_id: int = 0


def findings_of(board: Board, standing: Standing) -> list[Finding]:
    """Everything that is wrong with one standard, what was overruled included."""
    raw = [
        *_of_explanation(board, standing),
        *(one for need in standing.needs for one in _of_count(board, standing, need)),
        *(one for need in standing.needs for one in _of_links(board, standing, need)),
        *(one for piece in standing.pieces for one in _of_piece(board, standing, piece)),
        *_of_tables(board, standing),
    ]
    return [
        Finding(
            one.code,
            one.key,
            one.kind,
            one.what,
            one.where,
            one.cure,
            one.document_id,
            standing.overrules.get((one.code, one.key)),
        )
        for one in raw
    ]


def explanation_of(board: Board, standing: Standing) -> tuple[str, str, str]:
    """The text that explains the standard, where it stands, its key: written here, else a report that was chosen and read."""
    if standing.entry.text.strip():
        return standing.entry.text, say("本条情况说明"), f"text:{standing.entry.text_version}"
    for piece in standing.pieces:
        if piece.kind == board.rules.explanation.kind:
            text = "\n".join(piece.texts[file.pk] for file in piece.files if file.pk in piece.texts)
            if text.strip():
                return text, piece.document.title, f"doc:{piece.document.pk}:{piece.document.version}"
    return "", "", ""


def _of_explanation(board: Board, standing: Standing) -> Iterable[_Raw]:
    text, where, key = explanation_of(board, standing)
    if not text:
        return
    kind = board.rules.explanation.kind
    words = next((need.asked.words for need in standing.needs if need.kind == kind and need.asked.words), None)
    for fault in faults_of(text, standing.node.text or standing.node.title, words, board.rules):
        yield _Raw(fault.code, key, kind, fault.what, where, fault.cure)


def _of_count(board: Board, standing: Standing, need: Need) -> Iterable[_Raw]:
    """Fewer or more than asked; none at all is missing, which the matrix tells."""
    have = count_for(board, standing, need)
    least, most = bounds(board, need)
    key, where = f"need:{need.requirement.code}:{have}", need.requirement.title
    if 0 < have < least:
        what = say("只有 {have} 份，至少 {least} 份", have=have, least=least)
        yield _Raw("few", key, need.kind, what, where, say("请牵头单位补齐。"))
    if most is not None and have > most:
        what = say("有 {have} 份，最多 {most} 份", have=have, most=most)
        yield _Raw("many", key, need.kind, what, where, say("留下最能说明问题的，其余移出。"))


def _of_links(board: Board, standing: Standing, need: Need) -> Iterable[_Raw]:
    """What was chosen for a requirement but serves it no more (or never did) is no material for it."""
    for piece in standing.of(need):
        if piece.counts and piece.document.pk not in need.served:
            what = say("没有关联到“{title}”，或者不属于本年度，不算这项材料", title=need.requirement.title)
            yield _raw(piece, "unlinked", what, say("重新选入这项要求，或到资料页关联要求和年度。"))


def bounds(board: Board, need: Need) -> tuple[int, int | None]:
    """How many are asked for; for photos the submission's own limits where the requirement sets none."""
    if board.kinds.get(need.kind) is not None and board.kinds[need.kind].is_photo:
        return max(need.asked.least, 1), need.asked.most or board.rules.photo.most
    return need.asked.least, need.asked.most


def count_for(board: Board, standing: Standing, need: Need) -> int:
    """How many are there: photos one by one, other documents as they are; an explanation that was written counts as one."""
    pieces = serving_pieces(standing, need)
    if board.kinds.get(need.kind) is not None and board.kinds[need.kind].is_photo:
        return sum(len(one.photos) for one in pieces)
    return len(pieces) + is_written(board, standing, need)


def serving_pieces(standing: Standing, need: Need) -> list[Piece]:
    """What was chosen for a requirement and serves it."""
    return [one for one in standing.of(need) if one.counts and one.document.pk in need.served]


def is_written(board: Board, standing: Standing, need: Need) -> bool:
    """Whether the explanation that was written here stands for this requirement."""
    first = next((one for one in standing.needs if one.kind == need.kind), None)
    return need.kind == board.rules.explanation.kind and first is need and bool(standing.entry.text.strip())


def _of_piece(board: Board, standing: Standing, piece: Piece) -> Iterable[_Raw]:
    yield from _of_facts(board, piece)
    for file in piece.files:
        if file.is_photo:
            yield from _of_photo(board, standing, piece, file)
        yield from _of_file(board.rules.photo if file.is_photo else board.rules.file, piece, file)


def _raw(piece: Piece, code: str, what: str, cure: str, file: StoredFile | None = None) -> _Raw:
    document = piece.document
    key = f"doc:{document.pk}" if file is None else f"file:{document.pk}:{file.pk}"
    where = document.title if file is None else say("{title}（{file}）", title=document.title, file=file.name)
    return _Raw(code, key, piece.kind, what, where, cure, document.pk)


def _of_facts(board: Board, piece: Piece) -> Iterable[_Raw]:
    """What such a document must carry to be whole, and whether it is of this year."""
    document = piece.document
    if document.withdrawn_at is not None:
        yield _raw(piece, "withdrawn", say("这份资料已作废"), say("移出，换一份有效的。"))
        return
    if piece.mark:
        what = say("文字里标有“{mark}”，不会报出", mark=piece.mark)
        yield _raw(piece, "secret", what, say("移出并按保密规定处理；确认不是密级的，在资料页答复。"))
        return
    if document.confidentiality:
        yield _raw(piece, "internal", say("这份资料标为“内部”"), say("确认可以报出后写明理由，否则移出。"))
    needs = set(document.kind.needs)
    for code, value in (("number", document.number), ("issuer", document.issuer), ("dated", document.dated)):
        if code in needs and not value:
            yield _raw(piece, code, say(TITLES[code]), say("到资料页补上；确实没有的写明理由。"))
    absent = [say(CAPTION_TITLES[part]) for part in CAPTION if not document.caption.get(part)]
    if "caption" in needs and absent:
        what = say("图片说明缺：{parts}", parts=listed(absent))
        yield _raw(piece, "caption", what, say("到资料页把六项写全。"))
    if document.dated and not board.window[0] <= document.dated <= board.window[1]:
        yield _raw(piece, "outside", _outside(board, document.dated), say("换成申报期内的；仍然有效的写明理由。"))


def _outside(board: Board, day: date) -> str:
    first, last = board.window
    return say(
        "日期 {day}，不在 {first} 至 {last} 之间", day=day.isoformat(), first=first.isoformat(), last=last.isoformat()
    )


_ASKED = {
    Doubt.BLURRED: ("blurred", later("这张照片可能模糊")),
    Doubt.SQUEEZED: ("squeezed", later("这张照片压缩过度")),
    Doubt.MARKED: ("marked", later("这张照片可能有水印")),
    Doubt.FAR: ("far", later("拍摄位置与点位不符")),
    Doubt.REUSED: ("reused", later("这张照片或它的改动版以前用过")),
}


def _of_photo(board: Board, standing: Standing, piece: Piece, file: StoredFile) -> Iterable[_Raw]:
    asked = board.questions.get(file.pk, ())
    yield from _of_questions(piece, file, asked)
    taken = file.taken_at.astimezone(CHINA).date() if file.taken_at else None
    told = any(one.doubt in {Doubt.EARLY, Doubt.LATE} and one.kept for one in asked)
    if taken and not told and not board.window[0] <= taken <= board.window[1]:
        yield _raw(piece, "outside", _outside(board, taken), say("换成申报期内拍的照片。"), file)
    others = [one for one in board.shared.get(file.pk, ()) if one != standing.code]
    if others:
        what = say("同一张照片也用在：{codes}", codes=listed(others))
        yield _raw(piece, "twice", what, say("各条用各自的照片；确实说明两条的写明理由。"), file)
    if board.rules.photo.lying and file.width and file.height and file.height > file.width:
        what = say("竖幅 {size}", size=f"{file.width}×{file.height}")
        yield _raw(piece, "upright", what, say("换一张横幅的。"), file)


def _of_questions(piece: Piece, file: StoredFile, asked: Sequence[Question]) -> Iterable[_Raw]:
    """What the archive asks about the photo and nobody has answered yet, or answered with: not this one."""
    for one in asked:
        if one.kept is False:
            what = say("已认定不再使用：{why}", why=one.answer)
            yield _raw(piece, "rejected", what, say("移出，换一张。"), file)
        elif one.answered_at is None and one.doubt in _ASKED:
            code, what = _ASKED[Doubt(one.doubt)]
            yield _raw(piece, code, say(what), say("看过照片，在资料页答复这个疑点，或换一张。"), file)


def _of_file(limit: PhotoLimitRow | FileRow, piece: Piece, file: StoredFile) -> Iterable[_Raw]:
    if limit.formats and file.media_type not in limit.formats:
        good = listed(SHORT.get(one, one) for one in limit.formats)
        what = say("是 {kind}，要 {good}", kind=SHORT.get(file.media_type, file.media_type), good=good)
        yield _raw(piece, "format", what, say("另存为规定的格式，作为新版本上传。"), file)
    if file.size > limit.most_bytes:
        what = say("有 {have} MB，最多 {most} MB", have=fixed(file.size / MEGA, 1), most=plain(limit.most_bytes / MEGA))
        yield _raw(piece, "large", what, say("压缩或拆开，作为新版本上传。"), file)


def _of_tables(board: Board, standing: Standing) -> Iterable[_Raw]:
    """One indicator told differently by two documents of the standard."""
    tables = [
        (f"{piece.document.title}（{piece.document.unit.short}）", figures_of(text), piece)
        for piece in standing.pieces
        for file in piece.files
        if (text := piece.texts.get(file.pk)) and "figures" in piece.document.kind.needs
    ]
    kinds = {where: piece.kind for where, _, piece in tables}
    for one in differences((where, figures) for where, figures, _ in tables):
        told = listed(say("{where}为 {value}", where=where, value=value) for where, value in one.values)
        key = f"figure:{one.name}:{'/'.join(value for _, value in one.values)}"[:120]
        what = say("“{name}”前后不一：{told}", name=one.name, told=told)
        where = one.values[0][0]
        yield _Raw("differs", key, kinds[where], what, where, say("核对口径和截止日期，改成一个数。"))
