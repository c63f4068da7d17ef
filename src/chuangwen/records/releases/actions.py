"""What may happen to a release: proposed from a document, changed, decided upon, confirmed or given back by a second
person, its validity changed, withdrawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from chuangwen.kernel.personal import masked
from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later, listed, say, written
from chuangwen.records.archive.document_actions import BadFact
from chuangwen.records.archive.models import Document, DocumentFile
from chuangwen.records.archive.rules import rules_in_force
from chuangwen.records.ledger import actions as ledger
from chuangwen.records.ledger.actions import Thing
from chuangwen.records.releases.checking import findings, found_in_text, refuse_secrets, undecided
from chuangwen.records.releases.models import Release, ReleaseFile, ReleaseState, Validity
from chuangwen.records.releases.numbering import give_number
from chuangwen.records.releases.policy import (
    AlreadyProposed,
    NotReleasable,
    Undecided,
    why_not_handle,
    why_not_propose,
    why_not_public,
    why_not_review,
)
from chuangwen.records.releases.telling import tell_proposer, tell_reviewers
from chuangwen.records.township.actors import Actor
from chuangwen.records.township.gates import By

EDITABLE = (ReleaseState.PROPOSED, ReleaseState.RETURNED)


class ReleaseChanged(Refusal):
    """Two people at once: the second is told, and loses nothing typed."""

    code = "release_changed"
    sentence = later("“{title}”刚被别人改过或处理过。你填的内容还在，请看过后再提交。")


@dataclass(frozen=True)
class ReleaseSaid:
    """What goes out: the fields of the page, the text, and the files as (file of the document, name for the public).

    ``index_number`` is left empty unless the city's portal gave one already.
    """

    title: str
    category: str
    issuer: str
    issued_on: date
    number: str = ""
    text: str = ""
    index_number: str = ""
    files: Sequence[tuple[int, str]] = field(default_factory=tuple)


@dataclass(frozen=True)
class Decided:
    """What was decided about a finding: ``mask`` (only in the text) or ``keep`` for a reason."""

    do: str
    why: str = ""


def thing(release: Release) -> Thing:
    """What the ledger calls it. A title may hold personal data that is not decided yet."""
    return Thing("release", str(release.pk), release.index_number or written(later("公开信息 {pk}"), pk=release.pk))


@transaction.atomic
def propose(document: Document, said: ReleaseSaid, *, by: By, at: datetime) -> Release:
    """Propose to release a document."""
    document = _fresh_document(document.pk)
    if no := why_not_propose(document, by):
        raise no
    standing = document.releases.exclude(state=ReleaseState.WITHDRAWN).first()
    if standing is not None:
        raise AlreadyProposed(title=document.title, state=standing.get_state_display())
    release = Release(document=document, proposed_at=at, changed_at=at)
    _propose(release, said, by=by, at=at)
    release.save(force_insert=True)
    _set_files(release, said.files)
    refuse_secrets(release)
    ledger.note(thing(release), later("提出公开"), by=by, at=at, after={"document": document.pk, **_told(release)})
    tell_reviewers(release, by=by, at=at)
    return release


@transaction.atomic
def change(release: Release, said: ReleaseSaid, *, version: int, by: By, at: datetime) -> Release:
    """Change a proposal; one that was given back is proposed anew by it."""
    release = _open_to(release, by, EDITABLE, say("改"), version=version)
    before, was_returned = _told(release), release.state == ReleaseState.RETURNED
    _propose(release, said, by=by, at=at)
    _save(release, at)
    _set_files(release, said.files)
    refuse_secrets(release)
    old, new = ledger.changes(before, _told(release))
    ledger.note(thing(release), later("改公开内容"), by=by, at=at, before=old, after=new)
    if was_returned:
        tell_reviewers(release, by=by, at=at)
    return release


def _propose(release: Release, said: ReleaseSaid, *, by: By, at: datetime) -> None:
    _set(release, said)
    release.state, release.proposed_by, release.proposed_at = ReleaseState.PROPOSED, by.name, at
    release.proposer = by.person if isinstance(by, Actor) else None
    release.reviewer, release.reviewed_by, release.reviewed_at, release.opinion = None, "", None, ""


def _set(release: Release, said: ReleaseSaid) -> None:
    plain = {"title": (said.title, 200), "issuer": (said.issuer, 120), "category": (said.category, 60)}
    names = {"title": say("标题"), "issuer": say("发布机构"), "category": say("信息类别")}
    for name, (value, most) in plain.items():
        text = " ".join(value.split())[:most]
        if not text:
            raise BadFact(field=names[name], value="", why=say("公开页上必须写明"))
        setattr(release, name, text)
    known = [one.title for one in rules_in_force().information]
    if known and release.category not in known:
        why = say("可用：{known}", known=listed(known))
        raise BadFact(field=names["category"], value=release.category, why=why)
    release.issued_on, release.number = said.issued_on, said.number.strip()[:80]
    release.text = "\n".join(line.rstrip() for line in said.text.replace("\r\n", "\n").split("\n")).strip("\n")
    wanted = said.index_number.strip()[:60] or None
    if wanted and Release.objects.filter(index_number=wanted).exclude(pk=release.pk).exists():
        raise BadFact(field=say("索引号"), value=wanted, why=say("已经用在另一条公开信息上"))
    release.index_number = wanted


def _set_files(release: Release, files: Sequence[tuple[int, str]]) -> None:
    """Only current files of the document, each with a name."""
    rows = {one.pk: one for one in release.document.files.filter(superseded_at=None)}
    release.files.all().delete()
    for place, (pk, name) in enumerate(files, start=1):
        title = " ".join(name.split())[:200]
        if pk not in rows:
            raise BadFact(field=say("附件"), value=title, why=say("不是这份资料现在的文件"))
        if not title:
            raise BadFact(field=say("附件名称"), value=rows[pk].name, why=say("请写明群众看得懂的名称"))
        ReleaseFile.objects.create(release=release, document_file=rows[pk], title=title, place=place)
    if not release.text and not files:
        raise BadFact(field=say("正文"), value="", why=say("正文和附件至少有一样"))


@transaction.atomic
def decide(release: Release, decisions: Mapping[str, Decided], *, version: int, by: By, at: datetime) -> Release:
    """Decide about what the check found. Numbers masked in the text are gone from it; the original stays in the archive."""
    release = _open_to(release, by, EDITABLE, say("处理"), version=version)
    known = {one.mark: one for one in findings(release)}
    told = []
    for mark, one in decisions.items():
        finding = known.get(mark)
        if finding is None or one.do not in {"mask", "keep"} or (one.do == "mask" and not finding.may_mask):
            raise ReleaseChanged(title=release.title)
        if one.do == "keep" and not one.why.strip():
            raise BadFact(field=finding.title, value=finding.where, why=say("要公开就写明理由"))
        if one.do == "keep":
            release.decisions[mark] = {"do": "keep", "why": one.why.strip()[:200], "by": by.name}
        told.append({"what": finding.what, "where": finding.where, "do": one.do, "why": one.why.strip()[:200]})
    hidden = {mark for mark, one in decisions.items() if one.do == "mask"}
    release.text = masked(release.text, (found for mark, found in found_in_text(release.text) if mark in hidden))
    _save(release, at)
    if told:
        ledger.note(thing(release), later("处理个人信息"), by=by, at=at, after={"decided": told})
    return release


@transaction.atomic
def publish(release: Release, opinion: str, *, version: int, by: By, at: datetime) -> Release:
    """A second person confirms: the release has its number and the public sees it."""
    release = _reviewed_by(release, opinion, version=version, by=by, at=at)
    if no := why_not_public(release.document):
        raise no
    refuse_secrets(release)
    if left := undecided(release):
        kinds = listed(dict.fromkeys(one.title for one in left))
        raise Undecided(title=release.title, count=len(left), what=kinds)
    give_number(release, year=timezone.localtime(at).year)
    release.state, release.released_at = ReleaseState.RELEASED, at
    _save(release, at)
    ledger.note(
        thing(release), later("审查同意，公开"), by=by, at=at, after={"opinion": release.opinion, **_told(release)}
    )
    tell_proposer(release, by=by, at=at)
    return release


@transaction.atomic
def give_back(release: Release, opinion: str, *, version: int, by: By, at: datetime) -> Release:
    """The reviewer does not agree."""
    release = _reviewed_by(release, opinion, version=version, by=by, at=at)
    release.state = ReleaseState.RETURNED
    _save(release, at)
    ledger.note(thing(release), later("审查退回"), by=by, at=at, after={"opinion": release.opinion})
    tell_proposer(release, by=by, at=at)
    return release


def _reviewed_by(release: Release, opinion: str, *, version: int, by: By, at: datetime) -> Release:
    release = _fresh(release.pk)
    if no := why_not_review(release, by, two_people=rules_in_force().disclosure.two_people):
        raise no
    _in_state(release, (ReleaseState.PROPOSED,), say("审查"), version)
    if not opinion.strip():
        raise BadFact(field=say("审查意见"), value="", why=say("请写明同意或退回的意见"))
    release.reviewed_by, release.reviewed_at, release.opinion = by.name, at, opinion.strip()[:300]
    release.reviewer = by.person if isinstance(by, Actor) else None
    return release


@transaction.atomic
def change_validity(release: Release, validity: str, why: str, on: date, *, by: By, at: datetime) -> Release:
    """What the document orders has lapsed, was repealed, or holds again."""
    release = _open_to(release, by, (ReleaseState.RELEASED,), say("改效力状态"))
    if validity not in Validity.values:
        raise BadFact(field=say("效力状态"), value=validity[:20], why=say("只能是有效、失效或废止"))
    if not why.strip():
        raise BadFact(field=say("效力变更说明"), value="", why=say("请写明依据，如“被张政发〔2022〕3号废止”"))
    before = {"validity": release.validity}
    release.validity, release.validity_on, release.validity_why = validity, on, why.strip()[:200]
    _save(release, at)
    after = {"validity": validity, "on": on.isoformat(), "why": release.validity_why}
    ledger.note(thing(release), later("改效力状态"), by=by, at=at, before=before, after=after)
    return release


@transaction.atomic
def take_down(release: Release, why: str, *, by: By, at: datetime) -> Release:
    """Withdraw a release with a reason; its address says so from now on. A proposal that never went out just ends."""
    release = _open_to(release, by, (*EDITABLE, ReleaseState.RELEASED), say("撤下"))
    if not why.strip():
        raise BadFact(field=say("撤下原因"), value="", why=say("请写明为什么撤下"))
    release.state, release.withdrawn_at, release.withdrawn_by = ReleaseState.WITHDRAWN, at, by.name
    release.withdrawn_why = why.strip()[:300]
    if release.released_at is None:
        release.index_number = None  # never used, so the portal's number is free again
    _save(release, at)
    ledger.note(thing(release), later("撤下公开信息"), by=by, at=at, after={"why": release.withdrawn_why})
    return release


def _fresh_document(pk: int) -> Document:
    Document.objects.select_for_update().only("pk").get(pk=pk)
    return Document.objects.select_related("unit").get(pk=pk)


def _fresh(pk: int) -> Release:
    """The release as it is now, locked with its document until the transaction ends."""
    document = Release.objects.values_list("document_id", flat=True).get(pk=pk)
    _fresh_document(document)
    Release.objects.select_for_update().only("pk").get(pk=pk)
    return Release.objects.select_related("document__unit").get(pk=pk)


def _open_to(release: Release, by: By, states: Sequence[str], what: str, version: int | None = None) -> Release:
    release = _fresh(release.pk)
    if no := why_not_handle(release.document, by):
        raise no
    _in_state(release, states, what, version)
    return release


def _in_state(release: Release, states: Sequence[str], what: str, version: int | None) -> None:
    if release.state not in states:
        raise NotReleasable(title=release.title, state=release.get_state_display(), what=what)
    if version is not None and version != release.version:
        raise ReleaseChanged(title=release.title)


def _save(release: Release, at: datetime) -> None:
    release.version += 1
    release.changed_at = at
    release.save()


def _told(release: Release) -> dict[str, Any]:
    """What the ledger keeps: facts, and the files by their digests; never the text."""
    rows = DocumentFile.objects.filter(pk__in=release.files.values("document_file")).order_by("place")
    return {
        "index_number": release.index_number or "",
        "category": release.category,
        "issuer": release.issuer,
        "issued_on": release.issued_on.isoformat(),
        "number": release.number,
        "files": list(rows.values_list("file__sha256", flat=True)),
    }
