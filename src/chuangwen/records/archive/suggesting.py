"""Which standards and requirements a document may prove: by its words against theirs, on this machine, with the why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from chuangwen.kernel.gram_weights import GramWeights, Match, Target
from chuangwen.records.archive.models import Document, PageText, Use, UseKind
from chuangwen.records.standards.models import Edition, Node, NodeKind, Requirement

MOST = 5
PAGES, CHARACTERS = 20, 20_000
TITLE_WEIGHT = 3


@dataclass(frozen=True)
class Suggestion:
    """A standard or requirement that the document may prove; ``words`` are those that both texts hold."""

    kind: str
    key: str
    code: str
    title: str
    score: float
    words: tuple[str, ...]
    used: bool = False


@dataclass(frozen=True)
class Prepared:
    """An edition made ready for comparing: one set for standards, one for requirements."""

    standards: GramWeights
    requirements: GramWeights
    titles: dict[tuple[str, str], str]


@lru_cache(maxsize=16)
def prepared(edition: int) -> Prepared:
    """An edition never changes once installed, so this is done once in a process."""
    asked: dict[int, list[str]] = {}
    requirements = list(Requirement.objects.filter(edition=edition).select_related("node"))
    for one in requirements:
        asked.setdefault(one.node_id, []).append(one.title)
    nodes = list(Node.objects.filter(edition=edition, kind=NodeKind.STANDARD).select_related("parent__parent"))
    titles = {("standard", node.code): node.title for node in nodes}
    titles |= {("requirement", one.code): one.title for one in requirements}
    return Prepared(
        standards=GramWeights([Target(node.code, _text_of(node, asked.get(node.pk, []))) for node in nodes]),
        requirements=GramWeights(
            [
                Target(one.code, "\n".join([*[one.title] * TITLE_WEIGHT, one.text, _text_of(one.node, [])]))
                for one in requirements
            ]
        ),
        titles=titles,
    )


def _text_of(node: Node, asked: Iterable[str]) -> str:
    above = [node.parent.title] if node.parent else []
    return "\n".join([node.title, node.title, node.text, *above, *asked])


def editions_in_use(on: date) -> list[Edition]:
    """Editions whose years hold this day, as installed; without any, the newest one."""
    rows = Edition.objects.defer("content").order_by("-installed_at", "-pk")
    found = list(rows.filter(first_year__lte=on.year, last_year__gte=on.year))
    return found or list(rows[:1])


def standard_keys(code: str, on: date) -> list[str]:
    """What uses call a standard: by its code in the editions in use, or already as uses call it."""
    code = code.strip()
    return [code] if ":" in code else [f"{one.pk}:{code}" for one in editions_in_use(on)]


def text_of(document: Document) -> str:
    """What of a document is compared: its title and caption more than once, then its pages."""
    files = document.files.filter(superseded_at=None).values("file")
    pages = PageText.objects.filter(file__in=files).order_by("file", "page").values_list("text", flat=True)[:PAGES]
    heads = [document.title] * TITLE_WEIGHT + [str(one) for one in document.caption.values()]
    return "\n".join([*heads, "\n".join(pages)[:CHARACTERS]])


def suggest(document: Document, *, on: date, most: int = MOST) -> list[Suggestion]:
    """The best ``most`` standards and the best ``most`` requirements of each edition in use, best first."""
    text = text_of(document)
    used = set(Use.objects.filter(document=document).values_list("kind", "key"))
    found: list[Suggestion] = []
    for edition in editions_in_use(on):
        found += suggest_in(edition, text, used=used, most=most)
    return found


def suggest_in(
    edition: Edition, text: str, *, used: set[tuple[str, str]] | None = None, most: int = MOST
) -> list[Suggestion]:
    """What a text may prove in one edition."""
    ready = prepared(edition.pk)
    sets = ((UseKind.STANDARD, ready.standards), (UseKind.REQUIREMENT, ready.requirements))
    return [
        _suggestion(edition, str(kind), match, ready, used or set())
        for kind, weights in sets
        for match in weights.best(text, most)
    ]


def _suggestion(edition: Edition, kind: str, match: Match, ready: Prepared, used: set[tuple[str, str]]) -> Suggestion:
    key = f"{edition.pk}:{match.key}"
    title = ready.titles[kind, match.key]
    return Suggestion(kind, key, match.key, title, match.score, match.words, used=(kind, key) in used)
