"""The database itself refuses to alter or delete a note."""

from django.db import migrations

from chuangwen.records.ledger import guards


def up(apps, editor):
    guards.put_up(editor.connection)


def down(apps, editor):
    guards.take_down(editor.connection)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [migrations.RunPython(up, down)]
