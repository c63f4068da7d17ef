"""How people sign in: accounts are opened by the office, never by oneself."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chuangwen.kit import clock
from chuangwen.records.township import actions
from chuangwen.records.township.actors import actor_for
from chuangwen.records.township.models import Person


class SignIn(DefaultAccountAdapter):  # type: ignore[misc]
    """The town's rules for allauth: no sign-up, sign-in by account, a first password must be changed."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("账号或密码不对。连续输错 5 次将暂时锁定；忘记密码请找系统管理员重发。"),
        "account_inactive": _("这个账号已停用。如有疑问请联系系统管理员。"),
        "enter_current_password": _("请输入现在的密码。"),
        "incorrect_password": _("密码不对。"),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        if isinstance(request.user, Person) and request.user.must_change_password:
            return reverse("account_change_password")
        return str(super().get_login_redirect_url(request))

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return "/"

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """Change the password by the town's action, so that it is checked, remembered and noted."""
        if not isinstance(user, Person):
            raise TypeError("only people have passwords")
        changed = actions.change_password(user, password, by=actor_for(user), at=clock.now())
        user.password, user.must_change_password = changed.password, changed.must_change_password

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """The product sends no e-mail: a town's machine may have no way to the outside."""
