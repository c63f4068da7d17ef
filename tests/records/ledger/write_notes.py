"""A process of its own for the tests: ``write_notes.py make``, ``… write COUNT`` or ``… verify``, on the home's database."""

import os
import sys

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "chuangwen.settings"
django.setup()

from django.db import connection, transaction  # noqa: E402
from tests.people import AT  # noqa: E402

from chuangwen.records.ledger.actions import MACHINE, Thing, note  # noqa: E402
from chuangwen.records.ledger.models import Note  # noqa: E402
from chuangwen.records.ledger.verifying import verify  # noqa: E402

order = sys.argv[1]
if order == "make":
    with connection.schema_editor() as editor:
        editor.create_model(Note)
elif order == "write":
    for _turn in range(int(sys.argv[2])):
        with transaction.atomic():
            note(Thing("site", "S-01"), "改名", by=MACHINE, at=AT)
else:
    verdict = verify()
    sys.stdout.write(f"{verdict.count} {verdict.holds}")
