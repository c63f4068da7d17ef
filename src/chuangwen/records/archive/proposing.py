"""What the machine reads in a document and proposes for its facts: each with the words it rests on and how sure it is.

A mark of secrecy found is at work at once (``policy.why_not_use``); everything else waits for a person.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from chuangwen.kernel.official_text import Finding, findings
from chuangwen.records.archive.models import Document, DocumentKind, PageText, Proposal, StoredFile

FIRST, LAST = 40, 5  # pages looked at
LEAST = 40
DOUBT = 10  # less sure of what was recognised from a picture
Worded = Sequence[tuple[str, Sequence[str]]]


def propose_for_file(file: StoredFile) -> None:
    """After the text of a file was read: for every document that holds it now."""
    for document in Document.objects.filter(files__file=file, files__superseded_at=None).distinct():
        propose(document)


def propose(document: Document) -> list[Proposal]:
    """Write down what the text says beyond what the document states already; undecided proposals are made anew."""
    texts = _texts(document)
    decided = set(document.proposals.exclude(taken=None).values_list("field", "value"))
    document.proposals.filter(taken=None).delete()
    if not texts:
        return []
    pages = [(number, row.text) for number, row in enumerate(texts, start=1)]
    found = [_placed(one, texts) for one in findings(pages)]
    source = "ocr" if any(row.by_machine for row in texts) else "text"
    found += _kind(found, document)
    told = stated(document)
    rows = [
        Proposal(
            document=document,
            field=one.field,
            value=one.value[:200],
            quote=one.quote[:300],
            page=one.page,
            source=source,
            sure=one.sure - DOUBT * (source == "ocr"),
        )
        for one in found
        if one.sure >= LEAST and told.get(one.field) != one.value and (one.field, one.value[:200]) not in decided
    ]
    return Proposal.objects.bulk_create(rows)


def _texts(document: Document) -> list[PageText]:
    """The first and last pages of the document's first file that has any text."""
    for row in document.files.filter(superseded_at=None).order_by("place"):
        texts = list(PageText.objects.filter(file=row.file_id).exclude(text="").order_by("page")[:FIRST])
        if texts:
            last = PageText.objects.filter(file=row.file_id, page__gt=texts[-1].page).exclude(text="").order_by("-page")
            return texts + list(reversed(last[:LAST]))
    return []


def _placed(one: Finding, texts: Sequence[PageText]) -> Finding:
    return replace(one, page=texts[one.page - 1].page)


def stated(document: Document) -> dict[str, str]:
    """The facts that a document states, in the words of proposals."""
    return {
        "title": document.title,
        "number": document.number,
        "issuer": document.issuer,
        "dated": document.dated.isoformat() if document.dated else "",
        "kind": document.kind_id,
    }


def _kind(found: Iterable[Finding], document: Document) -> list[Finding]:
    """The kind that the title's last word tells; the title as read, or as given."""
    title = next((one for one in found if one.field == "title"), None)
    title = title or Finding("title", document.title, document.title, 1, 60)
    worded = [(code, words) for code, words in DocumentKind.objects.values_list("code", "words") if words]
    told = kind_by_words(title.value, worded)
    return [Finding("kind", told[0], title.quote, title.page, min(told[1], title.sure))] if told else []


def kind_by_words(title: str, worded: Worded) -> tuple[str, int] | None:
    """The kind whose word ends last in the title, the longer of two; how sure: most at the very end.

    >>> kind_by_words("关于报送情况说明的通知", [("norm", ["通知"]), ("report", ["情况说明"])])
    ('norm', 85)
    """
    bare = title.rstrip("》」”）) ").rsplit("（", 1)[0] if title.endswith("）") else title.rstrip("》」”) ")
    ends = [
        (place + len(word), len(word), code)
        for code, words in worded
        for word in words
        if (place := bare.rfind(word)) >= 0
    ]
    if not ends:
        return None
    end, _, code = max(ends)
    return code, 85 if end == len(bare) else 50
