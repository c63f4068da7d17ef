"""Rules for passwords, and one-time passwords."""

import secrets

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from chuangwen.records.township.models import PasswordUsed, Person

# Without signs that are easily mistaken for one another when read from paper.
_LETTERS = "abcdefghjkmnpqrstuvwxyz"
_CAPITALS = "ABCDEFGHJKMNPQRSTUVWXYZ"
_DIGITS = "23456789"
REMEMBERED = 5


class ThreeKindsOfCharacters:
    """At least three of: small letters, capitals, digits, other signs."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        kinds = {_kind(sign) for sign in password}
        if len(kinds) < 3:
            raise ValidationError(
                _("密码里至少要有三类字符：小写字母、大写字母、数字、其他符号。"), code="password_too_plain"
            )

    def get_help_text(self) -> str:
        return _("密码里至少要有三类字符：小写字母、大写字母、数字、其他符号。")


class NotUsedBefore:
    """Not the password of now, nor one of the last five."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        if not isinstance(user, Person) or user.pk is None:
            return
        before = PasswordUsed.objects.filter(person=user).order_by("-at", "-id").values_list("encoded", flat=True)
        known = {user.password, *before[:REMEMBERED]}
        if any(check_password(password, encoded) for encoded in known if encoded):
            raise ValidationError(
                _("这个密码最近用过。请换一个与最近 %(count)d 次都不同的密码。"),
                code="password_used_before",
                params={"count": REMEMBERED},
            )

    def get_help_text(self) -> str:
        return _("新密码不能与最近 %(count)d 次用过的相同。") % {"count": REMEMBERED}


def _kind(sign: str) -> str:
    if sign.islower():
        return "small"
    if sign.isupper():
        return "capital"
    return "digit" if sign.isdigit() else "other"


def one_time_password() -> str:
    """A random password to be handed over once, e.g. ``kfWq-7rTn-Hs42``: 12 signs in three groups, 68 bits."""
    while True:
        signs = [secrets.choice(_LETTERS + _CAPITALS + _DIGITS) for _place in range(12)]
        if len({_kind(sign) for sign in signs}) == 3:
            text = "".join(signs)
            return f"{text[:4]}-{text[4:8]}-{text[8:]}"
