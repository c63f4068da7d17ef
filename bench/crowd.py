"""One of eight at work on one database file: ``python -m bench.crowd ours|orm|bare WHO MOVES``, begun by a line on stdin.

``ours`` opens cases and takes moves by the product's actions, as people of the cast with their rights. ``bare`` writes
the same rows in the same kind of transaction on a bare connection: read the case, update it, write a step, the
roll-up's rows, a note and a notice. ``orm`` writes them as a Django developer would, without any rule or right: the case
read under the lock and saved, the others created, the counts raised with ``F``, the note chained to the last by its hash.
"""

import json
import os
import random
import sqlite3
import sys
import time
from pathlib import Path
from typing import Any

ROLE = {"office": "limin", "inspector": "zhangqiang", "@lead": "wangjianguo"}
ANSWERS = {"unit": "market", "extension": "2 工作日"}
OPENINGS = 0.15
begun: list[float] = []


def ours(who: int, moves: int) -> int:
    """Moves of people; returns how many were refused (somebody else was faster)."""
    import django

    django.setup()
    from chuangwen.kernel.refusal import Refusal
    from chuangwen.kit import clock
    from chuangwen.records.archive.models import StoredFile
    from chuangwen.records.township.actors import actor_for
    from chuangwen.records.township.models import Organisation, Person
    from chuangwen.work.cases.actions import open_case, take
    from chuangwen.work.cases.models import Case
    from chuangwen.work.cases.said import NewCase, Said
    from chuangwen.work.cases.types import definition, in_force

    dice = random.Random(who)
    area = Organisation.objects.get(code="V1")
    photos = list(StoredFile.objects.all())
    actors = {word: actor_for(Person.objects.get(username=name)) for word, name in ROLE.items()}
    type_ = definition(in_force("mending"))
    choices = {
        state.id: [(one.id, actors[word]) for one in type_.moves if state.id in one.sources for word in one.who[:1] if word in actors]
        for state in type_.states
    }  # fmt: skip
    keys = list(Case.objects.filter(kind="mending").values_list("pk", flat=True))
    ready()
    done = refused = 0
    while done < moves:
        if dice.random() < OPENINGS:
            new = NewCase(kind="mending", title=f"{who}-{done}", move="find", area=area)
            keys.append(open_case(new, by=actors["office"], at=clock.now()).pk)
            done += 1
            continue
        case = Case.objects.only("state", "version").get(pk=dice.choice(keys))
        if not choices[case.state]:
            continue
        move, actor = dice.choice(choices[case.state])
        try:
            take(
                case, move, Said(ANSWERS, "人群", [dice.choice(photos)], version=case.version), by=actor, at=clock.now()
            )
            done += 1
        except Refusal:
            refused += 1
    return refused


def bare(who: int, moves: int) -> int:
    """The same rows without any rule."""
    dice = random.Random(who)
    database = sqlite3.connect(
        Path(os.environ["CHUANGWEN_HOME"]) / "chuangwen.sqlite3", isolation_level=None, timeout=30
    )
    database.execute("PRAGMA synchronous=FULL")
    keys = [key for (key,) in database.execute("SELECT id FROM cases_case")]
    areas = [key for (key,) in database.execute("SELECT id FROM township_organisation WHERE code IN ('T', 'V1')")]
    person = database.execute("SELECT id FROM township_person LIMIT 1").fetchone()[0]
    ready()
    for number in range(moves):
        key, now = dice.choice(keys), f"2021-10-12 01:00:{number % 60:02d}.{who:06d}"
        database.execute("BEGIN IMMEDIATE")
        move_bare(database, key, (areas, person), now, f"{who}-{number}")
        database.execute("COMMIT")
    return 0


