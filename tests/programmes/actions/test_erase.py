"""A passage is erased for good, and nothing that was erased comes back through any door."""

import datetime as dt
import json
import unicodedata

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError

from programmes.actions.code import Coding, code_passage
from programmes.actions.erase import Signed, erase_passage, traces_of_passage
from programmes.actions.review import stored_wording
from programmes.actions.withdraw import traces_of_participant, withdraw_participant
from programmes.models import (
    CMOC,
    ErasedRun,
    Erasure,
    Memo,
    Participant,
    Quote,
    Source,
    Upload,
)
from programmes.models.erasures import remembered_once
from programmes.package.problems import PackageError
from programmes.package.read import Load, read_package
from programmes.package.write import write_package
from programmes.transcripts.read import checksum
from programmes.transcripts.turns import SpokenTurn, line_of_turn, turns_of
from tests.factories import (
    CMOCFactory,
    MembershipFactory,
    MemoFactory,
    ParticipantFactory,
    QuoteFactory,
    ReviewFactory,
    SourceFactory,
    SpeakerFactory,
    TheoryFactory,
    UploadFactory,
    UserFactory,
)
from tests.programmes.actions.test_withdraw import everything

DAY = dt.date(2026, 3, 4)
TEXT = """\
I: Who helped you most in those first weeks?
P1: I had a long talk with Zq Miller from the centre, and it changed everything for me.
I: What did she say?
P1: Zq Miller said that nobody has to be brave all of the time, and I have kept that."""
NAME = TEXT.index("Zq Miller"), TEXT.index("Zq Miller") + len("Zq Miller")
ERASED = TEXT.replace("Zq Miller", "██ ██████")


@pytest.fixture
def source(db):
    theory = TheoryFactory(slug="theory")
    MembershipFactory(study=theory.study, user=UserFactory(username="lead"), role="lead")
    who = ParticipantFactory(study=theory.study, pseudonym="p1", consent_scope="quotes-public")
    source = SourceFactory(
        study=theory.study,
        key="talk",
        title="Talk 1",
        kind="interview",
        text=TEXT,
        sha256=checksum(TEXT),
        participant=who,
    )
    SpeakerFactory(source=source, label="I", kind="interviewer")
    SpeakerFactory(source=source, label="P1", kind="participant", participant=who)
    return source


@pytest.fixture
def lead(source):
    return source.study.memberships.get().user


def quoted(source, passage):
    start = source.text.index(passage)
    coding = Coding(role="supports", cmocs=[CMOCFactory(theory=source.study.theories.get())])
    return code_passage(source=source, span=(start, start + len(passage)), coding=coding, by=UserFactory()).quote


def erase(source, passage, lead, *, everywhere=True, chosen=()):
    start = source.text.index(passage)
    span = (start, start + len(passage))
    signed = Signed("A real name", DAY, lead, chosen)
    return erase_passage(source=source, span=span, everywhere=everywhere, signed=signed)


def test_a_passage_gets_its_mark_everywhere_and_places_stand(source, lead):
    holds = quoted(source, "talk with Zq Miller from")
    beside = quoted(source, "from the centre")
    apart = quoted(source, "brave all of the time")
    several = quoted(
        source, "Zq Miller from the centre, and it changed everything for me.\nI: What did she say?\nP1: Zq Miller"
    )
    gone = quoted(source, "with Zq Miller")
    gone.evidence.all().delete()
    gone.delete()
    source.title = "Talk with Zq Miller"
    source.save()
    source.title = "Talk 1"
    source.save()
    UploadFactory(study=source.study, name="Zq_Miller.docx", content={"text": "none"})
    kept = UploadFactory(study=source.study, name="other.docx", content={"text": "none"})
    logged = LogEntry.objects.create(
        user=lead,
        content_type=ContentType.objects.get_for_model(Source),
        object_id=source.pk,
        object_repr="Talk with Zq Miller",
        action_flag=1,
    )
    places = {quote.pk: (quote.start, quote.end, quote.pieces) for quote in (holds, beside, apart, several)}
    reviewed = Quote.objects.get(pk=apart.pk).version
    chosen = [trace.identity for trace in traces_of_passage(source, *NAME, lead)]
    assert chosen == [f"programmes.source.title:{source.pk}"]

    erasure = erase(source, "Zq Miller", lead, chosen=chosen)

    assert "Zq" not in everything()
    source.refresh_from_db()
    assert (source.text, source.sha256) == (ERASED, checksum(ERASED))
    assert Quote.objects.get(pk=holds.pk).text == "talk with ██ ██████ from"
    assert Quote.objects.get(pk=beside.pk).prefix.endswith("talk with ██ ██████ ")
    assert Quote.objects.get(pk=several.pk).text.startswith("██ ██████ from the centre")
    assert Quote.objects.get(pk=apart.pk).version == reviewed + 1  # the words before it
    assert {quote.pk: (quote.start, quote.end, quote.pieces) for quote in Quote.objects.all()} == places
    for quote in Quote.objects.all():
        quote.full_clean()
    assert source.history.first().history_change_reason == "A real name"
    assert Upload.objects.get() == kept
    assert LogEntry.objects.get(pk=logged.pk).object_repr == "Erased"
    assert (erasure.kind, erasure.keys, erasure.left, erasure.signed_by) == ("passage", [], [], "lead")
    assert Erasure.objects.get() == erasure


