"""Whose words quotes hold: their participant is that of the turns they are in, and labels are none of their words."""

import json
import re

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError

from programmes.actions.code import Coding, adjust_quote, code_passage
from programmes.actions.speakers import mend_quotes, name_speakers, settle_quotes
from programmes.desk.coding import coding_page
from programmes.models import Membership, Quote, Source, Speaker
from programmes.package.problems import PackageError
from programmes.package.read import read_package
from programmes.package.write import write_package
from programmes.transcripts.read import checksum
from tests.factories import (
    CMOCFactory,
    ParticipantFactory,
    QuoteFactory,
    SourceFactory,
    SpeakerFactory,
    TheoryFactory,
    UserFactory,
)

TEXT = """\
I: Why did you come?
P1: It was warm.
And there was tea.
P2: She came with me.
I: And then?
P1: We stood there."""


@pytest.fixture
def theory(db):
    return TheoryFactory(study__visibility="public")


@pytest.fixture
def source(theory):
    return SourceFactory(study=theory.study, key="group", kind="focus-group", text=TEXT, sha256=checksum(TEXT))


@pytest.fixture
def ann(theory):
    return ParticipantFactory(study=theory.study, pseudonym="ann")


@pytest.fixture
def bea(theory):
    return ParticipantFactory(study=theory.study, pseudonym="bea", consent_scope="team-only")


@pytest.fixture
def speakers(source, ann, bea):
    return [
        SpeakerFactory(source=source, label="I", kind="interviewer"),
        SpeakerFactory(source=source, label="P1", kind="participant", participant=ann),
        SpeakerFactory(source=source, label="P2", kind="participant", participant=bea),
    ]


@pytest.fixture
def coder(client, theory):
    user = UserFactory(is_staff=True)
    user.groups.add(Group.objects.get(name="Curator"))
    Membership.objects.create(study=theory.study, user=user, role="curator")
    client.force_login(user)
    client.user = user
    return client


