"""What a pack says about the archive: kinds of material, categories, the town's fonds (see docs/reference/pack-format.md)."""

from decimal import Decimal
from typing import Literal

from pydantic import Field

from chuangwen.kernel.packfiles import Row

Need = Literal["number", "issuer", "dated", "caption", "figures"]
Holds = Literal["sheet", "slides", "text", "mail", "audio", "video"]


class DocumentKindRow(Row):
    """A kind of material. ``needs`` names what such a document must carry to be whole, ``holds`` the sorts of files

    (``kernel.kinds``) that are taken for it when they come in; photos go to the first kind with ``photo``. ``words`` at
    the end of a title tell it.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str
    aliases: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    category: str = Field(pattern=r"^[A-Z]{2}$")
    retention: str = ""
    needs: tuple[Need, ...] = ()
    photo: bool = False
    holds: tuple[Holds, ...] = ()


class CategoryRow(Row):
    """A class of archives (档案门类), e.g. WS 文书."""

    code: str = Field(pattern=r"^[A-Z]{2}$")
    title: str
    confidence: str = ""


class WindowRow(Row):
    """Which days the material of a year may come from: ``first`` (month-day) ``back`` years earlier, up to ``last``."""

    first: str = Field(default="01-01", pattern=r"^\d{2}-\d{2}$")
    last: str = Field(default="12-31", pattern=r"^\d{2}-\d{2}$")
    back: int = Field(default=0, ge=0, le=3)
    confidence: str = ""


class PhotoRow(Row):
    """When the machine asks about a photo: bits of difference, metres from the site, sharpness, quality, pixels;

    ``marks`` are words in its name or program that tell of a watermark or a screenshot.
    """

    near: int = Field(default=11, ge=0, le=11)
    far_metres: int = Field(default=300, ge=0)
    least_sharpness: Decimal = Decimal(20)
    least_quality: int = Field(default=45, ge=1, le=100)
    least_side: int = Field(default=800, ge=0)
    marks: tuple[str, ...] = ()
    confidence: str = ""


class InformationRow(Row):
    """A category of released information (信息类别); proposed for documents whose title has one of ``words``."""

    id: str
    title: str
    words: tuple[str, ...] = ()


class DisclosureRow(Row):
    """How documents are released (政府信息公开). ``index`` makes the index number from ``organisation``, ``year``

    (of the release) and ``serial`` (from 1 each year); ``two_people``: who proposes does not confirm; ``within``: so many
    working days after the document's date; ``opinions``: usual opinions of the reviewer.
    """

    index: str = "{organisation}/{year}-{serial:05}"
    two_people: bool = True
    within: int = Field(default=20, ge=0)
    opinions: tuple[str, ...] = ()
    basis: str = ""
    confidence: str = ""


class FondsRow(Row):
    """The town's fonds (全宗); ``code`` is given by the archive of the city, the table is approved by it."""

    code: str = Field(pattern=r"^[A-Z0-9]{4}$")
    name: str
    organisation_code: str = ""
    approved_by: str = ""
    approved_on: str = ""
    confidence: str = ""


class SectionRow(Row):
    """An organisation or subject of the filing rules (机构或问题) and the unit whose documents go there."""

    code: str = Field(pattern=r"^[A-Z0-9]{1,6}$")
    title: str
    unit: str = ""
    confidence: str = ""


class ArchiveContent(Row):
    """All that one pack says about the archive."""

    kinds: tuple[DocumentKindRow, ...] = ()
    categories: tuple[CategoryRow, ...] = ()
    window: WindowRow | None = None
    photo: PhotoRow | None = None
    information: tuple[InformationRow, ...] = ()
    disclosure: DisclosureRow | None = None
    fonds: FondsRow | None = None
    sections: tuple[SectionRow, ...] = ()
