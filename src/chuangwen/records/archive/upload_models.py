"""Large files that come in pieces, over hours and broken lines."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from chuangwen.records.archive.document_models import Arrival
from chuangwen.records.township.models import Organisation, Person


class Upload(models.Model):
    """One large file on its way: ``offset`` bytes of ``size`` are on the disk for sure, whatever else the file holds.

    ``writer`` names the request that writes now; a later one takes over. ``arrival`` is set when it has come in whole.
    """

    key = models.CharField(_("编号"), max_length=32, primary_key=True)
    person = models.ForeignKey(Person, models.CASCADE, related_name="uploads", verbose_name=_("人员"))
    unit = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("单位"))
    name = models.CharField(_("文件名"), max_length=255)
    inside = models.CharField(_("来自"), max_length=400, blank=True)
    batch = models.CharField(_("批次"), max_length=40)
    size = models.BigIntegerField(_("字节数"))
    offset = models.BigIntegerField(_("已收到"), default=0)
    sha256 = models.CharField(_("指纹"), max_length=64, blank=True)
    writer = models.CharField(_("正在写入"), max_length=32, blank=True)
    begun_at = models.DateTimeField(_("开始时间"))
    touched_at = models.DateTimeField(_("最近写入"))
    arrival = models.ForeignKey(
        Arrival, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("收件")
    )

    class Meta:
        verbose_name = _("断点续传")
        ordering = ["-begun_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(size__gt=0, offset__gte=0, offset__lte=F("size")), name="archive_upload_within_its_size"
            )
        ]

    def __str__(self) -> str:
        return self.name
