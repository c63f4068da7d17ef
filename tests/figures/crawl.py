"""A walk over a whole town as every role, that collects every figure with a name and compares them.

It runs in a process of its own, in a copy of the demo town: ``python -m tests.figures.crawl --home DIR``. ``--plant NAME`` puts a
fault in by hand first, to show that it is found. It prints what it found as JSON.
"""

import argparse
import io
import json
import os
import sys
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from html.parser import HTMLParser
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit
from xml.etree import ElementTree as ET

PARTS = ("figure", "scope", "day", "value")
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EVERYWHERE = {"cases.mine", "notices.unread"}  # in the frame of each page
DULL = 3  # so many people have seen no figure on a kind of page: it is not opened for more
BIG = 100  # bold numbers from here on, without a name, are listed for the reader
BOLD = {"b", "strong", "h1"}
SHUT = ("logout", "choose-round", "language", "/files/", "/feed/", "accounts/", "/preview", "/thumb", "/page/", ".zip")
Place = tuple[str, str]  # who, where
Mark = tuple[str, str, str]  # id, scope, day


class Page(HTMLParser):
    """The figures of a page, its links, the counts that say what they open, how many rows its list holds."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.figures: list[dict[str, str]] = []
        self.links: list[str] = []
        self.opens: list[tuple[str, int]] = []
        self.total: int | None = None
        self.bold: list[str] = []
        self._open: list[str] = []
        self._named = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = {name: value or "" for name, value in attrs}
        if tag not in {
            "br",
            "img",
            "input",
            "link",
            "meta",
            "use",
            "hr",
            "rect",
            "line",
            "circle",
            "path",
            "source",
            "col",
        }:
            self._open.append(tag)
        if "data-figure" in facts:
            self.figures.append({name: facts[f"data-{name}"] for name in PARTS})
            self._named = self._named or len(self._open)
        if tag == "a" and "href" in facts:
            self.links.append(facts["href"])
            if facts.get("data-opens", "").isdigit():
                self.opens.append((facts["href"], int(facts["data-opens"])))
        if facts.get("data-total", "").isdigit():
            self.total = int(facts["data-total"])

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open[-1] != tag:
            self._open.pop()
        if self._named and len(self._open) <= self._named:
            self._named = 0
        if self._open:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        number = data.strip().replace(",", "")
        if number.isdigit() and int(number) >= BIG and BOLD & set(self._open) and not self._named:
            self.bold.append(number)


def of_json(data: object) -> Iterator[dict[str, str]]:
    """Every figure in an answer: whatever has the four keys, however deep."""
    if isinstance(data, dict):
        if all(isinstance(data.get(name), str) for name in PARTS):
            yield {name: data[name] for name in PARTS}
        for one in data.values():
            yield from of_json(one)
    elif isinstance(data, list):
        for one in data:
            yield from of_json(one)


def of_workbook(data: bytes) -> Iterator[dict[str, str]]:
    """The figures that a workbook tells of on its sheet 口径."""
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(data), read_only=True)
    for name in (one for one in book.sheetnames if one.startswith("口径")):
        for row in book[name].iter_rows(min_row=2, values_only=True):
            key, _title, scope, day, value, *_ = row
            yield dict(zip(PARTS, (str(key), str(scope), str(day), str(value)), strict=True))


def of_word(data: bytes) -> Iterator[dict[str, str]]:
    """The figures of a Word paper: content controls whose tag begins with ``figure``."""
    space = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    with zipfile.ZipFile(io.BytesIO(data)) as paper:
        tree = ET.fromstring(paper.read("word/document.xml"))
    for tag in tree.iter(f"{space}tag"):
        parts = tag.get(f"{space}val", "").split("|")
        if parts[0] == "figure":
            yield dict(zip(PARTS, parts[1:], strict=True))


@dataclass
class Found:
    """All figures with the places where they were seen, the counts that opened another number, numbers without a name."""

    seen: dict[Mark, dict[str, list[Place]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    wrong_lists: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    unnamed: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    opened: set[str] = field(default_factory=set)
    dull: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    pages: int = 0

    def take(self, figures: Iterator[dict[str, str]] | list[dict[str, str]], place: Place) -> None:
        for one in figures:
            self.seen[one["figure"], one["scope"], one["day"]][one["value"]].append(place)

    @property
    def disagreeing(self) -> list[str]:
        """Each figure that has two values, with where each of them stands."""
        return [
            f"{' '.join(mark)}: "
            + "; ".join(
                f"{value} ({places[0][0]} {places[0][1]}, {len(places)} places)" for value, places in values.items()
            )
            for mark, values in self.seen.items()
            if len(values) > 1
        ]

    def as_data(self) -> dict[str, object]:
        return {
            "disagreeing": self.disagreeing,
            "wrong_lists": self.wrong_lists,
            "broken": self.broken,
            "unnamed": {where: sorted(numbers) for where, numbers in self.unnamed.items()},
            "pages": self.pages,
            "marks": sum(len(places) for values in self.seen.values() for places in values.values()),
            "figures": sorted({mark[0] for mark in self.seen}),
            "shared": sorted(
                {mark[0] for mark, values in self.seen.items() if len({p for v in values.values() for p in v}) > 1}
            ),
            "sources": sorted({p[0] for values in self.seen.values() for v in values.values() for p in v}),
        }


class Walk:
    """One person's walk: every kind of page once or twice, every export, and the lists behind the counts."""

    def __init__(self, who: str, client: Any, found: Found, kind_of: Callable[[str], str]) -> None:
        self.who, self.client, self.found, self.kind_of = who, client, found, kind_of
        self.shapes: set[str] = set()

    def go(self, start: list[str], most: int = 10_000) -> None:
        waiting = list(start)
        while waiting and len(self.shapes) < most:
            address = waiting.pop(0)
            if not self._is_new(address):
                continue
            page = self._open(address)
            if page is not None:
                waiting += [self._whole(address, one) for one in page.links]

    def _whole(self, address: str, link: str) -> str:
        return urljoin(address, link)

    def _shape(self, address: str) -> str:
        """Pages of one kind with the same questions are one: the second case's page shows nothing new."""
        parts = urlsplit(address)
        asked = dict(parse_qsl(parts.query))
        names = ("by",) if "export" in parts.path else ("tab", "by") if "tab" in asked else ("mode", "by")
        kept = {name: asked[name] for name in names if name in asked}
        return f"{self.kind_of(parts.path)}?{urlencode(sorted(kept.items()))}"

    def _is_new(self, address: str) -> bool:
        parts = urlsplit(address)
        if parts.netloc or not parts.path.startswith("/") or any(one in address for one in SHUT):
            return False
        shape = self._shape(address)
        if shape in self.shapes or self.found.dull[shape] >= DULL:
            return False
        self.shapes.add(shape)
        return True

    def _open(self, address: str) -> Page | None:
        answer = self.client.get(address)
        self.found.pages += 1
        place = (self.who, address)
        if answer.status_code >= 500:
            self.found.broken.append(f"{self.who} {address}: {answer.status_code}")
        if answer.status_code != 200:
            return None
        kind = answer.headers.get("Content-Type", "").split(";")[0]
        data = b"".join(answer.streaming_content) if answer.streaming else answer.content
        if kind == EXCEL:
            self.found.take(of_workbook(data), place)
        elif kind.endswith("wordprocessingml.document"):
            self.found.take(of_word(data), place)
        elif kind == "application/json":
            self.found.take(of_json(json.loads(data)), place)
        elif kind == "text/html":
            return self._read(data.decode(), place)
        return None

    def _read(self, html: str, place: Place) -> Page:
        page = Page(html)
        self.found.take(page.figures, place)
        if not any(one["figure"] not in EVERYWHERE for one in page.figures):
            self.found.dull[self._shape(place[1])] += 1
        for number in page.bold:
            self.found.unnamed[self.kind_of(urlsplit(place[1]).path)].add(number)
        for link, count in page.opens:
            self._follow(self._whole(place[1], link), count, place)
        return page

    def _follow(self, address: str, count: int, place: Place) -> None:
        """A count that opens a list opens exactly so many rows. One of each kind of link is tried."""
        asked = dict(parse_qsl(urlsplit(address).query))
        kept = [asked.get(name, "") for name in ("figure", "part", "due", "phase", "state")]
        shape = f"{self.kind_of(urlsplit(place[1]).path)} {self.kind_of(urlsplit(address).path)} {kept}"
        if shape in self.found.opened:
            return
        self.found.opened.add(shape)
        answer = self.client.get(address)
        self.found.pages += 1
        total = Page(answer.content.decode()).total if answer.status_code == 200 else None
        if total != count:
            self.found.wrong_lists.append(f"{self.who} {place[1]}: {count} opens {total} at {address}")


