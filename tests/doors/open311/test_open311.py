"""Open311 GeoReport v2, as the specification says and as a client that nobody here wrote uses it."""

import importlib
import io
import itertools
import warnings
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, given, settings
from PIL import Image
from tests.office import Office

from chuangwen.doors.open311.description import DESCRIPTION
from chuangwen.work.cases.models import Case, Reporter

ROOT = "/open311/v2"


def photo(name: str = "路灯.jpg") -> io.BytesIO:
    out = io.BytesIO()
    Image.linear_gradient("L").save(out, "JPEG")
    out.seek(0)
    out.name = name
    return out


@pytest.fixture
def reported(office: Office, client: Client):
    """Sends a request in, gives its number."""

    def send(**more: object) -> str:
        said = {"service_code": "mending.0102", "description": "垃圾没有清运\n在村口", "address_id": "V1", **more}
        answer = client.post(f"{ROOT}/requests.json", said)
        assert answer.status_code == 200, answer.content.decode()
        return answer.json()[0]["service_request_id"]

    return send


def test_lists_are_plain_arrays_and_the_same_in_xml(office, client, reported) -> None:
    number = reported()
    services = client.get(f"{ROOT}/services.json").json()
    assert [one["service_code"] for one in services] == ["mending.0102", "mending.0401"]
    assert services[0]["group"] == "市容环境"
    found = client.get(f"{ROOT}/requests.json").json()
    assert [one["service_request_id"] for one in found] == [number]
    root = ElementTree.fromstring(client.get(f"{ROOT}/requests.xml").content)
    assert root.tag == "service_requests"
    assert root.find("request/service_request_id").text == number
    definition = client.get(f"{ROOT}/services/mending.0102.json").json()
    assert definition["service_code"] == "mending.0102"


def test_a_text_is_public_only_once_verified_and_without_numbers(office, client, reported) -> None:
    number = reported(
        description="李嫂家门口积水，电话 13912345678", first_name="嫂", last_name="李", phone="13912345678"
    )
    before = client.get(f"{ROOT}/requests/{number}.json")
    assert "积水" not in before.content.decode()
    office.does(Case.objects.get(), "limin", "confirm")
    after = client.get(f"{ROOT}/requests/{number}.json").content.decode()
    assert "积水" in after
    assert "13912345678" not in after
    assert Reporter.objects.get().phone == "13912345678"


def test_states_are_open_or_closed_and_updates_follow(office, client, reported) -> None:
    number = reported()
    assert client.get(f"{ROOT}/requests/{number}.json").json()[0]["status"] == "open"
    office.does(Case.objects.get(), "limin", "refuse", text="重复")
    assert client.get(f"{ROOT}/requests.json", {"status": "closed"}).json()[0]["status_notes"] == "不予立案"
    assert client.get(f"{ROOT}/requests.json", {"status": "open"}).json() == []
    told = client.get(f"{ROOT}/servicerequestupdates.json", {"service_request_id": number}).json()
    assert [one["description"] for one in told] == ["上报", "不予立案"]


def test_a_repeated_request_is_harmless(office, client, reported) -> None:
    assert reported(client_request_id="x1") == reported(client_request_id="x1")
    assert Case.objects.count() == 1


def test_a_photo_comes_in_and_is_shown_without_metadata(office, client, reported) -> None:
    number = reported(media=photo())
    office.does(Case.objects.get(), "limin", "confirm")
    url = client.get(f"{ROOT}/requests/{number}.json").json()[0]["media_url"]
    answer = client.get(url.replace("http://testserver", ""))
    assert b"".join(answer.streaming_content).startswith(b"\xff\xd8")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"service_code": "nothing"}, "不存在"),
        ({"description": " "}, "description"),
        ({"address_id": "nowhere"}, "不是村"),
        ({"address_id": "", "address_string": ""}, "lat"),
        ({"lat": "abc", "long": "1"}, "看不懂"),
        ({"lat": "NaN", "long": "113"}, "看不懂"),
        ({"lat": "30.3", "long": "113.2", "crs": "mars"}, "看不懂"),
    ],
)
def test_what_cannot_be_taken_is_told_as_the_specification_says(office, client, more, said) -> None:
    sent = {"service_code": "mending.0102", "description": "垃圾", "address_id": "V1", **more}
    answer = client.post(f"{ROOT}/requests.json", sent)
    assert answer.status_code == 400
    assert said in answer.json()[0]["description"]
    assert ElementTree.fromstring(client.post(f"{ROOT}/requests.xml", sent).content).tag == "errors"
    assert Case.objects.count() == 0


