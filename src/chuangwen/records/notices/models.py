"""What somebody has been told (提醒), and the channels by which it also leaves the product."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chuangwen.kernel.dates import stamp_of
from chuangwen.kernel.sealing import seal, unseal
from chuangwen.records.township.models import Organisation, Person


class NoticeKind(models.TextChoices):
    """Why somebody is told."""

    TURN = "turn", _("待办")
    ASSIGNED = "assigned", _("交办")
    MENTIONED = "mentioned", _("提到")
    COMMENT = "comment", _("留言")
    WARNING = "warning", _("预警")
    OVERDUE = "overdue", _("超期")
    ESCALATED = "escalated", _("督办")
    RETURNED = "returned", _("退回")
    CHANGED = "changed", _("变更")


class Notice(models.Model):
    """One person told of one matter, once: ``mark`` names the telling, so repeating it is harmless.

    ``text`` holds no personal data and ``link`` is a path inside the site. ``sent_at`` is the first time that any
    channel carried it outside.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="notices", verbose_name=_("人员"))
    kind = models.CharField(_("类别"), max_length=12, choices=NoticeKind.choices)
    text = models.CharField(_("内容"), max_length=500)
    link = models.CharField(_("链接"), max_length=300, blank=True)
    thing_kind = models.CharField(_("对象类别"), max_length=60, blank=True)
    thing_key = models.CharField(_("对象编号"), max_length=160, blank=True)
    mark = models.CharField(_("标记"), max_length=200)
    at = models.DateTimeField(_("时间"))
    read_at = models.DateTimeField(_("已读时间"), null=True)
    sent_at = models.DateTimeField(_("外发时间"), null=True)

    class Meta:
        verbose_name = _("提醒")
        ordering: ClassVar = ["-at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["mark", "person"], name="notices_told_once"),
            models.CheckConstraint(condition=~Q(mark="") & ~Q(text=""), name="notices_say_something"),
            models.CheckConstraint(
                condition=Q(link="") | (Q(link__startswith="/") & ~Q(link__startswith="//")),
                name="notices_link_inside_the_site",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["person", "-at"], name="notices_of_person"),
            models.Index(fields=["person"], condition=Q(read_at=None), name="notices_unread"),
            models.Index(fields=["thing_kind", "thing_key"], name="notices_of_thing"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.get_kind_display()} {self.text}"


class Service(models.TextChoices):
    """By what a channel carries notices outside."""

    MAIL = "mail", _("邮件")
    WECOM = "wecom", _("企业微信群机器人")
    DINGTALK = "dingtalk", _("钉钉群机器人")
    FEISHU = "feishu", _("飞书群机器人")


class Channel(models.Model):
    """One way out, off until somebody switches it on. Its address and secret are sealed and never shown or logged.

    It carries the notices of the people of ``organisation`` and below (``None``: of the whole town), told after it was
    switched on (``after_notice``: the last notice before that). ``not_before`` holds the next message back: while one
    is under way, and after a failure.
    """

    code = models.CharField(_("编号"), max_length=40, unique=True)
    title = models.CharField(_("名称"), max_length=120)
    service = models.CharField(_("服务"), max_length=12, choices=Service.choices)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, related_name="channels", verbose_name=_("单位")
    )
    address = models.TextField(_("地址（密）"))
    secret = models.TextField(_("密钥（密）"), blank=True)
    enabled = models.BooleanField(_("启用"), default=False)
    per_minute = models.PositiveSmallIntegerField(_("每分钟上限"), default=20)
    after_notice = models.BigIntegerField(_("从哪条之后"), default=0)
    not_before = models.DateTimeField(_("最早再发"), null=True)
    last_sent_at = models.DateTimeField(_("上次发出"), null=True)
    failures = models.PositiveIntegerField(_("连续失败"), default=0)
    last_error = models.CharField(_("上次错误"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("外发渠道")
        ordering: ClassVar = ["code"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(per_minute__gte=1, per_minute__lte=20), name="notices_channel_keeps_the_rate"
            )
        ]

    def __str__(self) -> str:
        return self.title

    def seal_address(self, text: str) -> None:
        """Keep the address (webhook or mail URL) sealed."""
        self.address = seal(text, key=settings.SECRET_KEY, place=f"channel.address:{self.code}")

    def seal_secret(self, text: str) -> None:
        """Keep the signing secret sealed."""
        self.secret = seal(text, key=settings.SECRET_KEY, place=f"channel.secret:{self.code}")

    def open_address(self) -> str:
        """The address in the clear, for the moment of sending. Raises ``CannotUnseal``."""
        return unseal(self.address, key=settings.SECRET_KEY, place=f"channel.address:{self.code}")

    def open_secret(self) -> str:
        """The secret in the clear, for the moment of signing. Raises ``CannotUnseal``."""
        return unseal(self.secret, key=settings.SECRET_KEY, place=f"channel.secret:{self.code}")


class Delivery(models.Model):
    """One message that a channel carried, or failed to carry; a carried one knows its notices."""

    channel = models.ForeignKey(Channel, models.CASCADE, related_name="deliveries", verbose_name=_("渠道"))
    at = models.DateTimeField(_("时间"))
    count = models.PositiveIntegerField(_("条数"))
    ok = models.BooleanField(_("成功"))
    error = models.CharField(_("错误"), max_length=300, blank=True)
    notices = models.ManyToManyField(Notice, related_name="deliveries", verbose_name=_("提醒"))

    class Meta:
        verbose_name = _("外发记录")
        ordering: ClassVar = ["-at", "-id"]
        indexes: ClassVar = [models.Index(fields=["channel", "-at"], name="notices_delivery_of_channel")]

    def __str__(self) -> str:
        return f"{self.channel_id} {stamp_of(self.at)} {self.count}"
