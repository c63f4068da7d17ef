"""Reading one year's submission whole, in a fixed number of queries however many standards and documents it has."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from django.db.models import Q

from chuangwen.records.archive.models import DocumentFile, DocumentKind, PageText, Question, StoredFile
from chuangwen.records.archive.policy import secrecy_of
from chuangwen.records.archive.rules import rules_in_force as archive_rules
from chuangwen.records.archive.serving import kinds_by_name
from chuangwen.records.duties.queries import DutyLine, of_requirements, of_standards
from chuangwen.records.measures.material_queries import Standing as GradeStanding
from chuangwen.records.measures.material_queries import materials_of
from chuangwen.records.township.models import Deadline
from chuangwen.results.submission.counts import asked
from chuangwen.results.submission.models import Entry, Overrule, Pick, Submission
from chuangwen.results.submission.rules import Rules, rules_in_force
from chuangwen.results.submission.shapes import OTHER, Board, Need, Piece, Standing

# What is asked of a file: thousands are read at once, so the rest of their columns stays where it is.
WANTED = ("sha256", "size", "media_type", "name", "is_photo", "width", "height", "pages", "taken_at")
MOST_PAGES = 3  # of a table or report; more says nothing new about its figures


def submission_of(year: int) -> Submission | None:
    """The year's submission with its round and editions, without their long contents."""
    rows = Submission.objects.select_related("round", "edition", "companion")
    return rows.defer("round__frozen", "edition__content", "companion__content").filter(year=year).first()


def editions_of(submission: Submission) -> list[int]:
    """The main edition, then its companion."""
    return [one for one in (submission.edition_id, submission.companion_id) if one]


def board_of(submission: Submission, only: Q | None = None) -> Board:
    """The submission, or those of its entries that ``only`` names, with all that its pages and checks ask for."""
    rules, kinds = rules_in_force(), {one.pk: one for one in DocumentKind.objects.order_by("order", "code")}
    deadline = _deadline(submission.year, rules)
    due = units_day(submission.year, rules)
    leads = {node: line for edition in editions_of(submission) for node, line in of_standards(edition).items()}
    needs = _needs(submission, kinds, leads, due)
    entries = _entries(submission, only)
    pieces = _pieces(entries, kinds)
    overrules: dict[int, dict[tuple[str, str], Overrule]] = defaultdict(dict)
    for one in Overrule.objects.filter(entry__submission=submission):
        overrules[one.entry_id][one.code, one.key] = one
    standings = [
        Standing(
            entry=entry,
            node=entry.node,
            lead=leads.get(entry.node_id),
            needs=needs.get(entry.node_id, ()),
            pieces=pieces.get(entry.pk, ()),
            overrules=overrules.get(entry.pk, {}),
        )
        for entry in entries
    ]
    window = archive_rules().window_of(submission.year)
    photos = [file.pk for one in standings for piece in one.pieces for file in piece.photos]
    shared = _shared(submission, standings, whole=only is None)
    return Board(submission, rules, window, kinds, deadline, standings, _questions(photos), shared)


def _entries(submission: Submission, only: Q | None) -> list[Entry]:
    rows = Entry.objects.filter(submission=submission).select_related("node", "signer")
    rows = rows.filter(only) if only is not None else rows
    return sorted(rows, key=lambda one: (one.node.edition_id != submission.edition_id, one.node.position))


def units_day(year: int, rules: Rules | None = None) -> date | None:
    """By when units hand in: so many days before the submission's own deadline; ``None`` where the town has set none."""
    rules = rules or rules_in_force()
    deadline = _deadline(year, rules)
    return deadline - timedelta(days=rules.late.days_before) if deadline else None


def _deadline(year: int, rules: Rules) -> date | None:
    code = f"{rules.late.deadline}-{year}"
    return Deadline.objects.filter(code=code).values_list("date", flat=True).first()


