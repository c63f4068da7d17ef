"""Files that the town keeps: the original sealed under its digest, once."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class StoredFile(models.Model):
    """One file by its bytes. ``name`` is what it was called when it first came; position and time are what the file

    itself claims (never trusted blindly): ``lon``/``lat`` in WGS-84, ``raw_place`` as written. ``likeness`` is a 64-bit
    difference hash of a photo, by which near-duplicates and like views are found.
    """

    sha256 = models.CharField(_("指纹"), max_length=64, unique=True)
    size = models.BigIntegerField(_("字节数"))
    media_type = models.CharField(_("格式"), max_length=100)
    name = models.CharField(_("文件名"), max_length=200)
    is_photo = models.BooleanField(_("照片"), default=False)
    kept_at = models.DateTimeField(_("收到时间"))
    kept_by = models.CharField(_("提交人"), max_length=60, blank=True)
    width = models.PositiveIntegerField(_("宽"), null=True, blank=True)
    height = models.PositiveIntegerField(_("高"), null=True, blank=True)
    taken_at = models.DateTimeField(_("拍摄时间"), null=True, blank=True)
    device = models.CharField(_("设备"), max_length=120, blank=True)
    raw_place = models.JSONField(_("原始位置"), default=dict, blank=True)
    lon = models.DecimalField(_("经度"), max_digits=9, decimal_places=6, null=True, blank=True)
    lat = models.DecimalField(_("纬度"), max_digits=8, decimal_places=6, null=True, blank=True)
    likeness = models.BigIntegerField(_("图像指纹"), null=True, blank=True)

    class Meta:
        verbose_name = _("存档文件")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(size__gt=0), name="archive_file_is_not_empty"),
            models.CheckConstraint(
                condition=Q(lon=None, lat=None) | Q(lon__isnull=False, lat__isnull=False),
                name="archive_file_place_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.name
