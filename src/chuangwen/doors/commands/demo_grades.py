"""The demo town's grades: given by a reviewer on the documents that were there by then; after them rounds are closed."""

import random
from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from chuangwen.doors.commands.demo_archive import people_of
from chuangwen.doors.commands.demo_papers import letter
from chuangwen.doors.commands.demo_year import CHINA, DemoRound, DemoYear
from chuangwen.records.archive.actions import keep_file
from chuangwen.records.archive.document_actions import add_file, withdraw
from chuangwen.records.archive.models import Document
from chuangwen.records.ledger.actions import MACHINE
from chuangwen.records.measures.grading_actions import Given, grade_many
from chuangwen.records.measures.material_queries import materials_of
from chuangwen.records.measures.models import Round
from chuangwen.records.township.actors import Actor
from chuangwen.results.scoring.actions import close_round
from chuangwen.results.scoring.marks import keep_mark
from chuangwen.results.scoring.queries import score_round


def finish_rounds(year: DemoYear, settings: Mapping[str, Any], *, seed: int, last: datetime) -> None:
    """Grade what could be graded in each round, and close those that are over."""
    reviewer = next(iter([*people_of("archivist"), *people_of("office")]), None)
    rounds = {one.code: one for one in Round.objects.select_related("edition", "companion")}
    for said in year.rounds:
        if reviewer is not None:
            _grade(rounds[said.code], _wanted(year, said), said, reviewer, last)
        if said.closed_on is not None:
            close_round(rounds[said.code], by=MACHINE, at=datetime.combine(said.closed_on, time(18), CHINA))
        else:
            _change_some(rounds[said.code], settings.get("grading", {}), seed=seed, last=last)
            keep_mark(score_round(rounds[said.code], said.opens), on=said.opens)


def _wanted(year: DemoYear, said: DemoRound) -> dict[tuple[str, str], str]:
    return {(one.framework, one.requirement): one.grade for one in year.grades[said.code]}


def _grade(
    round_: Round, wanted: Mapping[tuple[str, str], str], said: DemoRound, reviewer: Actor, last: datetime
) -> None:
    """What had come in by then, and nobody has graded yet, is graded in one sitting."""
    day = said.closed_on or last.date()
    at = datetime.combine(day, time(16), CHINA) - timedelta(days=1)
    packs = {one.pk: one.pack for one in (round_.edition, round_.companion) if one is not None}
    given = []
    for one in materials_of(round_):
        grade = wanted.get((packs[one.requirement.edition_id], one.requirement.code))
        if grade and one.grade is None and one.documents and all(found.arrived_at < at for found in one.documents):
            given.append(Given(one.requirement, grade))
    grade_many(round_, given, by=reviewer, at=at)


def _change_some(round_: Round, said: Mapping[str, Any], *, seed: int, last: datetime) -> None:
    """After grading, some units hand in a new version and one withdraws its paper: these grades count no more."""
    letters = set(Document.objects.filter(kind="report").values_list("pk", flat=True))
    graded = [one for one in materials_of(round_) if one.grade is not None and len(one.documents) == 1]
    counted = [one for one in graded if one.documents[0].document in letters]
    count = int(said.get("replaced", 0)) + int(said.get("withdrawn", 0))
    chosen = random.Random(seed).sample(counted, min(len(counted), count))  # noqa: S311 - demo data
    for number, one in enumerate(chosen):
        document = Document.objects.get(pk=one.documents[0].document)
        if number < int(said["replaced"]):
            _replace(document, at=last - timedelta(minutes=90 - number))
        else:
            withdraw(document, said["why"], by=MACHINE, at=last - timedelta(minutes=30))


def _replace(document: Document, *, at: datetime) -> None:
    lines: Sequence[str] = [document.title]
    file = keep_file(
        letter(document.title, "", lines, document.issuer, at.date()), f"{document.title}.docx", by=MACHINE, at=at
    )
    add_file(document, file, by=MACHINE, at=at, place=1)