def test_one_place_alone_can_be_erased_in_whole_words(source, lead):
    start = source.text.index("Zq Miller said")
    signed = Signed("A real name", DAY, lead)
    erase_passage(source=source, span=(start + 1, start + 5), everywhere=False, signed=signed)
    source.refresh_from_db()
    assert source.text == TEXT.replace("Zq Miller said", "██ ██████ said")


def test_white_space_is_nothing_to_erase(source, lead):
    with pytest.raises(ValueError, match="nothing to erase"):
        erase_passage(source=source, span=(4, 4), everywhere=True, signed=Signed("Nothing", DAY, lead))
    assert not Erasure.objects.exists()


def test_what_stays_is_told_with_its_reason(source, lead):
    study = source.study
    other = SourceFactory(
        study=study, key="other", text="Zq Miller was there.", sha256=checksum("Zq Miller was there.")
    )
    memo = MemoFactory(study=study, key="m1", text="So ZQ\nMILLER is a real name; see Zq  Miller.")
    cmoc = CMOCFactory(theory=study.theories.get(), title="What Zq Miller does")
    elsewhere = MemoFactory(text="Zq Miller in another study")
    in_document = QuoteFactory(study=study, key="printed", text="As Zq Miller wrote", locator="p. 3")

    traces = traces_of_passage(source, *NAME, lead)
    assert [(trace.called, trace.name, trace.places, trace.maskable) for trace in traces] == [
        (f"CMOC theory:{cmoc.number}", "title", 1, True),
        (f"memo {study.slug}:m1", "text", 2, True),
        (f"quote {study.slug}:printed", "text", 1, True),
        (f"source {study.slug}:other", "text", 1, False),
    ]
    chosen = [
        trace.identity for trace in traces if trace.record in (memo.pk, in_document.pk) and trace.model is not CMOC
    ]

    erasure = erase(source, "Zq Miller", lead, chosen=[*chosen, traces[3].identity])

    assert Memo.objects.get(pk=memo.pk).text == "So ██\n██████ is a real name; see ██  ██████."
    assert set(memo.history.values_list("text", flat=True)) == {"So ██\n██████ is a real name; see ██  ██████."}
    assert Quote.objects.get(pk=in_document.pk).text == "As ██ ██████ wrote"
    assert Memo.objects.get(pk=elsewhere.pk).text == "Zq Miller in another study"
    assert erasure.left == [
        {
            "record": f"CMOC theory:{cmoc.number}",
            "field": "title",
            "places": 1,
            "states": 2,
            "why": "it was left, since it was not chosen",
        },
        {
            "record": f"source {study.slug}:other",
            "field": "text",
            "places": 1,
            "states": 2,
            "why": "it stands in another transcript: erase it there as well",
        },
    ]
    assert Source.objects.get(pk=other.pk).text == "Zq Miller was there."


NAMED = """\
Qz Miller: How was it?
Tom Miller: It was good, and Qz Miller was kind.
Qz Miller: And then?
Tom Miller: We went on."""


