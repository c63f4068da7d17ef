"""For the time being."""

from django.db import models

from chuangwen.records.township.models import Person


class Notice(models.Model):
    person = models.ForeignKey(Person, models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=20)
    text = models.CharField(max_length=500)
    link = models.CharField(max_length=200, blank=True)
    thing_kind = models.CharField(max_length=40)
    thing_key = models.CharField(max_length=120)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    mark = models.CharField(max_length=160)

    def __str__(self) -> str:
        return str(self.pk)
