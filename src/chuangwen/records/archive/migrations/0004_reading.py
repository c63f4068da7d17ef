"""The search's own tables; why a file has no page pictures."""

from django.db import migrations, models
from django.db.models import Q

from chuangwen.records.archive import search_index


def up(apps, editor):
    search_index.put_up(editor.connection)


def down(apps, editor):
    search_index.take_down(editor.connection)


class Migration(migrations.Migration):
    dependencies = [("archive", "0003_intake")]
    operations = [
        migrations.RunPython(up, down),
        migrations.AddField("storedfile", "preview_why", models.CharField("没有预览的原因", blank=True, default="", max_length=200)),
        migrations.AddField("documentkind", "words", models.JSONField("题名用词", blank=True, default=list)),
        migrations.AddIndex(
            "storedfile", models.Index(fields=["id"], condition=Q(reading="scanned"), name="archive_file_to_recognise")
        ),
        migrations.AddIndex(
            "storedfile", models.Index(fields=["id"], condition=Q(previewed_at=None), name="archive_file_to_preview")
        ),
        migrations.AddIndex(
            "proposal",
            models.Index(fields=["document"], condition=Q(field="classified"), name="archive_proposal_secrecy"),
        ),
    ]