@pytest.mark.parametrize("stored", [True, False])
def test_name_that_is_a_label_is_erased_and_turns_stay(source, lead, stored):
    text = {"text": NAMED, "sha256": checksum(NAMED)}
    lines = [line_of_turn(turn) for turn in turns_of(NAMED)]
    named = SourceFactory(study=source.study, key="named", title="Named", turns=lines * stored, **text)
    who = ParticipantFactory(study=source.study, pseudonym="tom")
    SpeakerFactory(source=named, label="Qz Miller", kind="interviewer")
    SpeakerFactory(source=named, label="Tom Miller", kind="participant", participant=who)
    quote = quoted(named, "It was good, and Qz Miller was kind.\nQz Miller: And then?\nTom Miller: We went on.")
    assert (quote.participant, quote.text) == (who, "It was good, and Qz Miller was kind.\nAnd then?\nWe went on.")
    before = [(turn.start, turn.end) for turn in named.spoken()]

    erase(named, "Qz Miller", lead)

    assert "Qz" not in everything()
    named.refresh_from_db()
    assert [(turn.start, turn.end) for turn in named.spoken()] == before
    assert {turn.speaker for turn in named.spoken()} == {"██ ██████", "Tom Miller"}
    assert sorted(named.speakers.values_list("label", "kind")) == [
        ("Tom Miller", "participant"),
        ("██ ██████", "interviewer"),
    ]
    assert Quote.objects.get(pk=quote.pk).participant == who

    erase(named, "Tom", lead)
    erase(named, "Miller", lead)

    assert "Tom" not in everything()
    named.refresh_from_db()
    assert [(turn.start, turn.end) for turn in named.spoken()] == before
    assert sorted(named.speakers.values_list("label", "kind")) == [
        ("██ ██████", "interviewer"),
        ("███ ██████", "participant"),
    ]
    Quote.objects.get(pk=quote.pk).full_clean()


def test_turns_whose_speakers_stand_beside_the_text_stay(source, lead):
    text = "Good morning, Mr Qz.\nGood morning."
    turns = [line_of_turn(SpokenTurn(0, 20, "Qz Ann")), line_of_turn(SpokenTurn(21, 34, "Bob"))]
    named = SourceFactory(study=source.study, key="named", title="Named", turns=turns, text=text, sha256=checksum(text))
    erasure = erase(named, "Qz", lead, chosen=[f"programmes.source.turns:{named.pk}"])
    named.refresh_from_db()
    assert named.text == "Good morning, Mr ██.\nGood morning."
    assert [(turn.start, turn.end, turn.speaker) for turn in named.spoken()] == [(0, 20, "██ Ann"), (21, 34, "Bob")]
    assert erasure.left == []


def test_labels_that_marks_make_alike_are_told_apart(source, lead):
    text = "Ann: One.\nBob: Two.\nAnn: Three.\nBob: Four."
    named = SourceFactory(study=source.study, key="named", title="Named", text=text, sha256=checksum(text))
    for label in ("Ann", "Bob"):
        SpeakerFactory(source=named, label=label, kind="unknown")
    erase(named, "Ann", lead)
    named.refresh_from_db()
    erase(named, "Bob", lead)
    named.refresh_from_db()
    assert [turn.speaker for turn in named.spoken()] == ["███", "███ 2", "███", "███ 2"]
    assert sorted(named.speakers.values_list("label", flat=True)) == ["███", "███ 2"]


def test_label_of_one_turn_alone_keeps_its_speaker(source, lead):
    text = "Ann: One.\nBob: Two.\nAnn: Three.\nBob: Four."
    named = SourceFactory(study=source.study, key="named", title="Named", text=text, sha256=checksum(text))
    erase(named, "Ann", lead, everywhere=False)
    named.refresh_from_db()
    assert named.text.startswith("███: One.")
    assert [turn.speaker for turn in named.spoken()] == ["Ann", "Bob", "Ann", "Bob"]


@pytest.mark.untraced
@pytest.mark.parametrize(
    "text",
    [
        "I had a long talk with Zq Miller from the centre",
        "So I had a LONG\ntalk with\nZq\nMiller from\nthe centre – yes",
        "a long talk with Zq Miller",
        "“Zq Miller from the centre”",
    ],
)
def test_an_erased_passage_comes_in_as_its_mark(source, lead, text):
    erase(source, "Zq Miller", lead)
    marked = text.replace("Zq", "██").replace("Miller", "██████").replace("MILLER", "██████")

    memo = MemoFactory.build(study=source.study, key="again", text=text)
    memo.full_clean()
    assert memo.text == marked
    new = SourceFactory(study=source.study, key="again", text=text, sha256=checksum(text))
    assert (new.text, new.sha256) == (marked, checksum(marked))


