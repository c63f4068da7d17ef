"""Somebody who opens every link a page shows, chooses every tab and filter, and types nonsense into every address.

A link shown to a person must open for that person; no address may fall over, whatever stands behind its question mark.
Of pages that differ by a key alone (a case, a document) a few are opened; tabs, modes and filters each on their own.
"""

import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urljoin, urlsplit

from django.core.signals import request_finished
from django.db import close_old_connections
from django.http import HttpResponse
from django.test import Client
from django.urls import Resolver404, ResolverMatch, URLPattern, URLResolver, get_resolver, resolve

from chuangwen.doors.site.middleware import why_not_open
from chuangwen.kit.doors import access_of
from chuangwen.records.township.actors import NOBODY, Actor, actor_for
from chuangwen.records.township.models import Person
from tests.paper import crooked
from tests.people import with_password

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
TOLD_APART = {"tab", "mode", "by", "kind", "state", "move"}
"""What a page looks like depends on the value of these; of all others only the name counts."""
MOST_WAYS = 24
"""Ways of asking one page that are tried; filters together are as many as one likes."""
LEFT_OUT = {"account_logout", "choose_round", "healthz", "set_language"}
HEAVY = re.compile(r"export|package|xlsx|bundle|download|original")
NOT_A_FIGURE = re.compile(r"(?<![A-Za-z])(NaN|None|nan|inf|Infinity|Undefined)(?![A-Za-z])")
FEW = 2
ODD = (
    "999999999999999999999",
    "-1",
    "²",
    "٣",
    "a\x00b",
    "长" * 3000,
    "9999-12-31",
    "0001-01",
    "",
    "'\"><%s{}\\",
)
"""What nobody means and somebody types: numbers beyond every column, digits of other scripts, days that are none."""
TOGETHER = (
    "from=9999-12-31&to=0001-01-01",
    "from=0001-01-01&to=9999-12-31",
    "month=9999-12",
    "mode=calendar&month=0001-01&tab=all",
    "mode=month&month=9999-12",
    "year=99999",
    "sort=-nothing&page=0",
    "page=1e400",
)
"""Questions that only together make a page reckon with what was typed."""
EVERYWHERE = ("q", "page", "sort", "tab", "unit", "area")


ANY = re.compile(r".*", re.DOTALL)
READABLE = {
    "date": re.compile(r"\d{4}-\d\d-\d\d"),
    "time": re.compile(r"\d\d:\d\d(:\d\d)?"),
    "month": re.compile(r"\d{4}-\d\d"),
    "datetime-local": re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?"),
    "number": re.compile(r"-?\d+(\.\d+)?"),
}
"""What a browser takes as the value of a field; anything else it shows as empty, and the next saving erases it."""