def words(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def coded(source, passage, cmoc=None):
    start = TEXT.index(passage)
    cmocs = [cmoc or CMOCFactory(theory__study=source.study)]
    act = Coding(role="supports", cmocs=cmocs)
    return code_passage(source=source, span=(start, start + len(passage)), coding=act, by=UserFactory()).quote


def placed(source, passage, **data):
    """Return a quote as it was kept before there were turns: a span of the text, labels and all."""
    start = TEXT.index(passage)
    return QuoteFactory(
        study=source.study, source=source, text=passage, start=start, end=start + len(passage), locator="", **data
    )


def test_quote_takes_words_and_participant_from_its_turn(source, speakers, ann):
    quote = coded(source, "P1: It was warm.\nAnd")
    assert (quote.text, quote.participant, quote.pieces) == ("It was warm.\nAnd", ann, [])
    assert source.text[quote.start : quote.end] == quote.text
    assert coded(source, "It was warm.\nAnd").pk == quote.pk
    assert coded(source, "Why did you come?").participant is None


def test_quote_over_several_turns_is_their_words_in_order(source, speakers, ann, bea):
    quote = coded(source, "there was tea.\nP2: She came with me.\nI: And then?\nP1: We")
    assert quote.text == "there was tea.\nShe came with me.\nAnd then?\nWe"
    assert [source.text[slice(*map(int, piece.split()))] for piece in quote.pieces] == quote.text.split("\n")
    assert (quote.participant, list(quote.also_by.order_by("pk"))) == (None, [ann, bea])
    quote.full_clean()
    adjust_quote(quote=quote, span=(TEXT.index("there was"), TEXT.index("\nP2")))
    assert (quote.text, quote.pieces, quote.participant) == ("there was tea.", [], ann)
    assert not quote.also_by.exists()


@pytest.mark.parametrize("pieces", [["0 20", "25 37"], ["25 37", "2 20"], ["3 20", "24 37"], ["3 20", "25 9999"]])
def test_pieces_are_places_of_the_words(source, pieces):
    quote = QuoteFactory.build(
        study=source.study,
        source=source,
        key="x",
        text="Why did you come?\nIt was warm.",
        start=3,
        end=37,
        pieces=pieces,
    )
    with pytest.raises(ValidationError, match="The words do not stand at this place of the source"):
        quote.full_clean()


def test_where_nobody_said_who_speaks_the_words_are_of_whom_the_source_is(source, ann, bea):
    source.participant = bea
    source.save()
    assert coded(source, "It was warm.").participant == bea
    SpeakerFactory(source=source, label="I", kind="interviewer")
    SpeakerFactory(source=source, label="P2", kind="unknown")
    assert coded(source, "Why did").participant is None
    assert coded(source, "She came").participant == bea


def test_quotes_follow_when_it_is_said_who_speaks(source, ann, bea):
    first, second = placed(source, "It was warm."), placed(source, "She came", participant=ann, consent="participant")
    third, apart = placed(source, "And then?", participant=ann, consent="participant"), QuoteFactory(study=source.study)
    settled = name_speakers(
        source=source,
        speakers=[
            Speaker(source=source, label="I", kind="interviewer"),
            Speaker(source=source, label="P1", kind="participant", participant=ann),
            Speaker(source=source, label="P2", kind="participant", participant=bea),
        ],
        reason="Read the list of the group",
    )
    rows = {quote.pk: (quote.participant, quote.visibility) for quote in Quote.objects.select_related("participant")}
    assert rows == {
        first.pk: (ann, "public"),
        second.pk: (bea, "private"),
        third.pk: (None, "private"),
        apart.pk: (apart.participant, "public"),
    }
    third.refresh_from_db()
    assert third.consent == "unknown"
    assert settled.changed == [first.key, second.key, third.key]
    assert settled.hidden == [second.key, third.key]
    assert third.history.latest().history_change_reason == "Read the list of the group"
    assert settle_quotes(source, "again").changed == []


def test_labels_and_times_are_taken_out_of_quotes(source, speakers, ann, bea):
    held = placed(source, "P1: It was warm.\nAnd there was tea.\nP2: She came with me.")
    clean = placed(source, "We stood there.", participant=ann)
    double = placed(source, "P1: We stood there.", participant=ann)
    settled = mend_quotes(source=source, reason="Labels")
    held.refresh_from_db()
    assert held.text == "It was warm.\nAnd there was tea.\nShe came with me."
    assert (held.visibility, set(held.also_by.all())) == ("private", {ann, bea})
    assert (settled.changed, settled.hidden) == ([held.key], [held.key])
    assert settled.stuck == [f"{double.key}: without it, another quote has the same words"]
    clean.refresh_from_db()
    assert clean.version == 1


def test_quote_that_cannot_be_mended_stays_and_is_told(source, speakers):
    held = placed(source, "P1: It was warm.")
    Quote.objects.filter(pk=held.pk).update(text_as_printed="a\x07")
    settled = mend_quotes(source=source, reason="Labels")
    assert settled.changed == []
    assert settled.stuck[0].startswith(f"{held.key}: This has U+0007 (BELL)")
    held.refresh_from_db()
    assert held.text == "P1: It was warm."


def test_screen_asks_who_speaks_and_mends(coder, source, ann, bea):
    held = placed(source, "P1: It was warm.")
    address = f"/admin/programmes/source/{source.pk}/speakers/"
    page = coder.get(address)
    rows = [(label, turns, said, field.value()) for label, turns, said, field in page.context["form"].rows]
    assert rows == [
        ("I", 2, "Why did you come?", "interviewer"),
        ("P1", 2, "It was warm.\nAnd there was tea.", "unknown"),
        ("P2", 1, "She came with me.", "unknown"),
    ]
    assert "Quotes with a label or a time among their words" in words(page)
    said = {"speaker_0": "interviewer", "speaker_1": ann.pk, "speaker_2": "new", "reason": "By the list"}
    response = coder.post(address, said, follow=True)
    assert f"Quotes that are somebody else’s now: {held.key}." in words(response)
    assert [(row.label, str(row.participant or "")) for row in Speaker.objects.all()] == [
        ("I", ""),
        ("P1", "ann"),
        ("P2", "p2"),
    ]
    assert Speaker.objects.get(label="P1").history.latest().history_change_reason == "By the list"
    response = coder.post(address, {**said, "speaker_1": bea.pk, "speaker_2": "unknown"}, follow=True)
    assert f"Private now, since not everybody in them agreed to be quoted: {held.key}." in words(response)
    assert Speaker.objects.get(label="I").version == 1
    response = coder.post(address, {"mend": "yes"}, follow=True)
    assert f"Quotes that are mended: {held.key}." in words(response)
    held.refresh_from_db()
    assert held.text == "It was warm."
    page = coder.get(address)
    assert "Quotes with a label" not in words(page)
    placed(source, "P1: It was warm.")
    assert "Not mended:" in words(coder.post(address, {"mend": "yes"}, follow=True))


def test_screen_refuses_what_cannot_be(coder, source, ann, monkeypatch):
    address = f"/admin/programmes/source/{source.pk}/speakers/"
    said = {"speaker_0": "interviewer", "speaker_1": "new", "speaker_2": "unknown"}
    assert coder.post(address, {"speaker_0": "nonsense"}).status_code == 400
    ParticipantFactory(study=source.study, pseudonym="p1", withdrawn_date="2020-01-01")
    assert "P1: the participant p1 has withdrawn." in words(coder.post(address, said))
    foreign = SourceFactory(study=source.study, text="甲: 你\n甲: 好", sha256="x")
    refused = coder.post(f"/admin/programmes/source/{foreign.pk}/speakers/", {"speaker_0": "new"})
    assert "No pseudonym can be made of this label:" in words(refused)
    empty = SourceFactory(study=source.study)
    assert "No speaker is told in this text" in words(coder.get(f"/admin/programmes/source/{empty.pk}/speakers/"))


def test_speaker_that_was_said_in_the_meantime(coder, source, monkeypatch):
    address = f"/admin/programmes/source/{source.pk}/speakers/"
    said = {"speaker_0": "interviewer", "speaker_1": "unknown", "speaker_2": "unknown"}

    def at_once(**_):
        Speaker.objects.create(source=source, label="I")
        Speaker.objects.create(source=source, label="I")

    monkeypatch.setattr("programmes.desk.speakers.name_speakers", at_once)
    assert "Somebody else has changed this in the meantime." in words(coder.post(address, said))


def test_coding_screen_shows_each_part_of_a_quote(coder, source, speakers):
    quote = coded(source, "there was tea.\nP2: She came with me.")
    shown = coding_page(source, coder.user)
    assert [(passage.anchor, passage.name) for _, passage in shown.passages] == [
        (quote.key, quote.key),
        (f"{quote.key}-2", quote.key),
    ]
    assert [passage.name for _, passage in shown.listed] == [quote.key]
    page = words(coder.get(f"/admin/programmes/source/{source.pk}/code/"))
    assert "1 quote marked." in page
    assert f"{quote.key}, line 3 , over 2 turns: supports CMOC" in page
    assert f"{quote.key} (turn 2 of 2)" in page
    assert shown.speakers == ["I", "P1", "P2"]
    SpeakerFactory(source=source, label="P3", kind="nobody")
    Speaker.objects.filter(label="P2").update(kind="nobody", participant=None)
    assert coding_page(source, coder.user).speakers == ["I", "P1"]


def test_quote_over_several_turns_travels_with_all_whose_words_are_in_it(theory, source, speakers, ann, bea):
    quote = coded(source, "there was tea.\nP2: She came with me.", CMOCFactory(theory=theory))
    package = write_package(theory)
    quote.also_by.clear()
    quote.set_change_reason("x")
    Quote.objects.filter(pk=quote.pk).update(prefix="")
    read_package(package)
    assert set(quote.also_by.all()) == {ann, bea}
    assert write_package(theory) == package


def test_package_with_a_public_quote_of_somebody_who_did_not_agree_is_refused(theory, source, speakers):
    coded(source, "there was tea.\nP2: She came with me.", CMOCFactory(theory=theory))
    package = json.loads(write_package(theory).replace(b'"q01"', b'"another"'))
    checked = {"visibility": "public", "disclosure_checked_by": "A", "disclosure_checked_date": "2026-01-02"}
    package["quotes"][0] |= {**checked, "consent": "participant"}

    with pytest.raises(PackageError) as error:
        read_package(json.dumps(package).encode())

    assert [str(problem) for problem in error.value.problems] == [
        "quotes: another is public, and somebody in it did not agree to that; leave its visibility out, or record the "
        "consent of each participant whose words are in it"
    ]
    assert not Quote.objects.filter(key="another").exists()


def test_words_of_nobody_who_is_known_to_speak_keep_whom_they_have(source, ann):
    Source.objects.filter(pk=source.pk).update(turns=["20 30 0:00:17 - P1"])
    source.refresh_from_db()
    quote = placed(source, "Why did you", participant=ann)

    settle_quotes(source, "Said who speaks")

    quote.refresh_from_db()
    assert (quote.participant, quote.pieces) == (ann, [])


def test_turn_of_another_form_is_refused(source):
    source.turns = ["P1 from 4 to 15"]
    with pytest.raises(ValidationError, match="“P1 from 4 to 15” does not have the right form: write"):
        source.full_clean()
