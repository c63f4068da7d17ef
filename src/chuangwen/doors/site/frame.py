"""What the frame round every page shows. The site's context processor makes one ``Frame`` per request, as ``frame``."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from chuangwen.kernel.figures import Figure
from chuangwen.kernel.words import say


@dataclass(frozen=True)
class Entry:
    """One link of the navigation. ``tone`` colours its small figure (empty or bad); ``thumb`` puts it into the bottom
    bar of the phone, where ``short`` is its name. ``jump`` is the letter that opens it after ``g``."""

    label: str
    link: str
    icon: str = ""
    figure: Figure | None = None
    tone: str = ""
    current: bool = False
    thumb: bool = False
    short: str = ""
    jump: str = ""


@dataclass(frozen=True)
class Group:
    """Entries under one small heading; an empty heading shows none."""

    label: str
    entries: Sequence[Entry]


@dataclass(frozen=True)
class Choice:
    """One round or year that the head offers; ``note`` stands small beside it."""

    label: str
    link: str
    note: str = ""
    current: bool = False


@dataclass(frozen=True)
class Frame:
    """The frame. ``product`` is the name in the head, ``mark`` the one character in its square.

    ``demo`` is the sentence of the banner of a demo town, ``alarms`` are what must be dealt with at once.
    """

    product: str
    mark: str
    town: str = ""
    unit: str = ""
    person: str = ""
    groups: Sequence[Group] = field(default_factory=tuple)
    choices: Sequence[Choice] = field(default_factory=tuple)
    search_link: str = ""
    notices_link: str = ""
    notices: Figure | None = None
    demo: str = ""
    alarms: Sequence[str] = field(default_factory=tuple)

    @property
    def brand(self) -> str:
        """The town with the product: 张沟镇创文."""
        return say("{town}创文", town=self.town) if self.town else self.product

    @property
    def choice(self) -> Choice | None:
        """The round or year that is open now."""
        return next((one for one in self.choices if one.current), None)

    @property
    def thumbs(self) -> list[Entry]:
        """At most four links for the thumb on the phone; the fifth place opens the whole navigation."""
        return [one for group in self.groups for one in group.entries if one.thumb][:4]