def move_bare(database: sqlite3.Connection, key: int, known: tuple[list[int], int], now: str, mark: str) -> None:
    """One move's rows."""
    areas, person = known
    version = database.execute("SELECT version FROM cases_case WHERE id = ?", [key]).fetchone()[0] + 1
    database.execute(
        "UPDATE cases_case SET state = 'handling', turn_unit_id = NULL, clocks = ?, did = ?, due_at = ?, warn_at = ?,"
        " version = ? WHERE id = ? AND version = ?",
        [json.dumps({"handle": now}), json.dumps({"send": person}), now, now, version, key, version - 1],
    )
    insert(database, "cases_step", {"case_id": key, "number": version, "move": "send", "title": "派遣", "does": "dispatch",
           "before": "filed", "after": "handling", "at": now, "by": "李敏", "unit": "创文办", "text": "人群", "answers": "{}",
           "remarks": "[]", "mark": mark})  # fmt: skip
    names = "reported, filed, dispatched, handled, handled_in_time, closed, closed_in_time, reworked, returned, due, open, waiting"
    sums = ", ".join(f"{one} = {one} + excluded.{one}" for one in names.split(", "))
    for area in areas:
        database.execute(
            f"INSERT INTO cases_areaday (area_id, day, {names}) VALUES (?, '2021-10-12', 0,0,1,0,0,0,0,0,0,1,0,0)"
            f" ON CONFLICT (area_id, day) DO UPDATE SET {sums}",
            [area],
        )
    (last,) = database.execute("SELECT MAX(number) FROM ledger_note").fetchone()
    insert(database, "ledger_note", {"number": last + 1, "at": now, "username": "limin", "name": "李敏", "organisation": "创文办",
           "verb": "派遣", "kind": "case", "key": mark, "title": mark, "before": "{}", "after": '{"state":"handling"}',
           "previous": f"{mark:0>64}", "hash": f"{mark:1>64}"})  # fmt: skip
    insert(database, "notices_notice", {"person_id": person, "kind": "assigned", "text": "轮到你办", "link": f"/cases/{key}/",
           "thing_kind": "case", "thing_key": str(key), "mark": mark, "at": now})  # fmt: skip


def orm(who: int, moves: int) -> int:
    """The same rows by Django's models, as a peer would write them."""
    import django

    django.setup()
    from hashlib import sha256

    from django.db import transaction
    from django.db.models import F

    from chuangwen.kit import clock
    from chuangwen.records.ledger.models import Note
    from chuangwen.records.notices.models import Notice
    from chuangwen.records.township.models import Organisation, Person
    from chuangwen.work.cases.models import Case, Step
    from chuangwen.work.cases.tally_models import AreaDay

    dice = random.Random(who)
    keys = list(Case.objects.filter(kind="mending").values_list("pk", flat=True))
    areas = list(Organisation.objects.filter(code__in=["T", "V1"]))
    person = Person.objects.select_related("organisation").get(username="limin")
    told = {"username": person.username, "name": person.name, "organisation": person.organisation.name}
    ready()
    for number in range(moves):
        now, mark = clock.now(), f"{who}-{number}"
        with transaction.atomic():
            case = Case.objects.select_for_update().select_related("type", "area", "lead").get(pk=dice.choice(keys))
            case.state, case.turn_unit, case.due_at, case.warn_at, case.version = (
                "handling",
                None,
                now,
                now,
                case.version + 1,
            )
            case.clocks, case.did = {"handle": {"due": now.isoformat()}}, {"send": person.pk}
            case.save()
            Step.objects.create(case=case, number=case.version, move="send", title="派遣", does="dispatch", before="filed",
                                after="handling", at=now, by=person.name, person=person, unit="创文办", text="人群", mark=mark)  # fmt: skip
            for area in areas:
                AreaDay.objects.get_or_create(area=area, day=now.date())
                AreaDay.objects.filter(area=area, day=now.date()).update(
                    dispatched=F("dispatched") + 1, open=F("open") + 1
                )
            last = Note.objects.order_by("-number").first()
            facts = {
                "verb": "派遣",
                "kind": "case",
                "key": mark,
                "title": mark,
                "before": {},
                "after": {"state": "handling"},
                **told,
            }
            text = json.dumps([last.hash, last.number + 1, facts], ensure_ascii=False, sort_keys=True)
            Note.objects.create(
                number=last.number + 1, at=now, previous=last.hash, hash=sha256(text.encode()).hexdigest(), **facts
            )
            Notice.objects.create(person=person, kind="assigned", text="轮到你办", link=f"/cases/{case.pk}/", thing_kind="case",
                                  thing_key=str(case.pk), mark=mark, at=now)  # fmt: skip
    return 0


def insert(database: sqlite3.Connection, table: str, row: dict[str, Any]) -> None:
    marks = ", ".join("?" * len(row))
    columns = ", ".join(f'"{name}"' for name in row)
    database.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", list(row.values()))


def ready() -> None:
    """Say so, and wait for the word to begin."""
    print("READY", flush=True)
    sys.stdin.readline()
    begun.append(time.process_time())


if __name__ == "__main__":
    kind, me, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chuangwen.settings")
    rest = {"ours": ours, "orm": orm, "bare": bare}[kind](me, count)
    print(f"DONE {rest} {time.process_time() - begun[0]:.3f}", flush=True)
