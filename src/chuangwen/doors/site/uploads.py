"""Files that somebody sends by form: one that is there, not empty, not too large; many for the archive."""

from collections.abc import Iterator
from dataclasses import replace

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest

from chuangwen.kernel.names import tidy_folder
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import lasting
from chuangwen.records.archive.arriving import Incoming, Road
from chuangwen.records.archive.roads import expand
from chuangwen.records.township.models import Organisation


class NoFile(Refusal):
    """Nothing was chosen, or the file is empty."""

    code = "no_file"
    sentence = lasting("没有收到文件，或文件是空的。请选一个文件再提交。")
    status = 422


class FileTooLarge(Refusal):
    """More than this installation takes."""

    code = "file_too_large"
    sentence = lasting("“{file}”有 {size} MB，超过 {most} MB 的上限。请拆成几份。")
    status = 413


def uploaded(request: HttpRequest, name: str) -> "UploadedFile[bytes]":
    """The file of this field, or a refusal."""
    file = request.FILES.get(name)
    if not isinstance(file, UploadedFile) or not file.size:
        raise NoFile
    if file.size > settings.UPLOAD_MOST_BYTES:
        most = settings.UPLOAD_MOST_BYTES // 1_000_000
        raise FileTooLarge(file=file.name, size=file.size // 1_000_000, most=most)
    return file


def sent(request: HttpRequest, name: str, unit: Organisation, *, inside: str = "") -> Iterator[Incoming]:
    """All files of this field as things for the archive, zips and mails opened; one that is too large has its problem.

    Take each in before asking for the next. Larger files come by ``upload_views``. ``inside``: the folder they lay in.
    """
    inside = tidy_folder(inside)
    road = Road.FOLDER if inside else Road.PAGE
    for file in request.FILES.getlist(name):
        if not isinstance(file, UploadedFile):
            continue
        one = Incoming(file.name or "", unit, road, inside, source=file.chunks)
        if file.size and file.size > settings.UPLOAD_MOST_BYTES:
            most = settings.UPLOAD_MOST_BYTES // 1_000_000
            problem = FileTooLarge(file=one.name, size=file.size // 1_000_000, most=most)
            yield replace(one, source=None, problem=problem)
        else:
            yield from expand(one)
