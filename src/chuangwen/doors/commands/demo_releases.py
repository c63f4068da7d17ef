"""The demo's released documents: the real plan with the fields of its page, and some of the demo archive, by real actions."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from chuangwen.kernel.workdays import CHINA
from chuangwen.records.archive.actions import keep_file
from chuangwen.records.archive.document_actions import Facts, open_document
from chuangwen.records.archive.models import Document, Reading, StoredFile
from chuangwen.records.archive.rules import rules_in_force
from chuangwen.records.archive.texts import add_pages
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.releases.actions import Decided, ReleaseSaid, change_validity, decide, propose, publish
from chuangwen.records.releases.checking import undecided
from chuangwen.records.releases.models import Release, Validity
from chuangwen.records.releases.proposing import proposed_from
from chuangwen.records.township.actors import Actor, actor_for
from chuangwen.records.township.models import Organisation, Person

Said = Mapping[str, Any]
LOOKED = "看过，可以公开"


def make_releases(folder: Path, settings: Said) -> int:
    """Release what the pack names, then some of the archive. Returns how many releases there are."""
    for one in settings.get("release", []):
        document = _document(folder, one)
        if document is not None and not document.releases.exists():
            _release(document, _said(document, one), one)
    if "pick" in settings:
        _pick(settings["pick"])
    return Release.objects.count()


def _pick(settings: Said) -> None:
    """The newest documents of a kind: some released, a few waiting for review, the oldest of them lapsed."""
    count = settings["released"] + settings["waiting"]
    rows = Document.objects.filter(kind=settings["kind"], confidentiality="", withdrawn_at=None, releases=None)
    rows = rows.exclude(dated=None).exclude(number="").filter(dated__lte=settings["until"]).order_by("-dated", "-pk")
    chosen = list(rows.select_related("unit")[:count])
    done = None
    for place, document in enumerate(chosen):
        day = min(max(document.dated or settings["until"], document.arrived_at.date()), settings["until"])
        on = datetime.combine(day, time(16), CHINA)
        when = {**settings, "on": on, "released": on + timedelta(hours=1)}
        if place < settings["waiting"]:
            propose(document, _said(document, when), by=_actor(settings["by"]), at=on)
        else:
            done = _release(document, _said(document, when), when)
    if done is not None and settings.get("lapsed"):
        end = datetime.combine(settings["until"], time(17, 30), CHINA)
        by = _actor(settings["by"])
        change_validity(done, Validity.LAPSED, settings["lapsed"], settings["until"], by=by, at=end)


def _release(document: Document, said: ReleaseSaid, one: Said) -> Release:
    by, reviewer = _actor(one["by"]), _actor(one["reviewer"])
    release = propose(document, said, by=by, at=_moment(one["on"]))
    decisions = {row.mark: Decided("mask" if row.may_mask else "keep", LOOKED) for row in undecided(release)}
    if decisions:
        release = decide(release, decisions, version=release.version, by=by, at=_moment(one["on"]))
    return publish(release, one["opinion"], version=release.version, by=reviewer, at=_moment(one["released"]))


def _said(document: Document, one: Said) -> ReleaseSaid:
    """What the document proposes, with what the pack says over it."""
    told = proposed_from(document, rules_in_force(), today=_moment(one["on"]).date())
    names = ("title", "category", "issuer", "issued_on", "number", "index_number")
    return ReleaseSaid(**{**told.__dict__, **{name: one[name] for name in names if name in one}})


def _document(folder: Path, one: Said) -> Document | None:
    """The document of that title; else one made of the pack's own file."""
    found = Document.objects.filter(title=one["title"], withdrawn_at=None).select_related("unit").first()
    unit = Organisation.objects.filter(code=one.get("unit", "")).first()
    if found is not None or "text_from" not in one or unit is None:
        return found
    path, at = folder / one["text_from"], _moment(one["on"])
    file = keep_file(path.read_bytes(), path.name, by=MACHINE, at=at)
    facts = Facts(one["title"], kind="norm", issuer=one["issuer"], dated=one["issued_on"])
    made = open_document(facts, [file], unit, road="page", by=MACHINE, at=at)
    _read(file, path)
    return made


def _read(file: StoredFile, path: Path) -> None:
    """Its text at once, as the background would read it."""
    if file.reading == Reading.WAITING:
        add_pages(file, [(1, path.read_text("utf-8"))])
        StoredFile.objects.filter(pk=file.pk).update(reading=Reading.READ, pages=1)


def _actor(username: str) -> Actor:
    return actor_for(Person.objects.select_related("organisation").get(username=username))


def _moment(said: datetime | date) -> datetime:
    moment = said if isinstance(said, datetime) else datetime.combine(said, time(16))
    return moment if moment.tzinfo else moment.replace(tzinfo=CHINA)
