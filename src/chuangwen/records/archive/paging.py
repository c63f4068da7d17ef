"""The pages of a file as a PDF, whatever it came as: itself, or what LibreOffice made of it (kept by its digest)."""

import tempfile
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from django.conf import settings

from chuangwen.kernel.apart import Apart
from chuangwen.kernel.office import NoOffice, office_program
from chuangwen.kernel.refusal import Refusal
from chuangwen.records.archive import storage
from chuangwen.records.archive.copies import OriginalMissing
from chuangwen.records.archive.models import StoredFile
from chuangwen.records.archive.queries import derived_path, sealed_path

PDF = "application/pdf"
OFFICE_MEGABYTES = 4096
ENDINGS = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
    "application/msword": "doc",
    "application/vnd.ms-excel": "xls",
    "application/vnd.ms-powerpoint": "ppt",
    "application/vnd.ms-works": "doc",
    "application/vnd.oasis.opendocument.text": "odt",
    "application/rtf": "rtf",
    "text/rtf": "rtf",
}
SAME = {"wps": "doc", "wpt": "doc", "dot": "doc", "et": "xls", "dps": "ppt"}
OFFICE = {"docx", "xlsx", "pptx", "doc", "xls", "ppt", "odt", "ods", "odp", "rtf", *SAME}


def office_ending(file: StoredFile) -> str:
    """The ending by which LibreOffice knows this file; empty when it is no office file."""
    ending = file.name.lower().rpartition(".")[2]
    ending = ending if ending in OFFICE else ENDINGS.get(file.media_type, "")
    return SAME.get(ending, ending)


def original(file: StoredFile) -> Path:
    """Where the bytes are; refuses when they are gone."""
    path = sealed_path(file)
    if not path.is_file():
        raise OriginalMissing(name=file.name)
    return path


class Children:
    """The child processes that one run of a job needs, each begun when first asked."""

    def __init__(self) -> None:
        self.stack = ExitStack()
        self.children: dict[str, Apart] = {}
        self.room: Path | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, wrong: BaseException | None, at: TracebackType | None) -> None:
        self.stack.close()

    def ask(self, module: str, question: dict[str, Any], *, name: str, megabytes: int = 0) -> dict[str, Any]:
        """The answer of the child that runs ``chuangwen.kernel.<module>``."""
        if module not in self.children:
            child = Apart(
                f"chuangwen.kernel.{module}",
                seconds=settings.READ_SECONDS,
                megabytes=megabytes or settings.READ_MEGABYTES,
            )
            self.children[module] = self.stack.enter_context(child)
        return self.children[module].ask({**question, "name": name}, name=name)

    def as_pdf(self, file: StoredFile) -> Path | None:
        """The file as a PDF; None for what has no pages. Raises Refused when its child said no."""
        if file.media_type == PDF:
            return original(file)
        ending = office_ending(file)
        if not ending:
            return None
        kept = derived_path(file, "pdf")
        if kept.is_file():
            return kept
        if not office_program():
            raise NoOffice(file=file.name)
        if self.room is None:
            self.room = Path(self.stack.enter_context(tempfile.TemporaryDirectory(prefix="chuangwen-office-")))
        into = self.room / "made.pdf"
        question = {"path": str(original(file)), "ending": ending, "into": str(into), "folder": str(self.room)}
        refused(self.ask("office", question, name=file.name, megabytes=OFFICE_MEGABYTES))
        return storage.keep(settings.FILES, "public", f"{file.sha256}.pdf", into.read_bytes())


class Refused(Refusal):
    """What a child refused, in its own words."""

    code = "refused_apart"
    sentence = "{why}"
    status = 422


def refused(answer: dict[str, Any]) -> dict[str, Any]:
    """The answer, or the refusal that it is."""
    if "refused" in answer:
        raise Refused(why=answer["why"])
    return answer
