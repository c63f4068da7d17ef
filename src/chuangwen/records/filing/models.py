"""Filing by the archive rules (DA/T 22-2015, DA/T 13-2022): items with their 档号, boxes, hand-over, destruction."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from chuangwen.records.archive.models import Document
from chuangwen.records.township.models import Person, RetentionClass


class FilingYear(models.Model):
    """One year's filing (整理归档). Numbers are provisional until it is closed, and fixed for ever afterwards."""

    year = models.PositiveSmallIntegerField(_("年度"), unique=True)
    begun_at = models.DateTimeField(_("开始时间"))
    note = models.CharField(_("整理说明"), max_length=500, blank=True)
    closed_at = models.DateTimeField(_("整理完毕"), null=True, blank=True)
    closed_by = models.CharField(_("检查人"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("归档年度")
        ordering = ["-year"]

    def __str__(self) -> str:
        return str(self.year)


class Item(models.Model):
    """One filed document (件) with its archive code (档号), made as the packs say when it was filed.

    ``number`` runs from 1 without holes inside the lowest class (category, year, retention, section) and is provisional
    until the year is closed; afterwards no number is given again, nor changed. ``term`` is the number of years as it was
    when filed (none: for ever). ``pages`` are those of all its files together. ``kept_until``: an appraisal has put the
    end of its term off to this year.
    """

    document = models.OneToOneField(Document, models.PROTECT, related_name="item", verbose_name=_("资料"))
    code = models.CharField(_("档号"), max_length=80, unique=True)
    fonds = models.CharField(_("全宗号"), max_length=8)
    category = models.CharField(_("门类"), max_length=4)
    year = models.PositiveSmallIntegerField(_("年度"))
    retention = models.ForeignKey(RetentionClass, models.PROTECT, related_name="+", verbose_name=_("保管期限"))
    term = models.PositiveSmallIntegerField(_("年数"), null=True, blank=True)
    section = models.CharField(_("机构（问题）"), max_length=12, blank=True)
    number = models.PositiveIntegerField(_("件号"))
    pages = models.PositiveIntegerField(_("页数"), null=True, blank=True)
    box = models.PositiveIntegerField(_("盒号"), null=True, blank=True)
    note = models.CharField(_("备注"), max_length=200, blank=True)
    filed_at = models.DateTimeField(_("归档时间"))
    filed_by = models.CharField(_("归档人"), max_length=60)
    kept_until = models.PositiveSmallIntegerField(_("续存到"), null=True, blank=True)
    handed_over_at = models.DateTimeField(_("移交时间"), null=True, blank=True)
    destroyed_at = models.DateTimeField(_("销毁时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("归档件")
        ordering = ["category", "year", "retention", "section", "number"]
        indexes = [models.Index(fields=["year", "retention"], name="filing_item_year")]
        constraints = [
            models.UniqueConstraint(
                fields=["fonds", "category", "year", "retention", "section", "number"], name="filing_item_code_once"
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="filing_item_counts_from_one"),
            models.CheckConstraint(
                condition=Q(destroyed_at=None) | Q(term__isnull=False), name="filing_item_for_ever_never_destroyed"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Unfiled(models.Model):
    """An item taken out of a closed year: its number stays empty for ever, and the reason stays."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="unfiled", verbose_name=_("资料"))
    year = models.PositiveSmallIntegerField(_("年度"))
    code = models.CharField(_("档号"), max_length=80, unique=True)
    category = models.CharField(_("门类"), max_length=4)
    retention = models.CharField(_("保管期限"), max_length=10)
    section = models.CharField(_("机构（问题）"), max_length=12, blank=True)
    number = models.PositiveIntegerField(_("件号"))
    box = models.PositiveIntegerField(_("盒号"), null=True, blank=True)
    why = models.CharField(_("撤出原因"), max_length=300)
    at = models.DateTimeField(_("时间"))
    by = models.CharField(_("经手"), max_length=60)

    class Meta:
        verbose_name = _("撤出的归档件")
        ordering = ["year", "code"]
        constraints = [models.CheckConstraint(condition=~Q(why=""), name="filing_unfiled_with_reason")]

    def __str__(self) -> str:
        return self.code


class Destruction(models.Model):
    """A list of items whose term is over (销毁清册). One person proposes, another approves, then it is carried out.

    It is never deleted, nor are the rows of its items; a refused list keeps the reason.
    """

    title = models.CharField(_("名称"), max_length=120)
    why = models.CharField(_("鉴定意见"), max_length=500)
    items = models.ManyToManyField(Item, related_name="destructions", verbose_name=_("归档件"))
    proposed_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("提出人"))
    proposed_at = models.DateTimeField(_("提出时间"))
    approved_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("批准人")
    )
    approved_at = models.DateTimeField(_("批准时间"), null=True, blank=True)
    refused_by = models.CharField(_("不批准的人"), max_length=60, blank=True)
    refused_why = models.CharField(_("不批准的理由"), max_length=300, blank=True)
    refused_at = models.DateTimeField(_("不批准的时间"), null=True, blank=True)
    carried_out_at = models.DateTimeField(_("执行时间"), null=True, blank=True)
    carried_out_by = models.CharField(_("执行人"), max_length=60, blank=True)
    removed = models.JSONField(_("删除的文件"), default=list, blank=True)

    class Meta:
        verbose_name = _("销毁清册")
        ordering = ["-proposed_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("proposed_by")), name="filing_destroyed_by_two"
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None, approved_at=None)
                | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="filing_destruction_approved_when",
            ),
            models.CheckConstraint(
                condition=Q(carried_out_at=None) | Q(approved_at__isnull=False), name="filing_destroyed_once_approved"
            ),
            models.CheckConstraint(
                condition=Q(refused_at=None) | (Q(approved_at=None) & ~Q(refused_why="")),
                name="filing_destruction_refused_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class HandOver(models.Model):
    """A package of items for the receiving archive (移交): made, then confirmed when the archive has signed for it."""

    number = models.PositiveIntegerField(_("批次"), unique=True)
    year = models.PositiveSmallIntegerField(_("年度"))
    name = models.CharField(_("文件名"), max_length=200)
    receiver = models.CharField(_("接收单位"), max_length=120)
    items = models.ManyToManyField(Item, related_name="hand_overs", verbose_name=_("归档件"))
    whole = models.CharField(_("总指纹"), max_length=64)
    files = models.PositiveIntegerField(_("文件数"))
    size = models.BigIntegerField(_("字节数"))
    made_at = models.DateTimeField(_("生成时间"))
    made_by = models.CharField(_("生成人"), max_length=60)
    received_at = models.DateTimeField(_("接收时间"), null=True, blank=True)
    received_by = models.CharField(_("接收人"), max_length=60, blank=True)
    confirmed_by = models.CharField(_("登记人"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("档案移交")
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(received_at=None, received_by="") | (Q(received_at__isnull=False) & ~Q(received_by="")),
                name="filing_received_by_somebody",
            )
        ]

    def __str__(self) -> str:
        return self.name
