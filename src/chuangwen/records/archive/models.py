"""For the time being."""

from django.db import models


class StoredFile(models.Model):
    sha256 = models.CharField(max_length=64, unique=True)
    size = models.BigIntegerField(default=0)
    media_type = models.CharField(max_length=80, blank=True)
    name = models.CharField(max_length=200)
    kept_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)
    lon = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    lat = models.DecimalField(max_digits=8, decimal_places=6, null=True)
    likeness = models.BigIntegerField(null=True)
    is_photo = models.BooleanField(default=False)

    def __str__(self) -> str:
        return str(self.pk)
