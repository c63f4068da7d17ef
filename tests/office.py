"""The small town's office at work on cases: the fixture ``office``."""

from datetime import timedelta

from chuangwen.records.archive.models import StoredFile
from chuangwen.work.cases.actions import open_case, take
from chuangwen.work.cases.models import Case
from chuangwen.work.cases.said import NewCase, Said
from tests.people import Cast
from tests.work.cases.casting import AT


class Office:
    """The cast at work on cases: short sentences for tests."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.at = AT
        self.photos = 0

    def later(self, **length: float) -> None:
        self.at += timedelta(**length)

    def photo(self) -> StoredFile:
        self.photos += 1
        return StoredFile.objects.create(
            sha256=f"{self.photos:064d}", size=1, media_type="image/jpeg", name=f"{self.photos}.jpg", kept_at=self.at
        )

    def finds(self, username: str = "limin", **said: object) -> Case:
        """Somebody finds a problem in 先锋村."""
        new = NewCase(kind="mending", title="垃圾未清", move="find", area=self.cast.units["V1"])
        return open_case(new, Said(answers=said), by=self.cast.actor(username), at=self.at)

    def does(
        self, case: Case, username: str, move: str, *, text: str = "说明", photos: int = 0, **answers: object
    ) -> Case:
        """Somebody takes a move."""
        said = Said(answers=answers, text=text, photos=[self.photo() for _ in range(photos)])
        return take(case, move, said, by=self.cast.actor(username), at=self.at)

    def sent(self, unit: str = "market", **answers: object) -> Case:
        """A case that has been sent to a unit."""
        return self.does(self.finds(), "limin", "send", unit=unit, **answers)
