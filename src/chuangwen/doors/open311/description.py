"""These addresses as OpenAPI 3.0, for clients and for the tests that throw everything at them."""

from typing import Any


def _query(name: str, kind: str = "string") -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": {"type": kind}}


def _in_path(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def _answers(*codes: str) -> dict[str, Any]:
    return {code: {"description": "as GeoReport v2 says"} for code in ("200", "400", "404", "413", "429", *codes)}


def _get(*parameters: dict[str, Any]) -> dict[str, Any]:
    return {"get": {"parameters": list(parameters), "responses": _answers()}}


LISTED = [_query(name) for name in ("service_request_id", "service_code", "start_date", "end_date", "status")]
PAGED = [_query("page", "integer"), _query("page_size", "integer"), _query("jurisdiction_id")]
SENT = [
    "service_code",
    "lat",
    "long",
    "address_string",
    "address_id",
    "email",
    "device_id",
    "account_id",
    "first_name",
    "last_name",
    "phone",
    "description",
    "media_url",
    "client_request_id",
    "crs",
    "api_key",
    "jurisdiction_id",
]
POST = {
    "requestBody": {
        "content": {
            "application/x-www-form-urlencoded": {
                "schema": {"type": "object", "properties": {name: {"type": "string"} for name in SENT}}
            }
        }
    },
    "responses": _answers(),
}
DESCRIPTION: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "Open311 GeoReport v2", "version": "2"},
    "servers": [{"url": "/open311/v2"}],
    "paths": {
        "/services.json": _get(_query("jurisdiction_id")),
        "/services/{code}.json": _get(_in_path("code")),
        "/requests.json": {**_get(*LISTED, *PAGED), "post": POST},
        "/requests.xml": _get(*LISTED, *PAGED),
        "/requests/{number}.json": _get(_in_path("number")),
        "/tokens/{code}.json": _get(_in_path("code")),
        "/servicerequestupdates.json": _get(*LISTED),
    },
}
