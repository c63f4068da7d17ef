"""A file that somebody sends: there, not empty, not too large."""

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest

from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later


class NoFile(Refusal):
    """Nothing was chosen, or the file is empty."""

    code = "no_file"
    sentence = later("没有收到文件，或文件是空的。请选一个文件再提交。")
    status = 422


class FileTooLarge(Refusal):
    """More than this installation takes."""

    code = "file_too_large"
    sentence = later("“{file}”有 {size} MB，超过 {most} MB 的上限。请拆成几份。")
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