def test_other_words_with_the_same_name_stay(source, lead):
    erase(source, "Zq Miller", lead)
    memo = MemoFactory(study=source.study, text="Zq Miller is a common name in these parts")
    assert memo.text == "Zq Miller is a common name in these parts"


def test_an_older_package_brings_an_erased_passage_as_its_mark(source, lead):
    quote = quoted(source, "talk with Zq Miller from")
    quoted(source, "with Zq Miller from the centre")
    package = write_package(source.study.theories.get())
    erase(source, "Zq Miller", lead)
    after = write_package(source.study.theories.get())

    report = read_package(package)

    assert write_package(source.study.theories.get()) == after
    assert Quote.objects.get(pk=quote.pk).text == "talk with ██ ██████ from"
    assert "sources[0].text: has a passage that was erased for good; it came in as its mark" in report.notes
    assert "Zq" not in everything()
    Quote.objects.all().delete()
    source.speakers.all().delete()
    Source.objects.all().delete()
    read_package(package)
    assert "Zq" not in everything().replace("'key'", "")
    assert Source.objects.get().text == ERASED


SAID = "it changed everything for me"


@pytest.fixture
def withdrawn(source, lead):
    """A package of the study before somebody withdrew, and the erasure."""
    quoted(source, "I had a long talk with Zq Miller from the centre, and it changed everything for me.")
    package = write_package(source.study.theories.get())
    who = Participant.objects.get()
    erasure = withdraw_participant(participant=who, reason="Asked by letter", on=DAY, by=lead)
    return package, erasure


def problems(package):
    with pytest.raises(PackageError) as raised:
        read_package(package)
    return [(problem.path, problem.message, problem.remedy) for problem in raised.value.problems]


def test_a_withdrawal_remembers_keys_and_hashes_and_no_word(source, withdrawn):
    _, erasure = withdrawn
    assert erasure.keys == ["participant p1", "source talk", "quote q01"]
    assert (erasure.kind, erasure.study_slug, erasure.signed_by) == ("withdrawal", source.study.slug, "lead")
    assert erasure.left == []
    assert ErasedRun.objects.filter(erased=8).count() == 17 + 18 - 7  # words of their two turns
    assert SAID not in everything()


def test_an_older_package_cannot_undo_a_withdrawal(source, withdrawn):
    package, _ = withdrawn
    assert problems(package)[0][0] == "participants[0]"
    assert SAID not in everything()


def test_who_withdraws_while_a_package_is_loaded_stays_out(source, lead, monkeypatch):
    document = json.loads(write_package(source.study.theories.get()))
    memo = {"key": "m9", "kind": "reflexive", "text": "Nobody has to be brave all of the time, she said."}
    document["memos"] = [{**memo, "signed_by": "A", "signed_date": "2026-01-02"}]
    was_written = Load.was_written

    def withdraw_first(load, plan):
        with remembered_once(anew=True):
            withdraw_participant(participant=Participant.objects.get(), reason="Asked", on=DAY, by=lead)
        return was_written(load, plan)

    monkeypatch.setattr(Load, "was_written", withdraw_first)
    assert [path for path, _, _ in problems(json.dumps(document).encode())] == ["participants[0]", "memos[0].text"]


RENAMED = [("p1", "p9"), ("talk", "other-talk"), ("q01", "q77")]


def test_the_words_do_not_come_back_under_other_keys(source, withdrawn):
    package, _ = withdrawn
    for old, new in RENAMED:
        package = package.replace(f'"{old}"'.encode(), f'"{new}"'.encode())
    fault = "this has words of somebody who has withdrawn"
    found = problems(package)
    assert [path for path, message, _ in found if message.startswith(fault)] == ["sources[0].text"]
    assert found[0][1] == f"{fault} (line 2, 4)"
    assert found[0][2] == (
        "take them out; if they only sound alike, a lead of the study can let them in, with a reason"
    )
    assert SAID not in everything()


