"""One of a crowd: opens cases and takes random moves on a shared town, and prints what was acknowledged.

Run as ``python case_crowd.py WHO MOVES``; the town's folder or database comes from the environment.
"""

import os
import random
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chuangwen.settings")

import django

django.setup()

from chuangwen.kernel.refusal import Refusal  # noqa: E402
from chuangwen.kit import clock  # noqa: E402
from chuangwen.records.archive.models import StoredFile  # noqa: E402
from chuangwen.records.ledger.actions import MACHINE  # noqa: E402
from chuangwen.records.township.models import Organisation  # noqa: E402
from chuangwen.work.cases.actions import open_case, take  # noqa: E402
from chuangwen.work.cases.models import Case  # noqa: E402
from chuangwen.work.cases.said import NewCase, Said  # noqa: E402

ANSWERS = {"unit": "market", "extension": "2 工作日"}


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main(who: int, moves: int) -> None:
    dice = random.Random(who)
    area = Organisation.objects.get(code="V1")
    photos = list(StoredFile.objects.all())
    done = refused = 0
    while done < moves:
        case = Case.objects.select_related("type").order_by("?").first() if dice.random() < 0.85 else None
        try:
            if case is None:
                made = open_case(
                    NewCase(kind="mending", title=f"{who}", move="find", area=area), by=MACHINE, at=clock.now()
                )
                say(f"ACK {made.number} {made.version}")
            else:
                open_now = [one["id"] for one in case.type.content["moves"] if case.state in one["from"]]
                move = dice.choice(open_now or ["looked"])
                said = Said(
                    ANSWERS, "人群", [dice.choice(photos)], version=case.version if dice.random() < 0.5 else None
                )
                made = take(case, move, said, by=MACHINE, at=clock.now())
                say(f"ACK {made.number} {made.version}")
            done += 1
        except Refusal:
            refused += 1
    say(f"DONE {done} {refused}")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
