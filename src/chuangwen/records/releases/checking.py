"""The check before a release: personal data in what goes out, marks of secrecy, files that no machine has read.

The machine finds and shows masked; a person decides. A decision hangs on what was found and where, so that it ends when
the text changes.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch
from django.utils.crypto import salted_hmac

from chuangwen.kernel.personal import Found, Personal, around, find_personal
from chuangwen.kernel.words import later, say
from chuangwen.records.archive.models import DocumentFile, PageText, Reading
from chuangwen.records.releases.models import Release
from chuangwen.records.releases.policy import SecretMark

SECRET = re.compile(r"[绝機机秘特]\s*密\s*[★☆*＊※]")
TITLES = {
    Personal.IDENTITY.value: later("身份证号"),
    Personal.MOBILE.value: later("手机号"),
    Personal.CARD.value: later("银行卡号"),
    "unread": later("机器没有读过"),
    "photo": later("照片"),
}


@dataclass(frozen=True)
class Finding:
    """One thing to decide. ``shown`` is masked; only the text can be masked by us, a file goes out whole or not at all."""

    mark: str
    what: str
    where: str
    shown: str
    may_mask: bool
    do: str = ""
    why: str = ""

    @property
    def title(self) -> str:
        return say(TITLES[self.what])

    @property
    def is_decided(self) -> bool:
        return bool(self.do)


@dataclass(frozen=True)
class Piece:
    """A text that goes out: what it is called for people, a key that stays, whether we can mask in it."""

    key: str
    where: str
    text: str
    may_mask: bool = False


def findings(release: Release) -> list[Finding]:
    """All that must be decided, with the decisions there are, in the order of what goes out."""
    found = []
    for piece in _pieces(release):
        seen: dict[str, int] = {}
        for one in find_personal(piece.text):
            seen[one.value] = seen.get(one.value, 0) + 1
            mark = mark_of(piece.key, one, seen[one.value])
            found.append(_finding(release, mark, one.what.value, piece, around(piece.text, one)))
    for row in _files(release):
        if what := _unseen(row):
            piece = Piece(f"file:{row.file_id}", say("附件“{name}”", name=row.name), "")
            found.append(_finding(release, _digest(f"{what}|{piece.key}"), what, piece, ""))
    return found


def undecided(release: Release) -> list[Finding]:
    """What nobody has decided yet."""
    return [one for one in findings(release) if not one.is_decided]


def refuse_secrets(release: Release) -> None:
    """A mark of secrecy anywhere in what goes out stops the release."""
    for piece in _pieces(release):
        if found := SECRET.search(piece.text):
            raise SecretMark(title=release.title, mark=found[0].strip(), where=piece.where)


def found_in_text(text: str) -> Iterator[tuple[str, Found]]:
    """Each number in the text with its mark."""
    seen: dict[str, int] = {}
    for one in find_personal(text):
        seen[one.value] = seen.get(one.value, 0) + 1
        yield mark_of("text", one, seen[one.value]), one


def mark_of(key: str, found: Found, count: int) -> str:
    """What a decision hangs on; nobody can tell the number from it."""
    return _digest(f"{found.what}|{key}|{found.value}|{count}")


def _digest(said: str) -> str:
    return salted_hmac("chuangwen.release", said, algorithm="sha256").hexdigest()[:24]


def _finding(release: Release, mark: str, what: str, piece: Piece, shown: str) -> Finding:
    said = release.decisions.get(mark, {})
    return Finding(mark, what, piece.where, shown, piece.may_mask, said.get("do", ""), said.get("why", ""))


def _pieces(release: Release) -> Iterator[Piece]:
    yield Piece("title", say("标题"), release.title)
    yield Piece("number", say("文号"), f"{release.number} {release.issuer}")
    yield Piece("text", say("正文"), release.text, may_mask=True)
    names = list(release.files.order_by("place").values_list("title", flat=True))
    yield Piece("names", say("附件名称"), "\n".join(names))
    for row in _files(release):
        for page in row.file.texts.all():
            yield Piece(
                f"file:{row.file_id}:{page.page}",
                say("附件“{name}”第 {page} 页", name=row.name, page=page.page),
                page.text,
            )


def _files(release: Release) -> Sequence[DocumentFile]:
    pages = Prefetch("file__texts", queryset=PageText.objects.order_by("page"))
    chosen: Iterable[int] = release.files.values_list("document_file_id", flat=True)
    rows = DocumentFile.objects.filter(pk__in=list(chosen)).select_related("file").prefetch_related(pages)
    return list(rows.order_by("place"))


def _unseen(row: DocumentFile) -> str:
    """What the machine cannot have checked: faces and number plates in photos, scans, files not read yet."""
    if row.file.is_photo:
        return "photo"
    texts = row.file.texts.all()
    whole = row.file.reading == Reading.READ and bool(texts) and not any(one.by_machine for one in texts)
    return "" if whole else "unread"
