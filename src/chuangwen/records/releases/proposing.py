"""What a document proposes for its public page: a proposal is a proposal until a person takes it."""

from datetime import date

from chuangwen.records.archive.models import Document, DocumentFile, PageText
from chuangwen.records.archive.rules import Rules
from chuangwen.records.releases.actions import ReleaseSaid
from chuangwen.records.releases.heads import Head, head_of
from chuangwen.records.releases.queries import current_files

MOST_TEXT = 200_000


def proposed_from(document: Document, rules: Rules, *, today: date) -> ReleaseSaid:
    """The fields from the document's own facts and from the head of the page it was taken from, if it has one.

    The category goes by the words of the title, the text is that of the first paper.
    """
    files = current_files(document)
    papers = [one for one in files if not one.file.is_photo]
    head = head_of(_text(papers[0], document.title)) if papers else Head()
    shown = {papers[0].pk} if head.text and papers[0].file.media_type == "text/plain" else set()
    said = head.fields
    known = [one.title for one in rules.information]
    return ReleaseSaid(
        title=document.title,
        category=said["category"] if said.get("category") in known else _category(document, rules),
        issuer=said.get("issuer") or document.issuer or (rules.fonds.name if rules.fonds else document.unit.name),
        issued_on=_day(said.get("issued_on", "")) or document.dated or today,
        number=document.number or said.get("number", ""),
        text=head.text,
        index_number=said.get("index_number", ""),
        files=tuple((one.pk, public_name(one)) for one in files if one.pk not in shown),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def public_name(row: DocumentFile) -> str:
    """A file's name without its ending."""
    stem, dot, ending = row.name.rpartition(".")
    return stem if dot and stem and len(ending) <= 5 else row.name


def _category(document: Document, rules: Rules) -> str:
    """The category whose word stands last in the title: a notice about a plan is a notice."""
    places = [
        (document.title.rfind(word), len(word), row.title)
        for row in rules.information
        for word in row.words
        if word in document.title
    ]
    return max(places)[2] if places else rules.information[-1].title if rules.information else ""


def _text(row: DocumentFile, title: str) -> str:
    """The pages that were read, one after another; a first line that is the title again is left out."""
    pages = PageText.objects.filter(file=row.file).order_by("page").values_list("text", flat=True)
    lines = "\n".join(pages)[:MOST_TEXT].strip().splitlines()
    bare = "".join(title.split())
    while lines and (not lines[0].strip() or "".join(lines[0].split()) == bare):
        lines.pop(0)
    return "\n".join(lines)
