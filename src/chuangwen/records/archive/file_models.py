"""Files that the town keeps: the original sealed under its digest, once; what was read in it, page by page."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Reading(models.TextChoices):
    """How far the reading of a file has come. ``scanned`` has pictures only and waits for character recognition."""

    WAITING = "waiting", _("待识别")
    READ = "read", _("已读出文字")
    SCANNED = "scanned", _("扫描件，待文字识别")
    NOTHING = "nothing", _("没有文字")
    FAILED = "failed", _("读不出来")


class StoredFile(models.Model):
    """One file by its bytes. ``name`` is what it was called when it first came; position and time are what the file

    itself claims (never trusted blindly): ``lon``/``lat`` in WGS-84, ``raw_place`` as written. ``likeness`` is a 64-bit
    difference hash of a photo and ``shape`` a 64-bit hash of its coarse waves: two photos are near when one of them is.
    ``sharpness`` and ``quality`` tell a blurred or over-compressed photo. ``looked_at``: the background has hashed it
    and compared it with all others. ``removed_at``: a destruction list has taken it out; ``gone_at``: its bytes too are
    gone. The row stays, and lives again when the same bytes come again.
    """

    sha256 = models.CharField(_("指纹"), max_length=64, unique=True)
    size = models.BigIntegerField(_("字节数"))
    media_type = models.CharField(_("格式"), max_length=100)
    name = models.CharField(_("文件名"), max_length=255)
    is_photo = models.BooleanField(_("照片"), default=False)
    kept_at = models.DateTimeField(_("收到时间"))
    kept_by = models.CharField(_("提交人"), max_length=60, blank=True)
    width = models.PositiveIntegerField(_("宽"), null=True, blank=True)
    height = models.PositiveIntegerField(_("高"), null=True, blank=True)
    pages = models.PositiveIntegerField(_("页数"), null=True, blank=True)
    taken_at = models.DateTimeField(_("拍摄时间"), null=True, blank=True)
    device = models.CharField(_("设备"), max_length=120, blank=True)
    software = models.CharField(_("软件"), max_length=120, blank=True)
    raw_place = models.JSONField(_("原始位置"), default=dict, blank=True)
    lon = models.DecimalField(_("经度"), max_digits=9, decimal_places=6, null=True, blank=True)
    lat = models.DecimalField(_("纬度"), max_digits=8, decimal_places=6, null=True, blank=True)
    likeness = models.BigIntegerField(_("图像指纹"), null=True, blank=True)
    shape = models.BigIntegerField(_("图像轮廓指纹"), null=True, blank=True)
    sharpness = models.FloatField(_("清晰度"), null=True, blank=True)
    quality = models.PositiveSmallIntegerField(_("压缩质量"), null=True, blank=True)
    looked_at = models.DateTimeField(_("查重时间"), null=True, blank=True)
    reading = models.CharField(_("文字"), max_length=8, choices=Reading, default=Reading.WAITING)
    reading_why = models.CharField(_("读不出的原因"), max_length=200, blank=True)
    removed_at = models.DateTimeField(_("销毁时间"), null=True, blank=True)
    gone_at = models.DateTimeField(_("字节删除时间"), null=True, blank=True)
    previewed_at = models.DateTimeField(_("预览时间"), null=True, blank=True)
    preview_why = models.CharField(_("没有预览的原因"), max_length=200, blank=True, default="")

    class Meta:
        verbose_name = _("存档文件")
        ordering = ["id"]
        indexes = [
            models.Index(fields=["id"], condition=Q(reading="waiting"), name="archive_file_to_read"),
            models.Index(fields=["id"], condition=Q(is_photo=True, looked_at=None), name="archive_file_to_look_at"),
            models.Index(
                fields=["id"], condition=Q(removed_at__isnull=False, gone_at=None), name="archive_file_to_remove"
            ),
            models.Index(fields=["id"], condition=Q(reading="scanned"), name="archive_file_to_recognise"),
            models.Index(fields=["id"], condition=Q(previewed_at=None), name="archive_file_to_preview"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(gone_at=None) | Q(removed_at__isnull=False), name="archive_file_gone_once_removed"
            ),
            models.CheckConstraint(condition=Q(size__gt=0), name="archive_file_is_not_empty"),
            models.CheckConstraint(
                condition=Q(lon=None, lat=None) | Q(lon__isnull=False, lat__isnull=False),
                name="archive_file_place_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PageText(models.Model):
    """The text of one page (from 1) of a file; ``by_machine``: recognised from a picture, so it may be wrong."""

    file = models.ForeignKey(StoredFile, models.CASCADE, related_name="texts", verbose_name=_("文件"))
    page = models.PositiveIntegerField(_("页"))
    text = models.TextField(_("文字"))
    by_machine = models.BooleanField(_("识别所得"), default=False)

    class Meta:
        verbose_name = _("文件文字")
        ordering = ["file", "page"]
        constraints = [models.UniqueConstraint(fields=["file", "page"], name="archive_page_once")]

    def __str__(self) -> str:
        return f"{self.file_id}-{self.page}"


class FileCheck(models.Model):
    """One look over every stored file: how many there were, which are missing or changed, by name.

    ``reached`` is the key of the last file looked at, so that a look that was broken off goes on from there.
    """

    begun_at = models.DateTimeField(_("开始"))
    ended_at = models.DateTimeField(_("结束"), null=True, blank=True)
    files = models.PositiveIntegerField(_("文件数"), default=0)
    bytes = models.BigIntegerField(_("字节数"), default=0)
    reached = models.BigIntegerField(_("查到"), default=0)
    damaged = models.JSONField(_("缺失或改动"), default=list, blank=True)

    class Meta:
        verbose_name = _("完整性核查")
        ordering = ["-begun_at", "-id"]

    def __str__(self) -> str:
        return f"{self.begun_at}"