def test_the_words_do_not_come_back_in_another_study(source, withdrawn):
    with pytest.raises(ValidationError, match="words of somebody who has withdrawn"):
        MemoFactory(text="She said: NOBODY has to be\r\nbrave all of the time, and so on.")


def test_keys_are_not_given_again(source, withdrawn):
    with pytest.raises(ValidationError, match=r"The quote of this key was erased for good\. Give another key\."):
        QuoteFactory(study=source.study, key="q01", text="Other words")
    with pytest.raises(ValidationError, match="erased for good"):
        QuoteFactory.build(study=source.study, key="q01", text="Other words").full_clean()
    text = "P7: Quite another thing."
    other = SourceFactory(study=source.study, key="other", text=text, sha256=checksum(text))
    assert quoted(other, "Quite another thing").key == "q02"
    source.refresh_from_db()
    source.delete()
    with pytest.raises(ValidationError, match="erased for good"):
        SourceFactory(study=source.study, key="talk", text=text, sha256=checksum(text))


@pytest.mark.untraced
@pytest.mark.parametrize(
    "text",
    [
        "12 nobody has to\n13 be brave all\n14 of the time",
        "[00:01] Nobody has to\n[00:02] be brave all\n[00:04] of the time",
        "NOBODY HAS TO BE BRAVE ALL OF THE TIME",
        "…nobody—has—to—be—brave—all—of—the—time…",
    ],
)
def test_the_words_do_not_come_back_in_another_form(source, withdrawn, text):
    with pytest.raises(ValidationError, match="words of somebody who has withdrawn"):
        MemoFactory(text=text)


def test_questions_and_what_others_said_may_come_in(source, withdrawn):
    memo = MemoFactory(text="Asked: who helped you most in those first weeks? What did she say?")
    assert memo.pk


def test_what_stands_already_may_stay_where_other_words_change(source, lead):
    memo = MemoFactory(study=source.study, text="Nobody has to be brave all of the time, she says")
    who = Participant.objects.get()
    assert [trace.called for trace in traces_of_participant(who, lead)] == [f"memo {source.study.slug}:{memo.key}"]

    erasure = withdraw_participant(participant=who, reason="Asked", on=DAY, by=lead)

    assert [entry["record"] for entry in erasure.left] == [f"memo {source.study.slug}:{memo.key}"]
    memo.refresh_from_db()
    memo.text += " again"
    memo.save()
    memo.text += ": I had a long talk with Zq Miller from the centre."
    with pytest.raises(ValidationError, match="words of somebody"):
        memo.save()


def test_passage_without_words_is_found_by_its_letters(source, lead):
    text = "P1: So *** it is. ***!"
    faces = SourceFactory(study=source.study, key="faces", title="Faces", text=text, sha256=checksum(text))
    memo = MemoFactory(study=source.study, key="m1", text="See *** there")
    package = write_package(source.study.theories.get())
    erasure = erase(faces, "***", lead, chosen=[f"programmes.memo.text:{memo.pk}"])
    read_package(package)  # a transcript that is here takes no more marks than it has
    assert Source.objects.get(pk=faces.pk).text == "P1: So ███ it is. ███!"
    assert Memo.objects.get(pk=memo.pk).text == "See ███ there"
    assert str(erasure) == "Passage of 2026-03-04"
    assert SourceFactory(study=source.study, key="again", text=text, sha256="0").text == "P1: So ███ it is. ███!"
    assert MemoFactory(text="So: it is!").text == "So: it is!"  # as others may write it


def test_administrators_are_shown_what_nobody_may_mask(source, lead):
    boss = UserFactory(username="zq-miller", is_superuser=True)
    (trace,) = traces_of_passage(source, *NAME, boss)
    assert (trace.called, trace.label, trace.maskable) == (f"user {boss.pk}", "username", False)


def test_record_in_which_a_mark_breaks_a_rule_stays_as_it_is(source, lead, monkeypatch):
    memo = MemoFactory(study=source.study, key="m1", text="Zq Miller")

    def refuse(*_, **__):
        raise ValidationError("No.")

    monkeypatch.setattr(Memo, "save", refuse)
    erasure = erase(source, "Zq Miller", lead, chosen=[f"programmes.memo.text:{memo.pk}"])
    assert [entry["why"] for entry in erasure.left] == [
        "a mark there would break a rule of this record: change it by hand"
    ]
    assert Memo.objects.get(pk=memo.pk).text == "Zq Miller"


