"""A focus group of which quotes wait for their disclosure check, and the acts by which a person checks them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model

from programmes.actions.code import Coding, code_passage
from programmes.models import Source
from programmes.transcripts.read import checksum
from programmes.vocabulary import EvidenceRole
from tests import factories as make

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from playwright.sync_api import Page

TURNS = (
    "INT: What made you go the first time?",
    "P1: Not me. I stayed at home until the letter came.",
    "P3: I only went because he came out and took me there. I sat with the others from the Thursday market and my "
    "brother-in-law, the baker, and he just came out. I would not have gone on my own.",
    "P1: He did that for you? He has never left his chair for me.",
    "P3: He never looked at the clock.",
    "P2: My hands shake when I fill in forms at Marlow.",
    "P4: It was just good to be asked.",
)
SCOPES = {"p1": "quotes-public", "p2": "unknown", "p3": "quotes-public", "p4": "team-only"}


@dataclass
class DisclosureStudy:
    """A study of one focus group, in which every turn but the interviewer’s is a quote."""

    lead: User
    source: Source
    cmocs: list[Any] = field(default_factory=list)

    @property
    def study(self) -> Any:
        return self.source.study

    @property
    def address(self) -> str:
        return f"/desk/studies/{self.study.slug}/disclosure/"

    def code(self, turn: str) -> Any:
        """Make the words of a turn a quote."""
        words = turn.partition(": ")[2]
        start = self.source.text.index(words)
        coding = Coding(role=EvidenceRole.SUPPORTS, cmocs=[self.cmocs[0]])
        return code_passage(source=self.source, span=(start, start + len(words)), coding=coding, by=self.lead).quote


def disclosure_study(turns: tuple[str, ...] = TURNS) -> DisclosureStudy:
    """Make the study, with its people, their consent and their quotes."""
    study = make.StudyFactory(slug="link-workers", title="Link workers in general practice", statements="own")
    theory = make.TheoryFactory(study=study, slug="walked-in", title="Walked in")
    cmocs = [
        make.CMOCFactory(theory=theory, number=8, title="Walked in by the GP", statement="Walked in, people come."),
        make.CMOCFactory(theory=theory, number=3, title="Forms", statement=""),
    ]
    service = make.ServiceFactory(study=study, number="1", service_type="GP practice", location="practice A")
    lead = get_user_model().objects.create_superuser("ada", password="a password of the test", first_name="Ada")
    make.MembershipFactory(study=study, user=lead, role="lead")
    text = "\n".join(turns) + "\n"
    source = make.SourceFactory(
        study=study, key="fg01", title="Patients’ group, practice A", text=text, sha256=checksum(text)
    )
    for pseudonym, scope in SCOPES.items():
        given = {"pseudonym": pseudonym, "role": "patient", "service": service, "consent_scope": scope}
        who = make.ParticipantFactory(study=study, **given)
        make.SpeakerFactory(source=source, label=pseudonym.upper(), kind="participant", participant=who)
    make.SpeakerFactory(source=source, label="INT", kind="interviewer")
    made = DisclosureStudy(lead, Source.objects.get(pk=source.pk), cmocs)
    for turn in turns:
        if not turn.startswith("INT"):
            made.code(turn)
    return made


class ActsAtDisclosure:
    """A person at the screen of disclosure, whose acts are counted: a key chord, a click or a selection is one."""

    def __init__(self, page: Page) -> None:
        self.page, self.acts = page, 0

    def key(self, chord: str) -> None:
        """Press a key; the next quote has come when this is over."""
        self.acts += 1
        self.page.keyboard.press(chord)
        self.page.wait_for_selector("#disclosure:not([aria-busy])")

    def click(self, name: str) -> None:
        """Click a button or a link."""
        self.acts += 1
        self.page.get_by_role("button", name=name).or_(self.page.get_by_role("link", name=name)).first.click()
        self.page.wait_for_selector("#disclosure:not([aria-busy])")

    def select(self, words: str) -> None:
        """Mark words of the quote with the mouse."""
        self.acts += 1
        said = words.split()
        first, last = (self.page.locator("#the-quote .word", has_text=word).first for word in (said[0], said[-1]))
        start, end = first.bounding_box(), last.bounding_box()
        assert start is not None
        assert end is not None
        self.page.mouse.move(start["x"] + 1, start["y"] + start["height"] / 2)
        self.page.mouse.down()
        self.page.mouse.move(end["x"] + end["width"] - 1, end["y"] + end["height"] / 2, steps=3)
        self.page.mouse.up()

    def waiting(self) -> int:
        """Return how many quotes wait, as the drawing of progress says."""
        told = self.page.locator(".queue-shapes").get_attribute("aria-label") or ""
        return int(told.split(", ")[-1].split()[0])

    def check_all(self) -> int:
        """Check every quote that waits, each by the act that stands first; return how many acts that took.

        Where nobody has said what somebody agreed to, they agreed; who agreed to the team alone stays private.
        """
        before = self.acts
        while self.waiting():
            if self.page.locator('[data-key="y"]').count():
                self.key("y")
            self.key("Enter")
        return self.acts - before