def _needs(
    submission: Submission, kinds: Mapping[str, DocumentKind], leads: Mapping[int, DutyLine], due: date | None
) -> dict[int, list[Need]]:
    """What each standard asks for, by the key of the standard."""
    names = kinds_by_name(kinds.values())
    own = {key: line for edition in editions_of(submission) for key, line in of_requirements(edition).items()}
    found: dict[int, list[Need]] = defaultdict(list)
    for one in materials_of(submission.round):
        row = one.requirement
        lead = own.get(row.pk) or leads.get(row.node_id)
        found[row.node_id].append(
            Need(
                requirement=row,
                kind=names.get(row.kind, OTHER),
                asked=asked(row.count),
                lead=lead,
                due=min(due, lead.due or due) if lead and due else due,
                grade=one.grade.grade if one.grade and one.standing is GradeStanding.COUNTED else "",
                served=frozenset(found.document for found in one.documents),
            )
        )
    return found


def _pieces(entries: Sequence[Entry], kinds: Mapping[str, DocumentKind]) -> dict[int, list[Piece]]:
    """What was chosen, by entry, in order."""
    picks = Pick.objects.filter(entry__in=[one.pk for one in entries], out_at=None)
    picks = picks.select_related("document__kind", "document__unit", "requirement").order_by("place", "pk")
    names, marks = kinds_by_name(kinds.values()), secrecy_of([one.document for one in picks])
    files = _files([one.document_id for one in picks])
    told = [one.document_id for one in picks if "figures" in one.document.kind.needs]
    texts = _texts([file.pk for document in told for file in files.get(document, ())])
    found: dict[int, list[Piece]] = defaultdict(list)
    for pick in picks:
        mine = files.get(pick.document_id, [])
        kind = names.get(pick.requirement.kind, OTHER) if pick.requirement else pick.document.kind_id
        mark = marks.get(pick.document_id, "")
        read = {file.pk: texts[file.pk] for file in mine if file.pk in texts and not mark}
        found[pick.entry_id].append(Piece(pick, pick.document, kind, mine, read, mark))
    return found


def _files(documents: Sequence[int]) -> dict[int, list[StoredFile]]:
    """The current files of documents, in order."""
    found: dict[int, list[StoredFile]] = defaultdict(list)
    rows = DocumentFile.objects.filter(document__in=documents, superseded_at=None).select_related("file")
    rows = rows.only("document", *(f"file__{name}" for name in WANTED))
    for row in rows.order_by("document", "place"):
        found[row.document_id].append(row.file)
    return found


def _texts(files: Sequence[int]) -> dict[int, str]:
    found: dict[int, list[str]] = defaultdict(list)
    rows = PageText.objects.filter(file__in=files, page__lte=MOST_PAGES).order_by("file", "page")
    for file, text in rows.values_list("file_id", "text"):
        found[file].append(text)
    return {file: "\n".join(pages) for file, pages in found.items()}


def _questions(photos: Sequence[int]) -> dict[int, list[Question]]:
    found: dict[int, list[Question]] = defaultdict(list)
    for one in Question.objects.filter(file__in=photos).order_by("pk"):
        found[one.file_id].append(one)
    return found


def _shared(submission: Submission, standings: Sequence[Standing], *, whole: bool) -> dict[int, list[str]]:
    """Photos that stand in more than one standard of the submission, with the codes."""
    found: dict[int, list[str]] = defaultdict(list)
    for standing in standings:
        for file in {file.pk for piece in standing.pieces for file in piece.photos}:
            found[file].append(standing.code)
    if not whole:
        rows = Pick.objects.filter(entry__submission=submission, out_at=None, document__files__superseded_at=None)
        rows = rows.filter(document__files__file__in=list(found)).order_by("entry__node__position")
        for file, code in rows.values_list("document__files__file_id", "entry__node__code"):
            if code not in found[file]:
                found[file].append(code)
    return {file: codes for file, codes in found.items() if len(codes) > 1}
