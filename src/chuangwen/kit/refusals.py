"""Refusals that several rooms share."""

from chuangwen.kernel.refusal import Refusal
from chuangwen.kernel.words import later, say


class NotFound(Refusal):
    """What was asked for is not there, or not for this person to know about."""

    code = "not_found"
    sentence = later("没有找到{what}。它可能已被撤销，或者不在你的数据范围内。")
    status = 404


class NothingYet(Refusal):
    """There is nothing to show yet. A page then says what will stand here and gives the first step; it is no error.

    ``page`` names the page of the first step, ``move`` what the link to it says; shown to those who may open it.
    """

    code = "nothing_yet"
    sentence = later("这里还没有内容。")
    what = later("有了内容就会列在这里。")
    page = ""
    move = ""
    status = 404

    @property
    def told(self) -> str:
        return say(self.what)

    @property
    def move_told(self) -> str:
        return say(self.move) if self.move else ""


class NotAllowed(Refusal):
    """The person's roles do not hold the permission."""

    code = "not_allowed"
    sentence = later("你没有“{permission}”的权限。如工作需要，请联系镇创建办公室或系统管理员授权。")
    status = 403


class OutOfReach(Refusal):
    """The permission is held, but not over this organisation."""

    code = "out_of_reach"
    sentence = later("你的“{permission}”权限不包括“{organisation}”。如工作需要，请联系系统管理员调整数据范围。")
    status = 403


class SignInFirst(Refusal):
    """Nobody is signed in."""

    code = "sign_in_first"
    sentence = later("请先登录。")
    status = 401
