"""What a pack says about the archive: kinds of material, categories, the town's fonds (see docs/reference/pack-format.md)."""

from decimal import Decimal
from string import Formatter
from typing import Literal

from pydantic import Field, field_validator

from chuangwen.kernel.packfiles import Row

CODE_FIELDS = frozenset({"fonds", "category", "year", "retention", "section", "number"})
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
    receiver: str = ""
    approved_by: str = ""
    approved_on: str = ""
    confidence: str = ""


class SectionRow(Row):
    """An organisation or subject of the filing rules (机构或问题) and the unit whose documents go there.

    ``rest``: it also takes the documents of units that have no section of their own.
    """

    code: str = Field(pattern=r"^[A-Z0-9]{1,6}$")
    title: str
    unit: str = ""
    rest: bool = False
    confidence: str = ""


class FilingRow(Row):
    """How items are coded, boxed, handed over. ``code`` is made of the fields of ``CODE_FIELDS``.

    ``hand_over`` names the retention classes that go to the receiving archive ``hand_over_after`` years later; the stamp
    is measured in millimetres.
    """

    code: str = "{fonds}-{category}·{year}-{retention}-{section}-{number}"
    digits: int = Field(default=4, ge=1, le=8)
    box_pages: int = Field(default=200, ge=1)
    hand_over: tuple[str, ...] = ()
    hand_over_after: int = Field(default=10, ge=0)
    stamp_width: int = Field(default=45, ge=20, le=90)
    stamp_height: int = Field(default=16, ge=8, le=40)
    confidence: str = ""

    @field_validator("code")
    @classmethod
    def _code_can_be_made(cls, code: str) -> str:
        found = [name for _, name, _, _ in Formatter().parse(code) if name is not None]
        if len(found) != len(set(found)) or set(found) - CODE_FIELDS or not {"year", "number"} <= set(found):
            raise ValueError(code)
        return code


class CellRow(Row):
    """A cell of the stamp (归档章)."""

    key: Literal["fonds", "year", "number", "section", "retention", "pages"]
    title: str


class ColumnRow(Row):
    """A column of the catalogue (归档文件目录); ``width`` in millimetres on lying A4."""

    key: Literal["serial", "code", "number", "issuer", "title", "date", "confidentiality", "pages", "note"]
    title: str
    width: int = Field(default=20, ge=5, le=200)


class MetadataRow(Row):
    """An element of the metadata that a hand-over carries, and the fact that stands in it."""

    name: str = Field(pattern=r"^\w+$")
    key: Literal[
        "level", "fonds_name", "code", "fonds", "year", "retention", "section", "category", "item_number",
        "title", "number", "issuer", "date", "kind", "confidentiality", "pages", "note",
    ]  # fmt: skip
    confidence: str = ""


class TermRow(Row):
    """Which documents fall under a line of the approved retention table: ``what`` names that line.

    Kinds, sections and words of the title must all fit where they are given; of several lines the first counts.
    """

    what: str
    kinds: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


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
    filing: FilingRow | None = None
    stamp: tuple[CellRow, ...] = ()
    columns: tuple[ColumnRow, ...] = ()
    metadata: tuple[MetadataRow, ...] = ()
    terms: tuple[TermRow, ...] = ()
