"""Large files over broken lines: the tus protocol 1.0 (core, creation, expiration, termination) under /archive/uploads/.

Any tus client can send: it signs in as a person, and gives the token against forged requests as the header X-CSRFToken.
``Upload-Metadata`` knows ``filename``, ``unit`` (a code; the own unit without it), ``batch``, and ``inside``: the folder
that the file lay in.
"""

import base64
import binascii
from collections.abc import Callable, Iterator
from functools import wraps

from django.conf import settings
from django.http import HttpResponse, HttpResponseNotAllowed
from django.urls import reverse
from django.utils.http import http_date

from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later, say
from chuangwen.kit import clock
from chuangwen.kit.asked import whole
from chuangwen.kit.doors import needs
from chuangwen.kit.refusals import NotFound
from chuangwen.records.archive import uploading
from chuangwen.records.archive.arriving import STEP
from chuangwen.records.archive.models import Upload
from chuangwen.records.archive.uploading import LIFE, Wish
from chuangwen.records.township.models import Organisation
from chuangwen.records.township.permissions import Permission
from chuangwen.records.township.requests import TownRequest

VERSION = "1.0.0"
EXTENSIONS = "creation,expiration,termination"
PIECE = "application/offset+octet-stream"
View = Callable[..., HttpResponse]


class BadUpload(Refusal):
    """A request that is not as the protocol says."""

    code = "bad_upload"
    sentence = later("上传请求不合规范：{why}。")
    status = 400


class WrongVersion(Refusal):
    code = "tus_version"
    sentence = later("只支持 tus 协议 1.0.0。")
    status = 412


class WrongKind(Refusal):
    code = "wrong_kind"
    sentence = later("每一段的 Content-Type 应是 application/offset+octet-stream。")
    status = 415


def in_protocol(*methods: str) -> Callable[[View], View]:
    """Say the version in every answer, and a refusal in plain words with its own status."""

    def wrapped(view: View) -> View:
        @wraps(view)
        def spoken(request: TownRequest, *args: str, **kwargs: str) -> HttpResponse:
            if request.method not in methods:
                return HttpResponseNotAllowed(methods)
            try:
                if request.method != "OPTIONS" and request.headers.get("Tus-Resumable") != VERSION:
                    raise WrongVersion
                answer = view(request, *args, **kwargs)
            except Refusal as no:
                answer = HttpResponse(str(no), status=no.status, content_type="text/plain; charset=utf-8")
                answer["Tus-Version"] = VERSION
            answer["Tus-Resumable"] = VERSION
            answer["Cache-Control"] = "no-store"
            return answer

        return needs(Permission.ADD_DOCUMENTS)(spoken)

    return wrapped


@in_protocol("OPTIONS", "POST")
def uploads(request: TownRequest) -> HttpResponse:
    """What this server can (OPTIONS); a new file (POST)."""
    if request.method == "OPTIONS":
        told = {"Tus-Version": VERSION, "Tus-Extension": EXTENSIONS, "Tus-Max-Size": str(settings.LARGEST_BYTES)}
        return HttpResponse(status=204, headers=told)
    said = _metadata(request.headers.get("Upload-Metadata", ""))
    wish = Wish(
        name=said.get("filename") or said.get("name") or say("文件"),
        size=_number(request, "Upload-Length"),
        unit=_unit(request, said.get("unit", "")),
        batch=said.get("batch", ""),
        inside=said.get("inside", ""),
    )
    upload = uploading.begin(wish, by=request.actor, at=clock.real_now())
    place = request.build_absolute_uri(reverse("archive_upload", args=[upload.key]))
    return HttpResponse(status=201, headers={"Location": place, **_standing(upload)})


@in_protocol("HEAD", "PATCH", "DELETE")
def one_upload(request: TownRequest, key: str) -> HttpResponse:
    """How far a file has come (HEAD), its next piece (PATCH), given up (DELETE)."""
    upload = uploading.find(key, request.actor)
    if request.method == "DELETE":
        uploading.abandon(upload)
        return HttpResponse(status=204)
    if request.method == "PATCH":
        if request.content_type != PIECE:
            raise WrongKind
        upload = uploading.go_on(upload, _number(request, "Upload-Offset"), _pieces(request), at=clock.real_now())
    if uploading.is_whole(upload):
        uploading.finish(upload, by=request.actor, at=request.at)
    return HttpResponse(status=200 if request.method == "HEAD" else 204, headers=_standing(upload))


def _pieces(request: TownRequest) -> Iterator[bytes]:
    while piece := request.read(STEP):
        yield piece


def _standing(upload: Upload) -> dict[str, str]:
    return {
        "Upload-Offset": str(upload.offset),
        "Upload-Length": str(upload.size),
        "Upload-Expires": http_date((upload.touched_at + LIFE).timestamp()),
        "Chuangwen-Batch": upload.batch,
    }


def _number(request: TownRequest, name: str) -> int:
    text = request.headers.get(name, "")
    number = whole(text, least=int(name == "Upload-Length"), most=10**15)
    if number is None:
        raise BadUpload(why=say("缺少 {name}，或不是正整数", name=name))
    return number


def _metadata(text: str) -> dict[str, str]:
    """Keys with values in base64, separated by commas."""
    found = {}
    for pair in filter(None, (one.strip() for one in text.split(","))):
        key, _, value = pair.partition(" ")
        try:
            found[key] = base64.b64decode(value.strip(), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError) as wrong:
            raise BadUpload(why=say("Upload-Metadata 的 {name} 不是 base64", name=key[:40])) from wrong
    return found


def _unit(request: TownRequest, code: str) -> Organisation:
    unit = Organisation.objects.filter(code=code).first() if code else request.actor.organisation
    if unit is None:
        raise NotFound(what=say("单位“{unit}”", unit=code[:40]))
    return unit
