"""Whether a type's flow has a step that answers: kept beside its content, for the rate of response asks it of every case."""

from typing import Any

from django.db import migrations, models


def tell(apps: Any, _editor: Any) -> None:
    for one in apps.get_model("cases", "CaseType").objects.all():
        if any(move.get("does") in {"contact", "take_on"} for move in one.content.get("moves", [])):
            one.answers = True
            one.save(update_fields=["answers"])


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_area_now")]
    operations = [
        migrations.AddField("casetype", "answers", models.BooleanField("要联系", default=False)),
        migrations.RunPython(tell, migrations.RunPython.noop),
    ]
