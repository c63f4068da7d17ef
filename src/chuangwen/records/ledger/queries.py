"""Reading the ledger."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db.models import Q, QuerySet

from chuangwen.kernel.chain import canonical
from chuangwen.kernel.words import later, say
from chuangwen.records.ledger.models import Note

AT_ONCE = 500
HEADINGS = [
    later("序号"),
    later("时间"),
    later("账号"),
    later("姓名"),
    later("单位"),
    later("动作"),
    later("对象类别"),
    later("对象编号"),
    later("对象名称"),
    later("变更前"),
    later("变更后"),
    later("上一条指纹"),
    later("本条指纹"),
]


def notes_about(kind: str, key: str) -> QuerySet[Note]:
    """The history of one thing, newest first."""
    return Note.objects.filter(kind=kind, key=key).order_by("-number")


def said_before(kind: str, keys: Sequence[str]) -> dict[str, list[dict[str, object]]]:
    """For each of these things all values that stood once and were replaced, as its notes keep them."""
    found: dict[str, list[dict[str, object]]] = {}
    for begin in range(0, len(keys), AT_ONCE):
        notes = Note.objects.filter(kind=kind, key__in=keys[begin : begin + AT_ONCE]).order_by("number")
        for key, before in notes.values_list("key", "before"):
            found.setdefault(key, []).append(before)
    return found


def search(
    words: str = "", *, username: str = "", kind: str = "", since: datetime | None = None, until: datetime | None = None
) -> QuerySet[Note]:
    """Notes that match all that is given, newest first; ``until`` itself is not included."""
    found = Note.objects.order_by("-number")
    for word in words.split():
        found = found.filter(
            Q(title__icontains=word) | Q(name__icontains=word) | Q(verb__icontains=word) | Q(key__icontains=word)
        )
    exact = {"username": username, "kind": kind, "at__gte": since, "at__lt": until}
    return found.filter(**{key: value for key, value in exact.items() if value})


def headings() -> list[str]:
    """The headings of an export, in the reader's language."""
    return [say(one) for one in HEADINGS]


def rows(notes: QuerySet[Note]) -> Iterator[list[str | int]]:
    """Notes as rows of an export, in the order of ``headings``; digests included, so that it can be checked elsewhere."""
    for note in notes.iterator(chunk_size=2000):
        yield [
            note.number,
            note.at.isoformat(),
            note.username,
            note.name,
            note.organisation,
            note.verb,
            note.kind,
            note.key,
            note.title,
            canonical(note.before),
            canonical(note.after),
            note.previous,
            note.hash,
        ]
