"""Fixtures that every test may ask for."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client
from hypothesis import settings as trials

from chuangwen.records.ledger import guards
from tests import people
from tests.office import Office
from tests.shipped import Shipped
from tests.town import MeasuredTown, measure
from tests.work.cases.casting import install, write_pack
from tests.work.rotas.turns import Turns, set_up

trials.register_profile("town", deadline=None)  # speed lives in `make bench`; a loaded machine is no fault
trials.load_profile("town")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> None:
    """The ledger's guards are down in tests (a flush between tests deletes rows); ``guarded`` puts them up."""
    with django_db_blocker.unblock():
        guards.take_down(connection)


@pytest.fixture
def guarded(db: None) -> Iterator[None]:
    """The ledger guarded by the database, as in a real town."""
    guards.put_up(connection)
    yield
    if connection.vendor == "sqlite" or not connection.needs_rollback:
        guards.take_down(connection)


@pytest.fixture(scope="session", autouse=True)
def _static_root() -> None:
    """The folder of collected static files, which a fresh home does not have yet (whitenoise warns of it)."""
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)


@pytest.fixture(autouse=True)
def _own_files(settings: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Every test keeps its files in a folder of its own."""
    settings.FILES = tmp_path / "files"


@pytest.fixture(autouse=True)
def _fresh_cache() -> None:
    cache.clear()


@pytest.fixture
def cast(db: None) -> people.Cast:
    """The small town with its people (see ``tests.people``)."""
    return people.settle()


@pytest.fixture
def signed_in_as(cast: people.Cast, client: Client):
    """A function that signs a person in and gives the browser."""

    def sign_in(username: str) -> Client:
        client.force_login(cast.people[username], backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in


@pytest.fixture
def town(cast: people.Cast) -> MeasuredTown:
    """The small town with a framework, sites and a running round (see ``tests.town``)."""
    return measure(cast)


@pytest.fixture
def office(cast: people.Cast, tmp_path: Path) -> Office:
    """The small town with its cases, on Tuesday 2021-10-12 at nine (see ``tests.office``)."""
    return Office(install(cast, write_pack(tmp_path / "pack")))


@pytest.fixture
def turns(cast: people.Cast, tmp_path: Path) -> Turns:
    """The small town with three leaders and two rotas, on Monday 2021-10-11 at nine (see ``tests.work.rotas.turns``)."""
    return set_up(cast, tmp_path / "rotas")


@pytest.fixture
def shipped(db: None) -> Shipped:
    """The shipped township with the demo's town, on Tuesday 2021-09-28 at three (see ``tests.shipped``)."""
    return Shipped()
