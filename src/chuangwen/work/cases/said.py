"""What somebody says when opening a case or taking a move: plain data from a page, a phone, the API or a command."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from chuangwen.records.archive.models import StoredFile
from chuangwen.records.township.models import Organisation, Site
from chuangwen.work.cases.models import Case


@dataclass(frozen=True)
class Said:
    """One move. ``version`` is the version of the case that the person looked at (``None``: does not care); ``mark``

    is the sender's own name for this step: the same mark again changes nothing.
    """

    answers: Mapping[str, object] = field(default_factory=dict)
    text: str = ""
    photos: Sequence[StoredFile] = ()
    files: Sequence[StoredFile] = ()
    version: int | None = None
    mark: str = ""


@dataclass(frozen=True)
class Place:
    """A position in WGS-84, and the pair as it came (``raw``: lon, lat, crs, accuracy)."""

    lon: Decimal
    lat: Decimal
    raw: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class NewReporter:
    """Who asks; all of it may be empty."""

    name: str = ""
    phone: str = ""
    confidential: bool = False
    channel: str = "phone"


@dataclass(frozen=True)
class Link:
    """What the case guards or comes from."""

    kind: str
    key: str
    title: str = ""


@dataclass(frozen=True)
class NewCase:
    """A case to be opened. ``move`` names the opening (empty: the first that this person may take)."""

    kind: str
    title: str
    text: str = ""
    move: str = ""
    category: str = ""
    urgent: bool = False
    source: str = "office"
    outer_number: str = ""
    lead: Organisation | None = None
    area: Organisation | None = None
    site: Site | None = None
    address: str = ""
    place: Place | None = None
    reporter: NewReporter | None = None
    links: Sequence[Link] = ()
    parent: Case | None = None
    accused: Organisation | None = None