class Seen(HTMLParser):
    """What a page offers: addresses to open, filters to choose, forms to send; and its words."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.sent: list[str] = []
        self.filters: list[tuple[str, str, list[str]]] = []
        self.words: list[str] = []
        self.unreadable: list[str] = []
        self._form: str | None = None
        self._select: str | None = None
        self._mute = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {key: value or "" for key, value in attrs}
        self.links += [said[key] for key in ("href", "hx-get", "src") if said.get(key) and tag != "use"]
        self.sent += [said[key] for key in ("hx-post", "formaction") if said.get(key)]
        if (
            tag == "input"
            and said.get("value")
            and not READABLE.get(said.get("type", ""), ANY).fullmatch(said["value"])
        ):
            self.unreadable.append(f"{said.get('name')}={said['value']}")
        if tag in {"script", "style", "textarea"}:
            self._mute += 1
        elif tag == "form" and said.get("method", "get").lower() == "get":
            self._form = said.get("action", "")
        elif tag == "form" and said.get("action"):
            self.sent.append(said["action"])
        elif self._form is not None:
            self._field(tag, said)

    def _field(self, tag: str, said: dict[str, str]) -> None:
        name = said.get("name", "")
        if tag == "select":
            self._select = name
            self.filters.append((self._form or "", name, []))
        elif tag == "option" and self._select:
            self.filters[-1][2].append(said.get("value", ""))
        elif tag == "input" and name:
            typed = said.get("value") if said.get("type") in {"radio", "checkbox", "hidden"} else "先锋"
            self.filters.append((self._form or "", name, [typed or "1"]))

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style", "textarea"}:
            self._mute = max(0, self._mute - 1)
        elif tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        if not self._mute:
            self.words.append(data)


@dataclass
class Crawl:
    """One person's walk over everything that is shown to that person. ``told`` is kept by all walks of one town:
    which heavy answers (tables, packages) somebody has fetched already, and what every view is asked with."""

    browser: Client
    actor: Actor
    told: dict[str, set[str]] = field(default_factory=dict)
    few: int = FEW
    ways: int = MOST_WAYS
    faults: list[str] = field(default_factory=list)
    opened: Counter[str] = field(default_factory=Counter)
    _due: deque[tuple[str, str]] = field(default_factory=deque)
    _known: set[str] = field(default_factory=set)
    _kinds: Counter[str] = field(default_factory=Counter)
    _ways: Counter[str] = field(default_factory=Counter)

    def walk(self, first: Iterable[str], most: int = 4000) -> "Crawl":
        """Open these addresses and everything they lead to."""
        for link in first:
            self._want(link, "")
        while self._due and sum(self.opened.values()) < most:
            link, where = self._due.popleft()
            self._open(link, where)
        return self

    def _want(self, link: str, where: str) -> None:
        found = local(link, where)
        if found is None:
            return
        match = matched(found)
        if match is None:
            if not found.startswith("/static/"):
                self.faults.append(f"{self.who}: {found} leads nowhere (on {where or 'the start'})")
            return
        if match.view_name in LEFT_OUT or found in self._known:
            return
        self._known.add(found)
        kind = kind_of(found, match)
        self._kinds[kind] += 1
        self._ways[match.view_name] += self._kinds[kind] == 1
        self.told.setdefault(match.view_name, set()).update(key for key, _ in parse_qsl(urlsplit(found).query))
        if (
            self._kinds[kind] > self.few
            or self._ways[match.view_name] > MOST_WAYS
            or self._fetched(match, found, where)
        ):
            return
        self._due.append((found, where))

    def _fetched(self, match: ResolverMatch, link: str, where: str) -> bool:
        """Whether a heavy answer has been had by somebody; then only the right to it is looked at."""
        if not HEAVY.search(f"{match.view_name}{urlsplit(link).path}"):
            return False
        heavy = self.told.setdefault("*heavy", set())
        if match.view_name in heavy:
            self._ask_right(match, link, where)
            return True
        heavy.add(match.view_name)
        return False

    def _ask_right(self, match: ResolverMatch, link: str, where: str) -> None:
        access = access_of(match.func)
        if access is not None and (no := why_not_open(self.actor, access)):
            self.faults.append(f"{self.who}: {link} is shown and would answer {no.status} (on {where})")

    @property
    def who(self) -> str:
        return self.actor.username or "nobody"

    def _open(self, link: str, where: str) -> None:
        answer = self.get(link, where)
        if answer is None:
            return
        if answer.status_code >= 400 and where:
            self.faults.append(f"{self.who}: {link} answers {answer.status_code} (on {where})")
        elif 300 <= answer.status_code < 400:
            self._want(answer["Location"], link)
        elif "text/html" in answer.get("Content-Type", ""):
            self._read(answer.content.decode(), link)
        let_go(answer)

    def get(self, link: str, where: str = "") -> HttpResponse | None:
        """The answer of an address; one that falls over is a fault and gives none."""
        self.opened[kind_of(link, matched(link))] += 1
        try:
            answer: Any = self.browser.get(link)
        except Exception as wrong:
            self.faults.append(
                f"{self.who}: {shown(link)} falls over: {type(wrong).__name__}: {wrong!s:.200} (on {where})"
            )
            return None
        if answer.status_code >= 500:
            self.faults.append(f"{self.who}: {shown(link)} answers {answer.status_code} (on {where})")
        return answer

    def ask(self, link: str) -> None:
        """Only whether it stands; what it sends is let go."""
        answer = self.get(link)
        if answer is not None:
            let_go(answer)

    def _read(self, page: str, link: str) -> None:
        seen = read(page)
        self.faults += [f"{self.who}: {link} prints a row crooked: {one}" for one in crooked(page)]
        if wrong := NOT_A_FIGURE.search(" ".join(seen.words)):
            text = " ".join(seen.words)
            self.faults.append(f"{self.who}: {link} says “{text[max(0, wrong.start() - 30) : wrong.end() + 10]}”")
        self.faults += [
            f"{self.who}: {link} fills a field with what no browser shows: {one}"
            for one in seen.unreadable
            if one.partition("=")[2] not in unquote(link)
        ]
        for one in seen.links:
            self._want(one, link)
        for one in seen.sent:
            if (found := local(one, link)) and (match := matched(found)):
                self._ask_right(match, found, link)
        for action, name, values in seen.filters:
            for value in [*dict.fromkeys(values)][:4]:
                self._want(asked(action or link, {name: value}), link)


def let_go(answer: HttpResponse) -> None:
    """Close an answer as the test client does: without the signal on which Django drops connections in a transaction."""
    request_finished.disconnect(close_old_connections)
    answer.close()
    request_finished.connect(close_old_connections)


def read(page: str) -> Seen:
    """What a page offers."""
    seen = Seen()
    seen.feed(page)
    return seen


def shown(link: str) -> str:
    """An address short enough to be read."""
    return unquote(link) if len(link) < 160 else f"{unquote(link)[:120]}…"


def local(link: str, where: str) -> str | None:
    """The address within the site, without its fragment; ``None`` for what leads elsewhere."""
    link = unescape(link).split("#")[0]
    if not link or link.startswith(("mailto:", "tel:", "data:", "javascript:")):
        return None
    whole = urljoin(f"http://testserver{where or '/'}", link)
    parts = urlsplit(whole)
    if parts.netloc != "testserver":
        return None
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def matched(link: str) -> ResolverMatch | None:
    try:
        return resolve(unquote(urlsplit(link).path))
    except Resolver404:
        return None


def kind_of(link: str, match: ResolverMatch | None) -> str:
    """What this address has in common with others that only differ by a key."""
    query = parse_qsl(urlsplit(link).query, keep_blank_values=True)
    apart = len(query) == 1
    told = sorted({f"{key}={value}" if apart and key in TOLD_APART else key for key, value in query})
    return f"{match.view_name if match else urlsplit(link).path}?{'&'.join(told)}"


def asked(link: str, query: dict[str, str]) -> str:
    """An address with this and no other question."""
    return f"{urlsplit(link).path}?{urlencode(query)}"


def all_addresses(resolver: URLResolver | None = None, before: str = "/") -> Iterator[tuple[str, URLPattern]]:
    """Every address of the product, with its pattern."""
    for one in (resolver or get_resolver()).url_patterns:
        route = f"{before}{one.pattern}"
        if isinstance(one, URLResolver):
            yield from all_addresses(one, route)
        else:
            yield route, one


def plain_addresses() -> Iterator[tuple[str, URLPattern]]:
    """Those that need no key."""
    return ((route, one) for route, one in all_addresses() if not re.search(r"[<^\\]", route))


def openable(actor: Actor) -> list[tuple[str, str]]:
    """The addresses without a key that this person may open by right, linked or not, with the names of their views."""
    found = []
    for route, pattern in plain_addresses():
        access = access_of(pattern.callback)
        if access and why_not_open(actor, access) is None and pattern.name not in LEFT_OUT:
            found.append((route, matched(route).view_name))
    return found


def odd_questions(names: Iterable[str], *, few: bool) -> Iterator[str]:
    """Queries that make no sense: everything odd at once, then one name after the other, then some that belong together."""
    known = sorted({*names, *EVERYWHERE})
    for odd in ODD[:3] if few else ODD:
        yield urlencode(dict.fromkeys(known, odd))
    if not few:
        for place, name in enumerate(known):
            yield urlencode({name: ODD[place % 5]})
        yield from TOGETHER


def odd_keys() -> Iterator[str]:
    """Every address that takes a key, with one that no table holds."""
    for route, _pattern in all_addresses():
        if "<" in route and "^" not in route:
            yield re.sub(r"<slug:[^>]*>|<str:[^>]*>|<path:[^>]*>", "x%00y", re.sub(r"<int:[^>]*>", "9" * 21, route))
            yield re.sub(r"<(slug|str|path|uuid):[^>]*>", "nobody", re.sub(r"<int:[^>]*>", "0", route))


def crawl_of(username: str, told: dict[str, set[str]], *, few: int = FEW, ways: int = MOST_WAYS) -> Crawl:
    """Somebody (nobody for an empty name) ready to walk."""
    browser = Client()
    actor = NOBODY
    if username:
        person = Person.objects.get(username=username)
        if not person.has_usable_password():
            with_password(person)  # whoever has none cannot sign in, and is asked for one everywhere
        actor = actor_for(person)
        browser.force_login(person, backend=BACKEND)
    return Crawl(browser, actor, told, few, ways)


def measured_pages(username: str) -> Crawl:
    """A short walk over everything that hangs on rounds."""
    crawl = crawl_of(username, {"*heavy": set()}, few=1, ways=3)
    wanted = ("/rounds", "/losses", "/villages", "/observations", "/materials", "/answers", "/framework", "/duties")
    links = [route for route, _ in openable(crawl.actor) if route.startswith(wanted)]
    return crawl.walk(["/", *links], most=150)