def test_what_is_no_photo_is_refused_and_nothing_is_opened(office, client) -> None:
    bad = io.BytesIO(b"no photo at all")
    bad.name = "x.jpg"
    answer = client.post(
        f"{ROOT}/requests.json",
        {"service_code": "mending.0102", "description": "垃圾", "address_id": "V1", "media": bad},
    )
    assert answer.status_code == 400
    assert Case.objects.count() == 0


def test_chinese_coordinates_are_converted_once_and_kept_raw(office, client, reported) -> None:
    reported(lat="30.30", long="113.20", crs="gcj02")
    case = Case.objects.get()
    assert (case.raw_place["lon"], case.raw_place["crs"]) == ("113.20", "gcj02")
    assert abs(float(case.lon) - 113.20) > 0.003


def test_one_device_is_held_back_and_its_village_is_not(office, client, reported) -> None:
    for _ in range(10):
        reported(device_id="loud")
    sent = {"service_code": "mending.0102", "description": "垃圾", "address_id": "V1"}
    assert client.post(f"{ROOT}/requests.json", {**sent, "device_id": "loud"}).status_code == 429
    assert client.post(f"{ROOT}/requests.json", {**sent, "device_id": "quiet"}).status_code == 200


def test_guarded_cases_never_appear(office, client) -> None:
    office.finds()
    case = Case.objects.get()
    Case.objects.filter(pk=case.pk).update(guard="guarded")
    assert client.get(f"{ROOT}/requests.json").json() == []


@pytest.mark.django_db(transaction=True)
def test_a_client_from_pypi_creates_lists_and_follows_a_chinese_request(office, live_server, monkeypatch) -> None:
    """``three`` is Code for America's client, unchanged; it asks for a name that only Python 2 had."""
    monkeypatch.setattr(itertools, "ifilter", filter, raising=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        three = importlib.import_module("three.core")
    town = three.Three(f"{live_server.url}/open311/v2/")
    assert town.services()[0]["service_code"] == "mending.0102"
    made = town.post("mending.0102", description="村口路灯坏了", address_id="V1", media=photo())
    number = made[0]["service_request_id"]
    office.does(Case.objects.get(), "limin", "confirm")
    followed = town.request(number)[0]
    assert followed["status"] == "open"
    assert followed["description"].startswith("村口路灯坏了")
    assert Case.objects.get().attachments.count() == 1
    assert [one["service_request_id"] for one in town.requests()] == [number]
    town.session.close()


@pytest.mark.parametrize(
    "operation", list(schemathesis.openapi.from_dict(DESCRIPTION).get_all_operations()), ids=lambda one: one.ok().label
)
def test_schemathesis_finds_no_fault_of_the_server(office, client, operation) -> None:
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(case=operation.ok().as_strategy())
    def throw(case) -> None:
        sent = case.as_transport_kwargs(base_url="http://testserver")
        path = sent["url"].replace("http://testserver", "")
        query = urlencode(sent.get("params") or {}, doseq=True)
        path = f"{path}?{query}" if query else path
        body = sent.get("data") if isinstance(sent.get("data"), dict) else {}
        answer = client.post(path, body) if sent["method"] == "POST" else client.generic(sent["method"], path)
        assert answer.status_code < 500, (sent, answer.content[:300])

    throw()
