"""Writing a package: every file of every standard into one still zip, piece by piece, each checked against its digest."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from chuangwen.kernel.manifests import MANIFEST, WHOLE, listed
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.still_zip import StillZip, pieces_of
from chuangwen.kernel.words import later, written
from chuangwen.kernel.workdays import CHINA
from chuangwen.records.archive.models import StoredFile
from chuangwen.records.archive.queries import sealed_path
from chuangwen.results.submission import papers
from chuangwen.results.submission.matrix import Line, Matrix
from chuangwen.results.submission.naming import Called, Namer, ending_of, safe
from chuangwen.results.submission.papers import Filed
from chuangwen.results.submission.shapes import Need, Piece

Watch = Callable[[list[Line]], Iterable[Line]]
README, CATALOGUE, MISSING = later("说明.txt"), later("目录"), later("缺项")


class DamagedOriginal(Refusal):
    """An original whose bytes are gone or changed must not be handed in."""

    code = "damaged_original"
    sentence = later("“{name}”（{path}）的原件{what}，没有封装。请从备份恢复这个文件，或把它移出后再封装。")


@dataclass(frozen=True)
class Head:
    """What the package says of itself."""

    title: str
    by: str
    despite: str
    editions: dict[int, str]
    at: datetime


@dataclass(frozen=True)
class Packed:
    """What was written: the digest of the list, how many files, what was missing."""

    whole: str
    files: int
    missing: list[list[str]]


@dataclass
class _Work:
    """One package being written."""

    zip: StillZip
    matrix: Matrix
    head: Head
    namer: Namer
    digests: list[tuple[str, str]] = field(default_factory=list)
    filed: list[Filed] = field(default_factory=list)

    def put(self, path: str, data: bytes) -> str:
        """A file made for the package."""
        digest = self.zip.add(f"{self.namer.top}/{path}", iter([data]), len(data))
        self.digests.append((path, digest))
        return digest

    def copy(self, path: str, file: StoredFile) -> None:
        """An original, as it was kept."""
        source = sealed_path(file)
        digest = self.zip.add(f"{self.namer.top}/{path}", _read(source, file, path), file.size)
        if digest != file.sha256:
            raise DamagedOriginal(name=file.name, path=path, what=written("已被改动"))
        self.digests.append((path, digest))


def _read(source: Path, file: StoredFile, path: str) -> Iterator[memoryview]:
    try:
        yield from pieces_of(source)
    except OSError as wrong:
        raise DamagedOriginal(name=file.name, path=path, what=written("读不出来")) from wrong


def pack(out: BinaryIO, matrix: Matrix, head: Head, watch: Watch = iter) -> Packed:
    """Write the whole package; memory does not grow with the size of its files."""
    missing = papers.missing_rows(matrix)
    with StillZip(out, head.at) as made:
        work = _Work(made, matrix, head, Namer(matrix.board.rules, safe(head.title)))
        for line in watch(list(matrix.lines)):
            _put_standard(work, line)
        _put_lists(work, missing)
        listing = listed(work.digests).encode()
        top, whole = work.namer.top, sha256(listing).hexdigest()
        made.add(f"{top}/{MANIFEST}", iter([listing]), len(listing))
        told = listed([(MANIFEST, whole)]).encode()
        made.add(f"{top}/{WHOLE}", iter([told]), len(told))
    return Packed(whole, len(work.digests), missing)


def _put_standard(work: _Work, line: Line) -> None:
    """The sheet, the explanation, then what was chosen, in its order."""
    standing = line.standing
    edition = work.head.editions.get(standing.node.edition_id, "")
    folder = work.namer.folder(edition, f"{standing.code} {standing.node.title}")
    mine = [*_explanation(work, line, folder)]
    for piece in standing.pieces:
        if piece.counts:
            mine += _documents(work, line, folder, piece)
    form = written(work.matrix.board.rules.form.title)
    called = Called(standing.code, form, standing.node.title, _lead(line), ".docx")
    made = papers.sheet(line, work.matrix, mine, edition=edition, at=work.head.at)
    work.put(work.namer.name(folder, called), made)
    work.filed += mine


def _lead(line: Line) -> str:
    return line.standing.lead.lead if line.standing.lead else ""


def _explanation(work: _Work, line: Line, folder: str) -> Iterator[Filed]:
    standing, board = line.standing, work.matrix.board
    text = standing.entry.text.strip()
    if not text:
        return
    need: Need | None = next((one for one in standing.needs if one.kind == board.rules.explanation.kind), None)
    title = need.requirement.title if need else standing.node.title
    kind, unit = board.title_of(board.rules.explanation.kind), _lead(line)
    path = work.namer.name(folder, Called(standing.code, kind, title, unit, ".docx"))
    work.put(path, papers.explanation(title, text, unit, at=work.head.at))
    day = work.head.at.astimezone(CHINA).date().isoformat()
    yield Filed(standing.code, standing.node.title, kind, title, "", unit, day, path)


def _documents(work: _Work, line: Line, folder: str, piece: Piece) -> Iterator[Filed]:
    document, standing = piece.document, line.standing
    kind = work.matrix.board.title_of(piece.kind)
    theme = document.caption.get("theme") or document.title
    day = document.dated.isoformat() if document.dated else ""
    for place, file in enumerate(piece.files, start=1):
        title = document.title if len(piece.files) == 1 else f"{document.title}（{place}/{len(piece.files)}）"
        ending = ending_of(file.name, file.media_type)
        path = work.namer.name(folder, Called(standing.code, kind, theme, document.unit.short, ending))
        work.copy(path, file)
        yield Filed(standing.code, standing.node.title, kind, title, document.number, document.unit.short, day, path)


def _put_lists(work: _Work, missing: list[list[str]]) -> None:
    """Catalogue, what was missing, how to verify."""
    head, at = work.head, work.head.at
    catalogue, lacking = written(CATALOGUE), written(MISSING)
    work.put(work.namer.take(f"{catalogue}.docx"), papers.catalogue_word(f"{head.title}{catalogue}", work.filed, at=at))
    work.put(
        work.namer.take(f"{catalogue}.xlsx"), papers.catalogue_sheet(f"{head.title}{catalogue}", work.filed, at=at)
    )
    work.put(work.namer.take(f"{lacking}.csv"), papers.missing_csv(missing))
    work.put(work.namer.take(f"{lacking}.xlsx"), papers.missing_sheet(f"{head.title}{lacking}", missing, at=at))
    pattern = work.matrix.board.rules.naming.pattern
    files = len(work.digests) + 1
    told = papers.readme(head.title, head.by, files, head.despite, _pattern_told(pattern), at=at)
    work.put(work.namer.take(written(README)), told)


_PARTS = {
    "standard": later("标准编号"),
    "kind": later("材料类型"),
    "number": later("序号"),
    "theme": later("主题"),
    "unit": later("单位"),
}


def _pattern_told(pattern: str) -> str:
    return pattern.format(**{key: written(title) for key, title in _PARTS.items()})