def test_reason_of_a_change_is_searched_too(source, lead):
    memo = MemoFactory(study=source.study, key="m1", text="Short")
    memo.text = "Shorter"
    memo.set_change_reason("As Zq Miller said")
    memo.save()
    (trace,) = traces_of_passage(source, *NAME, lead)
    assert (trace.called, trace.label, trace.places, trace.maskable) == (
        f"memo {source.study.slug}:m1",
        "reason of a change",
        0,
        True,
    )
    assert erase(source, "Zq Miller", lead, chosen=[trace.identity]).left == []
    assert memo.history.first().history_change_reason == "As ██ ██████ said"
    assert "Zq" not in everything()


def test_what_others_said_in_the_same_words_is_told_apart(source, lead):
    text = "P2: For me nobody has to be brave all of the time either."
    other = SourceFactory(study=source.study, key="other", text=text, sha256=checksum(text))
    memo = MemoFactory(study=source.study, text="Brave all of the time")
    who = Participant.objects.get()
    traces = traces_of_participant(who, lead)
    assert [(trace.called, trace.by_others, trace.maskable) for trace in traces] == [
        (f"memo {source.study.slug}:{memo.key}", False, True),
        (f"source {source.study.slug}:other", True, False),
    ]
    erasure = withdraw_participant(
        participant=who, reason="Asked", on=DAY, by=lead, chosen=[trace.identity for trace in traces]
    )
    assert [entry["why"] for entry in erasure.left] == ["others said the same words"]
    memo.refresh_from_db()
    assert memo.text == "█████ ███ ██ ███ ████"
    assert Source.objects.get(pk=other.pk).text == text
    # Those runs are not theirs alone, so they may come in again.
    assert MemoFactory(text="nobody has to be brave all of the time").pk


def test_a_withdrawal_is_an_act_and_no_value_of_a_package(source, lead):
    package = write_package(source.study.theories.get())
    changed = package.replace(b'"withdrawn_date": null', b'"withdrawn_date": "2026-03-04"')
    changed = (
        changed
        if changed != package
        else package.replace(b'"pseudonym": "p1"', b'"pseudonym": "p1", "withdrawn_date": "2026-03-04"')
    )
    found = problems(changed)
    assert (
        "participants[0].withdrawn_date",
        "says that this participant has withdrawn, but nothing of theirs was erased here",
    ) in [(path, message) for path, message, _ in found]


def spoken(source, text, **facts):
    """Return another transcript of the study."""
    return SourceFactory(study=source.study, title="Other", text=text, sha256=checksum(text), **facts)


def erased_in(source, passage, lead, **how):
    source.refresh_from_db()
    return erase(source, passage, lead, **how)


@pytest.mark.untraced
@pytest.mark.parametrize(
    ("text", "passage"),
    [
        ("I met मीरा there, and मीरा said so to all of us", "मीरा"),
        ("قال لي مُحَمَّد كل شيء ثم ذهب مُحَمَّد الى البيت", "مُحَمَّد"),
        ("昨天我和张伟谈了很久。张伟说没关系。", "张伟"),
        ("和张伟谈", "张伟"),
        ("When か\u3099く came and か\u3099く went on home", "か\u3099く"),
        ("A 😀 smile is what I gave 😀 to all of them", "😀"),
        ("Call me on 0171 555 or on 0171 555 then", "0171 555"),
    ],
)
def test_a_passage_of_any_script_is_kept_out(source, lead, text, passage):
    other = spoken(source, text, key="other")
    package = write_package(source.study.theories.get())
    erase(other, passage, lead)
    other.refresh_from_db()
    marked = text.replace(passage, "".join(" " if letter == " " else "█" for letter in passage))
    assert other.text == marked

    read_package(package)
    assert Source.objects.get(key="other").text == marked
    other.delete()
    read_package(package)
    assert Source.objects.get(key="other").text == marked
    unlike = unicodedata.normalize("NFC", passage)
    assert unlike not in MemoFactory(text=unicodedata.normalize("NFC", text)).text


