"""Filing by the archive rules (DA/T 22-2015, DA/T 13-2022): items with their 档号, boxes, hand-over, destruction."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from chuangwen.records.archive.document_models import Document
from chuangwen.records.township.models import Person, RetentionClass


class ArchiveRules(models.Model):
    """What the packs say about the archive beside the kinds: fonds, sections, window of a year, bounds of photos.

    One row (``pk`` 1), read through ``rules.rules_in_force``; each pack's part stands under its name.
    """

    content = models.JSONField(_("内容"), default=dict)
    installed_at = models.DateTimeField(_("安装时间"))

    class Meta:
        verbose_name = _("档案规则")

    def __str__(self) -> str:
        return str(self.pk)


class Item(models.Model):
    """One filed document (件). Its archive code (档号) is ``fonds-category·year-retention-section-number``.

    ``number`` runs from 1 inside the lowest class (category, year, retention, section); a number once given is never
    given again. ``pages`` are those of all its files together.
    """

    document = models.OneToOneField(Document, models.PROTECT, related_name="item", verbose_name=_("资料"))
    fonds = models.CharField(_("全宗号"), max_length=8)
    category = models.CharField(_("门类"), max_length=4)
    year = models.PositiveSmallIntegerField(_("年度"))
    retention = models.ForeignKey(RetentionClass, models.PROTECT, related_name="+", verbose_name=_("保管期限"))
    section = models.CharField(_("机构（问题）"), max_length=12)
    number = models.PositiveIntegerField(_("件号"))
    pages = models.PositiveIntegerField(_("页数"), null=True, blank=True)
    box = models.PositiveIntegerField(_("盒号"), null=True, blank=True)
    note = models.CharField(_("备注"), max_length=200, blank=True)
    filed_at = models.DateTimeField(_("归档时间"))
    filed_by = models.CharField(_("归档人"), max_length=60)
    handed_over_at = models.DateTimeField(_("移交时间"), null=True, blank=True)
    destroyed_at = models.DateTimeField(_("销毁时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("归档件")
        ordering = ["category", "year", "retention", "section", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["fonds", "category", "year", "retention", "section", "number"], name="archive_item_code_once"
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="archive_item_counts_from_one"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """The 档号, e.g. ``J001-WS·2021-D30-CJB-0001`` (DA/T 13-2022: "-" between levels, "·" inside one)."""
        return (
            f"{self.fonds}-{self.category}·{self.year}-{self.retention_id}-{self.section}-{self.number:04d}"
            if self.section
            else f"{self.fonds}-{self.category}·{self.year}-{self.retention_id}-{self.number:04d}"
        )


class Destruction(models.Model):
    """A list of items whose term is over. One person proposes, another approves; the rows of the items stay."""

    title = models.CharField(_("名称"), max_length=120)
    why = models.CharField(_("鉴定意见"), max_length=500)
    items = models.ManyToManyField(Item, related_name="destructions", verbose_name=_("归档件"))
    proposed_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("提出人"))
    proposed_at = models.DateTimeField(_("提出时间"))
    approved_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("批准人")
    )
    approved_at = models.DateTimeField(_("批准时间"), null=True, blank=True)
    refused_why = models.CharField(_("不批准的理由"), max_length=300, blank=True)
    carried_out_at = models.DateTimeField(_("执行时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("销毁清册")
        ordering = ["-proposed_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("proposed_by")), name="archive_destroyed_by_two"
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None, approved_at=None)
                | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="archive_destruction_approved_when",
            ),
        ]

    def __str__(self) -> str:
        return self.title


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
