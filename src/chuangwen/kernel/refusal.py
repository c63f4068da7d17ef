"""A refusal: a "no" with a code and a sentence, shown to people as it stands."""

from typing import ClassVar

from chuangwen.kernel.words import later, say


class Refusal(Exception):
    """Base of every "no" of the product.

    A subclass names its ``code`` (for programs) and its ``sentence`` (for people: what, where, the cure).
    The facts of the sentence are keyword arguments. ``status`` is the HTTP status a page answers with.
    Doors catch refusals once; nothing below them catches any.
    """

    code: ClassVar[str] = "refused"
    sentence: ClassVar[str] = later("这一步现在不能做。")
    status: ClassVar[int] = 409

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        super().__init__(self.sentence)

    def __str__(self) -> str:
        return say(self.sentence, **self.facts)

    def as_dict(self) -> dict[str, object]:
        return {"code": self.code, "message": str(self)}
