"""Cases: what somebody must do by a day, every step of it, what was sent in, who asked for it."""

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from chuangwen.records.archive.models import StoredFile
from chuangwen.records.township.models import Organisation, Person, Site
from chuangwen.work.cases.tally_models import AreaDay, AreaNow
from chuangwen.work.cases.type_models import CaseType, Category, Rung, UnitKey

__all__ = [
    "OLD_LEDGER",
    "AreaDay",
    "AreaNow",
    "Attachment",
    "Case",
    "CaseLink",
    "CaseType",
    "Category",
    "Comment",
    "Phase",
    "Reporter",
    "Rung",
    "Step",
    "UnitKey",
]


OLD_LEDGER = "ledger"
"""The source of a matter that was finished before it was taken in: nobody knows its steps, so no rate of steps counts it."""


class Phase(models.TextChoices):
    """What kind of state a case is in: somebody must act, it rests, it is over."""

    OPEN = "open", _("办理中")
    WAITING = "waiting", _("暂停或等待")
    CLOSED = "closed", _("已办结")


class Case(models.Model):
    """One matter. ``version`` rises with every step, so that the second of two people is told what the first did.

    ``lead`` answers for it; ``area`` is where it is (a village or the town); ``turn_*`` say whose turn it is: a named
    person, else the people of a unit, else the holders of a role. ``clocks`` holds the deadlines by id (see
    ``clocks.py``); ``due_at`` is the nearest that runs. ``answers`` are the values of declared fields, ``hidden``
    those of private ones. All times of the life of a case stand in columns, because figures count them.
    """

    type = models.ForeignKey(CaseType, models.PROTECT, related_name="cases", verbose_name=_("类型"))
    kind = models.CharField(_("类型编号"), max_length=40)
    number = models.CharField(_("编号"), max_length=40, unique=True)
    year = models.PositiveSmallIntegerField(_("年度"))
    serial = models.PositiveIntegerField(_("流水号"))
    title = models.CharField(_("标题"), max_length=120)
    text = models.TextField(_("情况"), blank=True)
    state = models.CharField(_("环节"), max_length=40)
    phase = models.CharField(_("阶段"), max_length=8, choices=Phase, default=Phase.OPEN)
    outcome = models.CharField(_("结果"), max_length=12, blank=True)
    version = models.PositiveIntegerField(_("版本"), default=1)
    guard = models.CharField(_("限制"), max_length=12, blank=True)
    category = models.CharField(_("类别"), max_length=40, blank=True)
    campaign = models.CharField(_("专项"), max_length=40, blank=True)
    urgent = models.BooleanField(_("紧急"), default=False)
    source = models.CharField(_("来源"), max_length=20, default="office")
    outer_number = models.CharField(_("外部编号"), max_length=60, blank=True)
    lead = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="cases_led", verbose_name=_("主办单位")
    )
    assisting = models.ManyToManyField(
        Organisation, blank=True, related_name="cases_assisted", verbose_name=_("协办单位")
    )
    area = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="cases_here", verbose_name=_("所在村（社区）")
    )
    site = models.ForeignKey(Site, models.PROTECT, null=True, blank=True, related_name="cases", verbose_name=_("点位"))
    address = models.CharField(_("地址"), max_length=200, blank=True)
    lon = models.DecimalField(_("经度"), max_digits=9, decimal_places=6, null=True, blank=True)
    lat = models.DecimalField(_("纬度"), max_digits=8, decimal_places=6, null=True, blank=True)
    raw_place = models.JSONField(_("原始坐标"), default=dict, blank=True)
    opener = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="cases_opened", verbose_name=_("登记人")
    )
    holder = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="cases_held", verbose_name=_("经办人")
    )
    turn_unit = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("轮到单位")
    )
    turn_person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("轮到谁")
    )
    turn_role = models.CharField(_("轮到角色"), max_length=40, blank=True)
    accused = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("被反映单位")
    )
    answers = models.JSONField(_("填写内容"), default=dict, blank=True)
    hidden = models.JSONField(_("受限内容"), default=dict, blank=True)
    clocks = models.JSONField(_("时限"), default=dict, blank=True)
    did = models.JSONField(_("经手人"), default=dict, blank=True)

    opened_at = models.DateTimeField(_("登记时间"))
    filed_at = models.DateTimeField(_("立案时间"), null=True, blank=True)
    dispatched_at = models.DateTimeField(_("派遣时间"), null=True, blank=True)
    contacted_at = models.DateTimeField(_("首次联系时间"), null=True, blank=True)
    handled_at = models.DateTimeField(_("处置完成时间"), null=True, blank=True)
    handle_due_at = models.DateTimeField(_("处置截止"), null=True, blank=True)
    replied_at = models.DateTimeField(_("答复时间"), null=True, blank=True)
    paused_at = models.DateTimeField(_("挂起时间"), null=True, blank=True)
    closed_at = models.DateTimeField(_("办结时间"), null=True, blank=True)
    revisit_on = models.DateField(_("回头看日期"), null=True, blank=True)
    due_at = models.DateTimeField(_("最近截止"), null=True, blank=True)
    warn_at = models.DateTimeField(_("预警时间"), null=True, blank=True)
    due_estimated = models.BooleanField(_("时限为推算"), default=False)
    warned = models.BooleanField(_("已预警"), default=False)
    rung = models.PositiveSmallIntegerField(_("督办级"), default=0)
    late = models.BooleanField(_("曾超期"), default=False)
    contacted_in_time = models.BooleanField(_("按时响应"), null=True, blank=True)
    handled_in_time = models.BooleanField(_("按期处置"), null=True, blank=True)
    closed_in_time = models.BooleanField(_("按期办结"), null=True, blank=True)
    solved = models.BooleanField(_("已解决"), null=True, blank=True)
    stars = models.PositiveSmallIntegerField(_("满意度"), null=True, blank=True)
    returns = models.PositiveSmallIntegerField(_("退件次数"), default=0)
    mends = models.PositiveSmallIntegerField(_("处置次数"), default=0)
    reworks = models.PositiveSmallIntegerField(_("返工次数"), default=0)
    relapses = models.PositiveSmallIntegerField(_("反弹次数"), default=0)
    objections = models.PositiveSmallIntegerField(_("异议次数"), default=0)
    extended = models.BooleanField(_("已延期"), default=False)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("来自事项")
    )
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", verbose_name=_("并入")
    )

    as_read: dict[str, Any] = {}  # what ``keeping.fresh`` has read, so that only what has changed is written

    class Meta:
        verbose_name = _("事项")
        ordering = ["-opened_at", "-id"]
        indexes = [
            models.Index(F("turn_person"), F("phase"), F("due_at"), name="cases_turn_person"),
            models.Index(F("turn_unit"), F("phase"), F("due_at"), name="cases_turn_unit"),
            models.Index(F("turn_role"), F("phase"), F("due_at"), name="cases_turn_role"),
            models.Index(fields=["kind", "opened_at"], name="cases_kind_opened"),
            models.Index(fields=["phase", "due_at"], name="cases_phase_due"),
            models.Index(fields=["phase", "warn_at"], name="cases_phase_warn"),
            models.Index(fields=["site", "category"], name="cases_site_category"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["kind", "year", "serial"], name="cases_serial_once"),
            models.CheckConstraint(
                condition=Q(phase="closed", closed_at__isnull=False) | (~Q(phase="closed") & Q(closed_at=None)),
                name="cases_closed_with_its_time",
            ),
            models.CheckConstraint(condition=Q(phase__in=["open", "waiting", "closed"]), name="cases_phase"),
            models.CheckConstraint(condition=Q(merged_into=None) | Q(phase="closed"), name="cases_merged_is_closed"),
            models.CheckConstraint(
                condition=Q(lon=None, lat=None)
                | Q(lon__isnull=False, lat__isnull=False, lon__range=(-180, 180), lat__range=(-90, 90)),
                name="cases_stands_on_earth",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def is_overdue(self, at: datetime) -> bool:
        """A deadline runs and has passed."""
        return self.phase != Phase.CLOSED and self.due_at is not None and self.due_at < at


class Step(models.Model):
    """One step of a case, never changed. ``number`` counts from 1 (the opening); ``mark`` makes a repeat harmless."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="steps", verbose_name=_("事项"))
    number = models.PositiveIntegerField(_("序号"))
    move = models.CharField(_("动作"), max_length=40)
    title = models.CharField(_("动作名称"), max_length=60)
    does = models.CharField(_("性质"), max_length=20, default="step")
    before = models.CharField(_("原环节"), max_length=40, blank=True)
    after = models.CharField(_("新环节"), max_length=40)
    at = models.DateTimeField(_("时间"))
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("人员"))
    by = models.CharField(_("经手人"), max_length=60)
    unit = models.CharField(_("单位"), max_length=120, blank=True)
    text = models.TextField(_("说明"), blank=True)
    answers = models.JSONField(_("填写内容"), default=dict, blank=True)
    remarks = models.JSONField(_("系统提示"), default=list, blank=True)
    in_time = models.BooleanField(_("按期"), null=True, blank=True)
    due_at = models.DateTimeField(_("当时截止"), null=True, blank=True)
    mark = models.CharField(_("标记"), max_length=80, null=True, blank=True, unique=True)

    class Meta:
        verbose_name = _("办理步骤")
        ordering = ["case", "number"]
        indexes = [models.Index(fields=["does", "at"], name="cases_step_does_at")]
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="cases_step_number_once")]

    def __str__(self) -> str:
        return f"{self.case_id}-{self.number} {self.title}"


class Purpose(models.TextChoices):
    """Why a file hangs on a case."""

    BEFORE = "before", _("问题照片")
    AFTER = "after", _("处置后照片")
    OTHER = "other", _("附件")


class Attachment(models.Model):
    """A file that came with a step. ``restricted``: only for those who may see what residents sent in confidence."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="attachments", verbose_name=_("事项"))
    step = models.ForeignKey(
        Step, models.PROTECT, null=True, blank=True, related_name="attachments", verbose_name=_("步骤")
    )
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name=_("文件"))
    purpose = models.CharField(_("用途"), max_length=8, choices=Purpose, default=Purpose.OTHER)
    name = models.CharField(_("文件名"), max_length=200)
    at = models.DateTimeField(_("时间"))
    by = models.CharField(_("提交人"), max_length=60)

    class Meta:
        verbose_name = _("附件")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class Reporter(models.Model):
    """Somebody who asked for it. Name and phone are shown only to those who need them, each look noted.

    ``code`` is the tracking code (unguessable); a merged case keeps its reporters and they follow the case merged into.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="reporters", verbose_name=_("事项"))
    code = models.CharField(_("查询码"), max_length=20, unique=True)
    name = models.CharField(_("姓名"), max_length=60, blank=True)
    phone = models.CharField(_("电话"), max_length=20, blank=True)
    confidential = models.BooleanField(_("要求保密"), default=False)
    channel = models.CharField(_("渠道"), max_length=20, default="phone")
    at = models.DateTimeField(_("时间"))
    solved = models.BooleanField(_("已解决"), null=True, blank=True)
    stars = models.PositiveSmallIntegerField(_("满意度"), null=True, blank=True)
    said = models.CharField(_("评价"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("反映人")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.code


class CaseLink(models.Model):
    """What a case guards or comes from: a standard, an observation, a campaign, a task."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="links", verbose_name=_("事项"))
    kind = models.CharField(_("类别"), max_length=20)
    key = models.CharField(_("编号"), max_length=120)
    title = models.CharField(_("名称"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("关联")
        ordering = ["id"]
        indexes = [models.Index(fields=["kind", "key"], name="cases_link_thing")]
        constraints = [models.UniqueConstraint(fields=["case", "kind", "key"], name="cases_link_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class Comment(models.Model):
    """Something said about a case beside its steps; people named with @ are told."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="comments", verbose_name=_("事项"))
    at = models.DateTimeField(_("时间"))
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("人员"))
    text = models.TextField(_("内容"))
    mentioned = models.ManyToManyField(Person, blank=True, related_name="+", verbose_name=_("提到"))

    class Meta:
        verbose_name = _("留言")
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return self.text[:40]