def start_django(home: str) -> None:
    """The product on this home."""
    os.environ["CHUANGWEN_HOME"] = home
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chuangwen.settings")
    import django

    django.setup()


def walk_all(plant: str, only: str, most: int) -> Found:
    """Every role of the town, then the commands; at one moment, so that nothing becomes late on the way."""
    from django.conf import settings
    from django.core.management import call_command
    from django.test import Client
    from django.urls import Resolver404, resolve

    from chuangwen.kit import clock
    from chuangwen.records.township.models import Assignment, Person
    from tests.figures.planting import FAULTS

    def kind_of(path: str) -> str:
        try:
            match = resolve(path)
        except Resolver404:
            return path
        return match.view_name or path

    moment: datetime = clock.real_now().replace(hour=7, minute=20, second=0, microsecond=0)
    found = Found()
    settings.ALLOWED_HOSTS = ["*"]
    with ExitStack() as stack:
        stack.enter_context(patch.object(clock, "real_now", lambda: moment))
        if plant:
            stack.enter_context(FAULTS[plant]())
        held = Assignment.objects.filter(withdrawn_at=None, person__is_active=True).order_by("person__joined_at", "pk")
        roles = dict(reversed(list(held.values_list("role", "person"))))
        for role, person in sorted(roles.items()):
            if only and role != only:
                continue
            client = Client(raise_request_exception=False)
            client.force_login(
                Person.objects.get(pk=person), backend="allauth.account.auth_backends.AuthenticationBackend"
            )
            Walk(role, client, found, kind_of).go(
                ["/", "/cases/figures/", "/api/figures", "/api/score?year=2021", "/figures/"], most
            )
        if only:
            return found
        Walk("resident", Client(raise_request_exception=False), found, kind_of).go(["/p/", "/open/"])
        for words in (["cases", "figures"], ["score", "--year", "2021"], ["submission", "compose", "--year", "2021"]):
            out = io.StringIO()
            call_command(*words, "--json", stdout=out)
            found.take(of_json(json.loads(out.getvalue())), ("command", " ".join(words)))
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--home", required=True)
    parser.add_argument("--plant", default="")
    parser.add_argument("--only", default="", help="walk as one role alone")
    parser.add_argument("--most", type=int, default=10_000, help="kinds of pages for each person at most")
    said = parser.parse_args()
    start_django(said.home)
    json.dump(walk_all(said.plant, said.only, said.most).as_data(), sys.stdout, ensure_ascii=False, indent=1)


if __name__ == "__main__":
    main()
