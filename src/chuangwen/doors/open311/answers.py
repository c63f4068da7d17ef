"""GeoReport v2 answers: the same plain lists as JSON or as XML, errors as the specification says."""

from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree import ElementTree

from django.http import HttpResponse, JsonResponse

Row = Mapping[str, Any]
NAMES = {
    "services": "service",
    "service_requests": "request",
    "errors": "error",
    "service_request_updates": "request_update",
    "attributes": "attribute",
    "values": "value",
}


def answer(name: str, rows: "Sequence[Row] | Row", form: str, status: int = 200) -> HttpResponse:
    """Rows under their name; JSON is the bare list (or object), as GeoReport v2 asks."""
    if form == "xml":
        body = ElementTree.tostring(_element(name, rows), encoding="utf-8", xml_declaration=True)
        return HttpResponse(body, content_type="text/xml; charset=utf-8", status=status)
    return JsonResponse(rows, safe=False, status=status, json_dumps_params={"ensure_ascii": False})


def refused(code: int, description: str, form: str) -> HttpResponse:
    """An error, told in the form that was asked for."""
    return answer("errors", [{"code": code, "description": description}], form, status=code)


def _element(name: str, value: Any) -> ElementTree.Element:
    made = ElementTree.Element(name)
    if isinstance(value, Mapping):
        for key, one in value.items():
            made.append(_element(str(key), one))
    elif isinstance(value, list | tuple):
        for one in value:
            made.append(_element(NAMES.get(name, "item"), one))
    elif value is not None:
        text = str(value).lower() if isinstance(value, bool) else str(value)
        made.text = "".join(
            sign for sign in text if sign in "\t\n\r" or (ord(sign) >= 32 and ord(sign) not in (0xFFFE, 0xFFFF))
        )
    return made
