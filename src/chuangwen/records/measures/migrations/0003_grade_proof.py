from django.db import migrations, models


class Migration(migrations.Migration):
    """Grades given before know no documents: they count as unknown until they are given anew."""

    dependencies = [
        ("measures", "0002_visits"),
    ]

    operations = [
        migrations.AddField(
            model_name="grade",
            name="proof",
            field=models.JSONField(blank=True, default=dict),
        ),
    ]
