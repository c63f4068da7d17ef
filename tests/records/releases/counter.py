"""The counter where documents go out to the public: short sentences for tests."""

from datetime import date
from typing import Any

from tests.people import Cast, hold
from tests.records.archive.shelf import Shelf

from chuangwen.records.archive.document_actions import Facts, open_document
from chuangwen.records.archive.models import Document, PageText, Reading, StoredFile
from chuangwen.records.archive.rules import rules_in_force
from chuangwen.records.releases.actions import Decided, ReleaseSaid, decide, propose, publish
from chuangwen.records.releases.checking import undecided
from chuangwen.records.releases.models import Release
from chuangwen.records.releases.proposing import proposed_from
from chuangwen.records.township.actors import Actor, actor_for
from chuangwen.records.township.models import Person

OPINION = "经审查，可以公开。"


class Counter:
    """李敏 proposes; 何伟, the leader, reviews."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self.shelf = cast, Shelf(cast)
        self.at = self.shelf.at
        leader = Person.objects.create(
            username="hewei", name="何伟", organisation=cast.units["T"], post="副镇长", joined_at=self.at
        )
        cast.people["hewei"] = leader
        hold(leader, cast.roles["leader"])

    @property
    def limin(self) -> Actor:
        return self.cast.actor("limin")

    @property
    def hewei(self) -> Actor:
        return actor_for(Person.objects.get(username="hewei"))

    def paper(self, title: str, text: str, name: str = "正文.txt", **facts: Any) -> Document:
        """A document of one file that has been read."""
        return self.of([self.read_file(name, text)], title, **facts)

    def read_file(self, name: str, text: str, **facts: Any) -> StoredFile:
        file = self.shelf.file(name, reading=Reading.READ, **facts)
        PageText.objects.create(file=file, page=1, text=text)
        return file

    def of(self, files: list[StoredFile], title: str, **facts: Any) -> Document:
        said = {"kind": "norm", "dated": date(2021, 2, 3), "issuer": "张沟镇人民政府办公室", **facts}
        return open_document(
            Facts(title=title, **said), files, self.cast.units["office"], road="page", by=self.limin, at=self.at
        )

    def said(self, document: Document, **changes: Any) -> ReleaseSaid:
        """What the document proposes, changed a little."""
        told = proposed_from(document, rules_in_force(), today=self.at.date())
        return ReleaseSaid(**{**told.__dict__, **changes})

    def proposed(self, document: Document, **changes: Any) -> Release:
        return propose(document, self.said(document, **changes), by=self.limin, at=self.at)

    def settled(self, release: Release) -> Release:
        """Everything that was found is kept for a reason."""
        kept = {one.mark: Decided("keep", "已核对，可以公开") for one in undecided(release)}
        return decide(release, kept, version=release.version, by=self.limin, at=self.at) if kept else release

    def released(self, document: Document, **changes: Any) -> Release:
        release = self.settled(self.proposed(document, **changes))
        return publish(release, OPINION, version=release.version, by=self.hewei, at=self.at)
