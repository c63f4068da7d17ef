"""Sending a file that goes out to the public: nothing that a browser would run, nothing of where a photo was taken."""

from django.http import FileResponse
from django.utils.http import content_disposition_header

from chuangwen.doors.disclosure.showing import Attachment
from chuangwen.kernel.words import say
from chuangwen.kit.refusals import NotFound


def sent(one: Attachment) -> FileResponse:
    """A paper to be saved, a photo to be looked at."""
    if not one.path.is_file():
        raise NotFound(what=say("这个附件"))
    answer = FileResponse(one.path.open("rb"), content_type=one.media_type)
    header = content_disposition_header(as_attachment=not one.is_photo, filename=one.name)
    answer["Content-Disposition"] = header or "attachment"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
