"""Named reads: which documents a person sees, what they serve; where kept files stand, and whether they are whole."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from chuangwen.kernel.figures import declare
from chuangwen.kernel.words import later
from chuangwen.kit.rows import how_many
from chuangwen.records.archive.copies import public_copy
from chuangwen.records.archive.models import (
    Arrival,
    Document,
    DocumentFile,
    DocumentKind,
    FileCheck,
    Proposal,
    StoredFile,
    Use,
)
from chuangwen.records.archive.seeing import sees, sees_arrivals
from chuangwen.records.archive.storage import digest_of, place
from chuangwen.records.township.actors import Actor
from chuangwen.records.township.models import Organisation
from chuangwen.records.township.permissions import Permission


def sealed_path(file: StoredFile) -> Path:
    """The original, untouched."""
    return place(settings.FILES, "sealed", file.sha256)


def public_path(file: StoredFile, size: str = "page") -> Path:
    """What others may see of a photo: ``page`` (2000 px) or ``thumb`` (320 px), without position or device."""
    return public_copy(file.sha256, size, file.name)


def derived_path(file: StoredFile, what: str) -> Path:
    """Something made of a file and kept by its digest: ``pdf``, ``p1.jpg`` ..."""
    return place(settings.FILES, "public", f"{file.sha256}.{what}")


def damaged() -> Iterator[tuple[StoredFile, str]]:
    """Kept files whose bytes are missing or changed."""
    for file in StoredFile.objects.filter(removed_at=None).iterator(chunk_size=500):
        if state := state_of(file):
            yield file, state


def last_check() -> FileCheck | None:
    """The last look over all originals that came to its end."""
    return FileCheck.objects.exclude(ended_at=None).order_by("-ended_at", "-pk").first()


def state_of(file: StoredFile) -> str:
    """``missing`` or ``changed``; empty when the original is what it was."""
    path = sealed_path(file)
    try:
        return "" if digest_of(path) == file.sha256 else "changed"
    except OSError:
        return "changed" if path.is_file() else "missing"


def arrivals_visible_to(actor: Actor) -> QuerySet[Arrival]:
    """What came in, newest first, with all that a list shows."""
    rows = Arrival.objects.filter(sees_arrivals(actor))
    return rows.select_related("file", "unit", "person", "twin__kind", "twin__unit", "document__kind")


def waiting_arrivals(actor: Actor) -> QuerySet[Arrival]:
    """What came in and waits for a person's word."""
    return arrivals_visible_to(actor).filter(decision="")


def visible_to(actor: Actor) -> QuerySet[Document]:
    """Every document that this person may know of, the withdrawn ones too."""
    return Document.objects.filter(sees(actor))


def units_to_add_for(actor: Actor) -> QuerySet[Organisation]:
    """The units for which this person may bring documents in: the own one, those within reach; any, for own rows."""
    units = Organisation.objects.filter(closed=None).order_by("order", "pk")
    if actor.person is None or not actor.may(Permission.ADD_DOCUMENTS):
        return units.none()
    reach = actor.reach(Permission.ADD_DOCUMENTS)
    own = Q(pk=actor.organisation.pk) if actor.organisation else Q(pk__in=[])
    return units if reach.own_rows else units.filter(reach.condition("") | own)


def held_for_secrecy(actor: Actor) -> QuerySet[Proposal]:
    """Marks of secrecy about which nobody has decided, for those who may act: the newest document first."""
    if actor.person is None or not (actor.may(Permission.ADD_DOCUMENTS) or actor.may(Permission.KEEP_ARCHIVE)):
        return Proposal.objects.none()
    rows = Proposal.objects.filter(field="classified", taken=None, document__withdrawn_at=None)
    return rows.filter(document__in=visible_to(actor)).select_related("document").order_by("-document")


def in_rows(documents: QuerySet[Document]) -> QuerySet[Document]:
    """For lists: kind, unit, current files and how often each is used, in a fixed number of queries."""
    current = DocumentFile.objects.filter(superseded_at=None).select_related("file").order_by("place")
    return (
        documents.select_related("kind", "unit", "site", "item")
        .prefetch_related(Prefetch("files", queryset=current, to_attr="current"))
        .annotate(used=how_many(Use.objects.filter(document=OuterRef("pk"))))
    )


PROPOSALS = declare(
    "archive.proposals",
    later("识别建议"),
    later("机器提了建议、还没有人采用或放弃的资料，作废的不算"),
    opens=later("这些资料的清单"),
)
ARRIVALS = declare(
    "archive.arrivals", later("待处理收件"), later("收进来、还没有人决定收不收的"), opens=later("这些收件的清单")
)


def undecided(documents: QuerySet[Document]) -> QuerySet[Document]:
    """Those about which the machine has proposed something that nobody has taken or left."""
    return documents.filter(Exists(Proposal.objects.filter(document=OuterRef("pk"), taken=None)))


def unused(documents: QuerySet[Document]) -> QuerySet[Document]:
    """Those that serve nothing yet."""
    return documents.exclude(Exists(Use.objects.filter(document=OuterRef("pk"))))


def kind_called(name: str) -> str:
    """The kind of document that a word means, by title or alias; a word that none bears means the last one."""
    rows = list(DocumentKind.objects.order_by("order", "code"))
    found = next((one.pk for one in rows if name and name in {one.pk, one.title, *one.aliases}), None)
    return found or (rows[-1].pk if rows else "")


def serving(actor: Actor, kind: str, key: str) -> QuerySet[Document]:
    """The documents that serve a thing and that this person sees, the withdrawn ones left out."""
    return visible_to(actor).filter(withdrawn_at=None, serves__kind=kind, serves__key=key)


def serving_any(actor: Actor, things: Sequence[tuple[str, str]]) -> QuerySet[Document]:
    """The documents that serve one of these things (kind, key) and that this person sees, each once, the newest first."""
    wanted = Q(pk__in=[])
    for kind in {kind for kind, _key in things}:
        wanted |= Q(kind=kind, key__in=[key for one, key in things if one == kind])
    serves = Exists(Use.objects.filter(wanted, document=OuterRef("pk")))
    return visible_to(actor).filter(serves, withdrawn_at=None).order_by("-arrived_at", "-pk")


def counts_by_key(kind: str, keys: list[str]) -> dict[str, int]:
    """How many documents serve each of these things, in one query."""
    rows = Use.objects.filter(kind=kind, key__in=keys, document__withdrawn_at=None).order_by().values_list("key")
    return dict(rows.annotate(Count("document", distinct=True)))


def uses_of_file(file: StoredFile) -> QuerySet[Use]:
    """What any document with this very file serves: the earlier uses of a photo."""
    return Use.objects.filter(document__files__file=file).select_related("document__unit").distinct()


def documents_with(files: list[StoredFile]) -> QuerySet[Document]:
    """Documents that hold one of these files now or held it in an earlier version."""
    return Document.objects.filter(Q(files__file__in=files)).distinct()
