"""What a posted form says of a case: answers, photos already received or new, the mark against repeats."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.core.files.uploadedfile import UploadedFile

from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import say
from chuangwen.kit.asked import whole
from chuangwen.kit.handles import digests, handle
from chuangwen.records.archive.actions import keep_file, keep_photo
from chuangwen.records.archive.models import StoredFile
from chuangwen.records.township.requests import TownRequest
from chuangwen.work.cases.definitions import CaseTypeRow, MoveRow
from chuangwen.work.cases.said import Said


@dataclass
class Posted:
    """A form as it came. ``kept`` are photos and papers received so far: an error elsewhere does not lose them."""

    values: dict[str, list[str]] = field(default_factory=dict)
    text: str = ""
    version: int | None = None
    mark: str = ""
    kept: list[StoredFile] = field(default_factory=list)
    wrong: dict[str, str] = field(default_factory=dict)
    refusal: Refusal | None = None
    sender: str = ""

    @property
    def photos(self) -> list[StoredFile]:
        return [one for one in self.kept if one.is_photo]

    @property
    def files(self) -> list[StoredFile]:
        return [one for one in self.kept if not one.is_photo]

    @property
    def handles(self) -> list[tuple[str, str]]:
        """What the form carries on for files received so far: handle and name."""
        return [(handle(one.sha256, self.sender), one.name) for one in self.kept]

    def said(self) -> Said:
        """The same for the action."""
        return Said(dict(self.values), self.text, self.photos, self.files, self.version, self.mark)


def _sender(request: TownRequest) -> str:
    return f"person:{request.actor.person_id}"


def read_post(request: TownRequest, type_: CaseTypeRow, move: MoveRow) -> Posted:
    """Take the form in; a photo that cannot be taken is told, the rest stays."""
    post = request.POST
    version = post.get("version", "")
    found = Posted(
        values={row.id: post.getlist(f"f-{row.id}") for row in type_.fields_of(move)},
        text=post.get("text", ""),
        version=whole(version),
        mark=post.get("mark", "")[:80],
        kept=list(StoredFile.objects.filter(sha256__in=digests(post.getlist("kept")[:20], _sender(request)))),
        sender=_sender(request),
    )
    for name in ("photos", "files"):
        for file in request.FILES.getlist(name)[:20]:
            if isinstance(file, UploadedFile):
                _take(request, name, file, found)
    return found


def _take(request: TownRequest, name: str, file: "UploadedFile[bytes]", found: Posted) -> None:
    keep = keep_photo if name == "photos" else keep_file
    try:
        row = keep(file.read(), file.name or say("照片"), by=request.actor, at=request.at)
    except Refusal as no:
        found.refusal = no
        return
    if row not in found.kept:
        found.kept.append(row)


def asked_of(values: Mapping[str, Sequence[str]], name: str) -> str:
    """The first value of a field."""
    return next(iter(values.get(name, ())), "")
