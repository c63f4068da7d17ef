"""The ledger: one note for one change, never rewritten."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Note(models.Model):
    """Who changed what, when, from what to what; chained by digest to the note before.

    The person stands here by name, not by key: a note must be readable when the person's row is long gone.
    ``number`` runs 1, 2, 3 … without a gap. ``before`` and ``after`` hold plain JSON (no fractions as numbers).
    """

    number = models.BigIntegerField(_("序号"), primary_key=True)
    at = models.DateTimeField(_("时间"), db_index=True)
    username = models.CharField(_("账号"), max_length=60, db_index=True)
    name = models.CharField(_("姓名"), max_length=60)
    organisation = models.CharField(_("单位"), max_length=120, blank=True)
    verb = models.CharField(_("动作"), max_length=60)
    kind = models.CharField(_("对象类别"), max_length=60)
    key = models.CharField(_("对象编号"), max_length=160)
    title = models.CharField(_("对象名称"), max_length=300, blank=True)
    before = models.JSONField(_("变更前"), default=dict)
    after = models.JSONField(_("变更后"), default=dict)
    previous = models.CharField(_("上一条指纹"), max_length=64, unique=True)
    hash = models.CharField(_("本条指纹"), max_length=64, unique=True)

    class Meta:
        verbose_name = _("账本记录")
        ordering = ["number"]
        indexes = [models.Index(fields=["kind", "key"], name="ledger_note_thing")]
        constraints = [models.CheckConstraint(condition=models.Q(number__gte=1), name="ledger_note_counts_from_one")]

    def __str__(self) -> str:
        return f"{self.number} {self.name} {self.verb} {self.title}"

    def content(self) -> dict[str, object]:
        """What the digest covers: everything except the two digests."""
        return {
            "number": self.number,
            "at": self.at,
            "username": self.username,
            "name": self.name,
            "organisation": self.organisation,
            "verb": self.verb,
            "kind": self.kind,
            "key": self.key,
            "title": self.title,
            "before": self.before,
            "after": self.after,
        }