def test_words_erased_one_by_one_do_not_come_back(source, lead):
    other = spoken(source, "So then Zqone Zqtwo Zqthree went on", key="other")
    package = write_package(source.study.theories.get())
    for word in ("Zqone", "Zqthree", "Zqtwo"):
        erased_in(other, word, lead)
    other.refresh_from_db()
    assert other.text == "So then █████ █████ ███████ went on"
    read_package(package)
    other.delete()
    read_package(package)
    assert Source.objects.get(key="other").text == "So then █████ █████ ███████ went on"


def test_a_transcript_that_is_here_takes_the_marks_that_it_has(source, lead):
    other = spoken(source, "Well, “Zq!”, as it were", key="other")
    package = write_package(source.study.theories.get())
    erase(other, "“Zq!”", lead)  # a mark stands for what is no part of a word, too
    read_package(package)
    assert Source.objects.get(key="other").text == "Well, █████, as it were"


def test_a_name_that_is_a_common_word_stays_in_what_others_write(source, lead):
    other = spoken(source, "P1: Then Will came along and helped me.", key="other")
    other.title = "Will"
    other.save()
    memo = MemoFactory(study=source.study, text="I will")
    traces = traces_of_passage(other, 9, 13, lead)
    assert {trace.name for trace in traces} == {"title", "text"}
    erase(other, "Will", lead, chosen=[trace.identity for trace in traces])
    memo.refresh_from_db()
    assert (Source.objects.get(key="other").title, memo.text) == ("████", "I ████")
    assert MemoFactory(text="I will go there and they will come").text == "I will go there and they will come"
    assert MemoFactory(text="And Will came along and so on").text == "And ████ came along and so on"


def test_a_reason_that_repeats_the_words_gets_their_mark(source, lead):
    who = Participant.objects.get()
    erase_passage(source=source, span=NAME, everywhere=True, signed=Signed("It was Zq Miller", DAY, lead))
    source.refresh_from_db()
    assert source.history.first().history_change_reason == "It was ██ ██████"
    withdraw_participant(participant=who, reason="Said that nobody has to be brave", on=DAY, by=lead)
    assert list(Erasure.objects.values_list("reason", flat=True)) == [
        "████ ████ ██████ ███ ██ ██ █████",
        "It was ██ ██████",
    ]
    assert "Zq" not in everything()
    assert "brave" not in everything()


def test_marks_in_two_fields_of_one_record_leave_no_state_behind(source, lead):
    said = "Nobody has to be brave all of the time"
    cmoc = CMOCFactory(theory=source.study.theories.get(), title=said, statement=f"If so: {said}")
    given = ReviewFactory(cmoc=cmoc, wording=stored_wording(cmoc, lead))
    who = Participant.objects.get()
    traces = traces_of_participant(who, lead)
    assert {(trace.label, trace.maskable) for trace in traces} == {
        ("statement", True),
        ("title", True),
        ("wording", True),
    }
    erasure = withdraw_participant(
        participant=who, reason="Asked", on=DAY, by=lead, chosen=[trace.identity for trace in traces]
    )
    assert erasure.left == []
    assert "brave" not in everything()
    cmoc.refresh_from_db()
    given.refresh_from_db()
    assert given.wording == stored_wording(cmoc, lead)  # the review stands


def test_what_others_say_in_few_words_may_come_in(source, lead):
    who = Participant.objects.get()
    for key, text in (("short", "I do not know"), ("own", "I do zqnot know")):
        QuoteFactory(study=source.study, key=key, participant=who, text=text, locator="p. 3")
    spoken(source, "P2: I do not know. But I came.", key="other")
    withdraw_participant(participant=who, reason="Asked", on=DAY, by=lead)
    assert MemoFactory(text="I do not know").pk
    with pytest.raises(ValidationError, match="somebody who has withdrawn"):
        MemoFactory(text="I do zqnot know")


def test_what_a_withdrawal_leaves_comes_in_where_erasures_are_known(source, lead):
    quoted(source, SAID)
    withdraw_participant(participant=Participant.objects.get(), reason="Asked", on=DAY, by=lead)
    package = write_package(source.study.theories.get())
    Source.objects.all().delete()
    Participant.objects.all().delete()
    for _ in range(2):
        read_package(package)
    assert write_package(source.study.theories.get()) == package
    assert Participant.objects.get().withdrawn_date == DAY
