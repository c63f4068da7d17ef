"""The demo town's submissions: one year sealed, this year under way, units asked for what is missing."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from chuangwen.doors.commands.demo_archive import Town, make_archive, make_compilations, people_of, sentences, town_of
from chuangwen.doors.commands.demo_papers import letter
from chuangwen.doors.commands.demo_tray import fill_tray
from chuangwen.kernel.workdays import CHINA
from chuangwen.records.archive.actions import keep_file
from chuangwen.records.standards.models import Node, NodeKind, Requirement
from chuangwen.records.township.actors import Actor
from chuangwen.results.submission import actions, asking
from chuangwen.results.submission.compose_actions import compose, round_of
from chuangwen.results.submission.matrix import Judged, Line
from chuangwen.results.submission.models import Entry, Submission
from chuangwen.results.submission.queries import whole_matrix
from chuangwen.results.submission.sealing_actions import seal
from chuangwen.results.submission.signing_actions import lacks_of, sign
from chuangwen.work.cases.actions import take
from chuangwen.work.cases.models import Case
from chuangwen.work.cases.said import Said


def make_submissions(settings: Mapping[str, Any], *, seed: int, last: datetime) -> None:
    """The earlier year, sealed; then this one up to today."""
    earlier = settings["earlier"]
    _earlier(town_of(settings, seed=seed + 11, year=earlier["year"], first=earlier["first"], last=earlier["last"]))
    town = town_of(settings, seed=seed + 13, year=last.year, first=settings["first"], last=date(last.year, 8, 31))
    make_archive(town, _asked(last.year))
    _present(town, last)
    fill_tray(settings["tray"], mark=settings["mark"], last=last)


def _asked(year: int) -> list[Requirement]:
    """Everything that the year's round asks for."""
    round_ = round_of(year)
    editions = [one for one in (round_.edition_id, round_.companion_id) if one] if round_ else []
    rows = Requirement.objects.filter(edition__in=editions).select_related("node")
    return list(rows.order_by("edition", "position"))


def _earlier(town: Town) -> None:
    """A few standards of the year before, signed and sealed with a leader's reason."""
    said = town.settings["earlier"]
    round_ = round_of(town.year)
    office, leaders = people_of("office"), people_of("leader")
    if round_ is None or not office or not leaders:
        return
    nodes = list(Node.objects.filter(edition=round_.edition_id, kind=NodeKind.STANDARD).order_by("position"))
    asking_ = [one for one in nodes if Requirement.objects.filter(node=one).exists()][: said["standards"]]
    rows = Requirement.objects.filter(node__in=asking_).select_related("node").order_by("position")
    make_archive(town, rows)
    sealed = said["sealed"].replace(tzinfo=CHINA)
    submission = compose(town.year, by=office[0], at=sealed - timedelta(days=60)).submission
    for entry in submission.entries.filter(node__in=asking_).select_related("node", "submission"):
        _write(town, entry, office[0], sealed - timedelta(days=30), weak=False)
    mine = {one.pk: one.version for one in submission.entries.filter(node__in=asking_)}
    sign(submission, mine, said["despite"], by=leaders[0], at=sealed - timedelta(days=2))
    seal(submission, by=leaders[0], at=sealed, despite=said["despite"])
    compiled = town.dice.sample(nodes, min(len(nodes), said["compiled"]))
    make_compilations(
        town, sorted((one for one in compiled if one not in asking_), key=lambda one: one.position), sealed
    )


def _write(town: Town, entry: Entry, by: Actor, at: datetime, *, weak: bool) -> None:
    """The explanation of one standard, good or of the kind that counties complain of."""
    lead = town.leads.get(entry.node_id)
    row = Requirement.objects.filter(node=entry.node_id).select_related("node").order_by("position").first()
    if lead is None or row is None:
        return
    text = town.dice.choice(town.settings["report"]["weak"]) if weak else "\n".join(sentences(town, row, lead))
    actions.write_text(entry, text, by=by, at=at)


def _present(town: Town, last: datetime) -> None:
    """This year: composed, mostly written, partly signed; units asked, some have handed in, some were graded."""
    office, archivists, leaders = people_of("office"), people_of("archivist"), people_of("leader")
    if not office or not leaders:
        return
    begun = datetime.combine(date(last.year, 9, 6), time(9), CHINA)
    submission = compose(last.year, by=office[0], at=begun).submission
    _ask(town, submission, office[0], archivists or office, last)
    compose(last.year, by=office[0], at=last - timedelta(days=1))
    writers = [*office[:1], *archivists[:1]]
    for entry in submission.entries.select_related("node", "submission").order_by("pk"):
        if not town.share("no_text"):
            at = begun + timedelta(hours=town.dice.randrange(24, 24 * 30))
            _write(town, entry, town.dice.choice(writers), at, weak=town.share("weak_text"))
    _sign(town, submission, leaders[0], last)


def _ask(town: Town, submission: Submission, office: Actor, reviewers: Sequence[Actor], last: datetime) -> None:
    """Units are asked for what is missing; some hand in, some of that is graded by somebody of another unit."""
    owed = asking.owed(whole_matrix(submission, last.date()))
    papers = [one for one in owed if one.need.kind in {"norm", "report", "table"}]
    wanted = {name: int(town.settings[name]) for name in ("accepted", "handed", "asked")}
    for number, one in enumerate(town.dice.sample(papers, min(len(papers), sum(wanted.values())))):
        at = last - timedelta(days=12, minutes=7 * number)
        for case in asking.ask_for([one], submission.round, by=office, at=at):
            if number < wanted["accepted"] + wanted["handed"]:
                _hand_in(town, case, one, at + timedelta(days=2))
            if number < wanted["accepted"]:
                _accept(town, case, reviewers, at + timedelta(days=3))


def _hand_in(town: Town, case: Case, one: Judged, at: datetime) -> None:
    row = Requirement.objects.select_related("node").get(pk=one.need.requirement.pk)
    lead = town.leads[row.node_id]
    by, day = town.bringer(lead), town.day()
    lines = [*sentences(town, row, lead), f"（{town.settings['mark']}）"]
    file = keep_file(letter(row.title, "", lines, lead.name, day), f"{row.title}.docx", by=by, at=at)
    answers = {"title": row.title, "issuer": lead.name, "dated": day.isoformat()}
    take(case, "hand_in", Said(answers, "已按要求报送。", files=[file]), by=by, at=at)


def _accept(town: Town, case: Case, reviewers: Sequence[Actor], at: datetime) -> None:
    fresh = Case.objects.get(pk=case.pk)
    by = next((one for one in reviewers if one.organisation and one.organisation.pk != fresh.lead_id), None)
    if by is not None:
        grade = town.dice.choice(["A", "A", "B"])
        take(fresh, "accept", Said({"grade": grade}, "材料齐全，数据具体。"), by=by, at=at)


def _sign(town: Town, submission: Submission, leader: Actor, last: datetime) -> None:
    """The leader has signed most of what is whole and without fault."""
    whole = [one for one in whole_matrix(submission, last.date()).lines if _is_ready(one)]
    chosen = [one.standing.entry for one in whole if not town.share("unsigned")]
    if chosen:
        sign(submission, {one.pk: one.version for one in chosen}, by=leader, at=last - timedelta(hours=15))


def _is_ready(line: Line) -> bool:
    return not lacks_of(line) and not line.open_findings
