"""What was erased is brought to every door in another dress, and does not come in."""

import datetime as dt
import html
import json
import unicodedata

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from programmes.actions.code import Coding, adjust_quote, code_passage
from programmes.actions.code_blind import code_blind, start_blind_coding
from programmes.actions.erase import Signed, erase_passage
from programmes.actions.forget_again import forget_again, tidy
from programmes.actions.ledger import erasures_on_file, keep_from_file, line_of, write_missing
from programmes.actions.withdraw import withdraw_participant
from programmes.management.commands import loaddata
from programmes.models import (
    ErasedRun,
    Erasure,
    Memo,
    Participant,
    Programme,
    Quote,
    Source,
    Speaker,
    Study,
    Upload,
)
from programmes.models.erased_words import erased_places, with_marks
from programmes.package.problems import PackageError
from programmes.package.read import read_package
from programmes.package.write import write_package
from programmes.transcripts.read import checksum
from tests.factories import (
    CMOCFactory,
    MembershipFactory,
    MemoFactory,
    ParticipantFactory,
    QuoteFactory,
    SourceFactory,
    SpeakerFactory,
    StudyFactory,
    TheoryFactory,
    UploadFactory,
    UserFactory,
)

DAY = dt.date(2026, 3, 4)
SAID = "Nobody has to be brave all of the time, she said, and I have kept that sentence in my purse."
TEXT = f"""\
Mod: Who helped you most in those first weeks of it all?
Ann: {SAID}
Bob: For me it was the kitchen, where I could simply peel onions with Zq Miller for hours on end.
Mod: And then, Ann?
Ann: Then came the zqfire.
Mod: The what?
Ann: It burned our shed down."""
ONIONS = "it was the kitchen, where I could simply peel onions with Zq Miller for hours on end"


@pytest.fixture
def group(db):
    """A focus group, whose Ann will withdraw."""
    theory = TheoryFactory(slug="theory", study__slug="study")
    MembershipFactory(study=theory.study, user=UserFactory(username="lead"), role="lead")
    source = SourceFactory(study=theory.study, key="group", kind="focus-group", text=TEXT, sha256=checksum(TEXT))
    SpeakerFactory(source=source, label="Mod", kind="interviewer")
    for label in ("Ann", "Bob"):
        who = ParticipantFactory(study=theory.study, pseudonym=label.lower())
        SpeakerFactory(source=source, label=label, kind="participant", participant=who)
    return source


def withdraw(pseudonym="ann"):
    return withdraw_participant(participant=Participant.objects.get(pseudonym=pseudonym), reason="Asked", on=DAY)


def erase(source, passage):
    source.refresh_from_db()
    start = source.text.index(passage)
    return erase_passage(
        source=source, span=(start, start + len(passage)), everywhere=True, signed=Signed("A name", DAY)
    )


def in_rows(text, before, size=4):
    """Write a text in short lines, each with something before it."""
    words = text.split()
    return "\n".join(
        f"{before.format(number)}{' '.join(words[first : first + size])}"
        for number, first in enumerate(range(0, len(words), size))
    )


DRESSES = {
    "labels": lambda text: in_rows(text, "P9: "),
    "two labels": lambda text: in_rows(text, "P9: ").replace("\n", "\nI: Mm.\n"),
    "labels alone with times": lambda text: in_rows(text, "Speaker 1  0:0{}\n"),
    "labels in brackets": lambda text: in_rows(text, "[P9] "),
    "labels before a dash": lambda text: in_rows(text, "P9 – "),
    "labels before an arrow": lambda text: in_rows(text, "P9> "),
    "cues": lambda text: in_rows(text, "{}\n00:00:0{}.000 --> 00:00:0{}.900\n".replace("{}", "{0}")),
    "tags": lambda text: f"<p>{in_rows(text, '').replace(chr(10), '<br/>')}</p>",
    "entities": lambda text: text.replace(" ", "&nbsp;"),
    "sounds": lambda text: text.replace(" ", " [laughs] ", 6).replace(" ", " (sighs) ", 3),
    "divided words": lambda text: text.replace("brave", "br-\nave").replace("sentence", "sen\u2010\n  tence")
    .replace("onions", "oni-\nons"),
    "spaces without width": lambda text: text.replace(" ", "\u200b"),
    "spaces that do not break": lambda text: text.replace(" ", "\u00a0"),
    "hidden hyphens": lambda text: text.replace("n", "n\u00ad"),
    "decomposed": lambda text: unicodedata.normalize("NFD", text),
    "full width": lambda text: "".join(
        chr(ord(letter) + 0xFEE0) if letter.isascii() and letter.isalpha() else letter for letter in text
    ),
    "capitals": str.upper,
    "dashes": lambda text: text.replace(" ", " — "),
    "escaped": lambda text: html.escape(text).replace(" ", " &#160; "),
}  # fmt: skip


@pytest.mark.parametrize("dress", DRESSES)
def test_erased_words_are_known_in_every_dress(group, dress):
    withdraw()
    erase(group, "Zq Miller")
    with pytest.raises(ValidationError, match="words of somebody who has withdrawn"):
        MemoFactory(text=DRESSES[dress](SAID))
    brought = DRESSES[dress](ONIONS)
    marked = MemoFactory(text=brought).text
    assert len(marked) == len(brought)
    assert "zq" not in unicodedata.normalize("NFKC", marked).casefold().replace("\u00ad", "")
    assert "miller" not in unicodedata.normalize("NFKC", marked).casefold().replace("\u00ad", "")
    bare = {letter for letter, before in zip(marked, brought, strict=True) if letter != before}
    assert bare == {"█"}


def test_label_between_the_words_of_a_passage_stays(group):
    erase(group, "peel onions with Zq Miller")
    assert MemoFactory(text="P9: where I could simply peel onions\nP9: with Zq Miller for hours").text == (
        "P9: where I could simply ████ ██████\nP9: ████ ██ ██████ for hours"
    )


def test_short_answers_are_known_as_what_one_person_said(group):
    withdraw()
    text = "Q: And so?\nP9: Then came the zqfire.\nQ: What did you say came there?\nP9: It burned our shed down."
    with pytest.raises(ValidationError, match=r"\(line 2, 4\)"):
        SourceFactory(study=group.study, key="again", text=text, sha256="0")
    assert not Source.objects.filter(key="again").exists()


def test_words_with_and_without_what_was_inserted_are_remembered(group):
    text = "Cat: I do [coughs] so love that little garden behind the house"
    other = SourceFactory(study=group.study, key="other", text=text, sha256="0")
    who = ParticipantFactory(study=group.study, pseudonym="cat")
    SpeakerFactory(source=other, label="Cat", kind="participant", participant=who)
    withdraw("cat")
    for brought in (text, text.replace("[coughs] ", "")):
        with pytest.raises(ValidationError, match="withdrawn"):
            MemoFactory(text=brought)


def test_every_part_of_a_long_passage_is_known(group):
    erase(group, ONIONS)
    part = "where I could simply peel onions with Zq Miller"
    assert with_marks(f"He said {part}!") == "He said █████ █ █████ ██████ ████ ██████ ████ ██ ██████!"


def test_part_of_a_long_passage_that_others_said_stays(group):
    said = "Bob: I could simply peel onions with Zq Miller for ever"
    SourceFactory(study=group.study, key="other", text=said, sha256="0")
    erase(group, ONIONS)
    assert MemoFactory(text="simply peel onions with Zq Miller for").text == "simply peel onions with Zq Miller for"
    assert MemoFactory(text=said[5:]).text == said[5:]
    assert "█" in MemoFactory(text=ONIONS[:45]).text


@pytest.mark.parametrize(
    ("text", "passage", "brought", "marked"),
    [
        ("So, *** it is. Go!", "***", "So, *** it is. Go!", "So, ███ it is. Go!"),
        (
            "I told him: ¥¥§§ as you wish it",
            "¥¥§§",
            "And I told him (¥¥§§), as you wish, no?",
            "And I told him (████), as you wish, no?",
        ),
        (
            "I told him: ¥¥§§ as you wish it",
            "¥¥§§",
            "I told him: “as you wish it”",
            "I told him: “as you wish it”",
        ),
        ("¥¥ it is so", "¥¥", "¥¥ it is so", "██ it is so"),
        ("it is so ¥¥", "¥¥", "it is so ¥¥", "it is so ██"),
        ("it is so ¥¥", "¥¥", "it is so ¥¥ said they", "it is so ¥¥ said they"),
        ("Zqann", "Zqann", "Zqann", "█████"),
        ("Zqann", "Zqann", "And Zqann", "And Zqann"),
    ],
)
def test_signs_and_single_words_are_remembered(group, text, passage, brought, marked):
    other = SourceFactory(study=group.study, key="other", text=text, sha256=checksum(text))
    erase(other, passage)
    assert MemoFactory(text=brought).text == marked
    assert SourceFactory(study=group.study, key="again", text=brought, sha256="0").text == marked


LABEL = "Mod: Who was it then?\nZq Roy: it was our old dog all along\nMod: And who now?\nZq Roy: Nobody."


@pytest.mark.parametrize("beside", [True, False])
def test_a_label_that_was_erased_comes_in_with_marks(group, beside):
    first = SourceFactory(study=group.study, key="first", text=LABEL, sha256="0")
    erase(first, "Zq Roy")
    turns = ["5 21 - - Mod", "30 57 - - Zq Roy", "63 75 - - Mod", "84 91 - - Zq Roy"] if beside else []
    marked = [line.replace("Zq Roy", "██ ███") for line in turns]

    again = SourceFactory(study=group.study, key="again", text=LABEL, sha256="0", turns=turns)

    assert again.text == LABEL.replace("Zq Roy", "██ ███")
    if beside:
        assert again.turns == marked
    assert [turn.speaker for turn in again.spoken()] == ["Mod", "██ ███"] * 2
    speaker = Speaker(source=again, label="Zq Roy")
    speaker.full_clean()
    assert speaker.label == "██ ███"
    assert SpeakerFactory(source=again, label="Mod").label == "Mod"


def test_the_same_passage_in_another_transcript_stays_whole_until_it_is_erased_there(group):
    text = "Bob: we peel onions with Zq Miller for hours"
    other = SourceFactory(study=group.study, key="other", text=text, sha256=checksum(text))
    start = text.index("Zq")
    quote = QuoteFactory(
        study=group.study, source=other, text="Zq Miller", start=start, end=start + 9, prefix=text[:start],
        suffix=text[start + 9 :],
    )  # fmt: skip
    erasure = erase(group, "Zq Miller")
    assert [entry["record"] for entry in erasure.left] == [
        f"quote study:{quote.key}",
        "source study:other",
    ]
    other.refresh_from_db()
    other.title = "Another title"
    other.save()
    quote.refresh_from_db()
    quote.disclosure_note = "Looked at"
    quote.save()
    other.refresh_from_db()
    assert (other.text, other.title, quote.text, quote.prefix) == (text, "Another title", "Zq Miller", text[:start])


def test_words_in_two_fields_of_a_record_are_known(group):
    withdraw()
    words = SAID.split()
    with pytest.raises(ValidationError, match="withdrawn") as refused:
        CMOCFactory(theory=group.study.theories.get(), title=" ".join(words[:6]), statement=" ".join(words[6:13]))
    assert list(refused.value.message_dict) == ["statement"]
    group.study.keywords = [" ".join(words[:5]), "[ ]", " ".join(words[5:10])]
    with pytest.raises(ValidationError, match="withdrawn"):
        group.study.save()
    assert MemoFactory(text=" ".join(words[:6])).pk


def test_reasons_have_marks_over_what_was_erased(group):
    withdraw()
    memo = MemoFactory(study=group.study)
    memo.set_change_reason(f"They said: {SAID}")
    memo.save()
    memo.set_change_reason("Merged, because nobody has to be brave all of the time")
    memo.delete()
    assert list(Memo.history.values_list("history_change_reason", flat=True))[:2] == [
        "Merged, because ██████ ███ ██ ██ █████ ███ ██ ███ ████",
        "They said: " + "".join(letter if letter == " " else "█" for letter in SAID[:-1]) + ".",
    ]


def test_an_interviewer_of_whom_nobody_said_so_is_not_remembered(db):
    theory = TheoryFactory()
    who = ParticipantFactory(study=theory.study, pseudonym="ann")
    asked = "Who helped you most in those first weeks of it all?"
    text = f"Interviewer: {asked}\nAnn: {SAID}"
    SourceFactory(study=theory.study, participant=who, text=text, sha256="0")
    withdraw()
    assert not erased_places(f"P7: {asked}")
    assert erased_places(SAID)


def test_of_a_transcript_with_one_label_everything_is_remembered(db):
    study = TheoryFactory().study
    who = ParticipantFactory(study=study, pseudonym="ann")
    SourceFactory(study=study, participant=who, text=f"I: And you?\n{SAID}\nI: Why?\nThat.", sha256="0")
    withdraw()
    assert erased_places(SAID)


def test_files_that_wait_in_other_studies_are_searched_too(group):
    UploadFactory(study=group.study, content={"text": "Quite other words"})
    UploadFactory(content={"text": TEXT, "left_out": []})
    UploadFactory(name=f"{SAID[:100]}.txt", content={"text": "Yes"})
    kept = UploadFactory(content={"text": "Who helped you most in those first weeks? It burned our shed."})
    withdraw()
    assert list(Upload.objects.values_list("pk", flat=True)) == [kept.pk]
    UploadFactory(content={"text": ONIONS})
    erase(group, "Zq Miller")
    assert list(Upload.objects.values_list("pk", flat=True)) == [kept.pk]


def test_the_label_of_a_speaker_cannot_be_coded(group):
    lead = group.study.memberships.get().user
    coding = Coding(role="supports", cmocs=[CMOCFactory(theory=group.study.theories.get())])
    start = TEXT.index("Bob: For")
    for span in ((start, start + 3), (start, start + 5), (start + 1, start + 2)):
        with pytest.raises(ValidationError, match="That is the label of a speaker and no word of theirs"):
            code_passage(source=group, span=span, coding=coding, by=lead)
    quote = code_passage(source=group, span=(start, start + 8), coding=coding, by=lead).quote
    assert quote.text == "For"
    with pytest.raises(ValidationError, match="label"):
        adjust_quote(quote=quote, span=(start, start + 4))
    blind = start_blind_coding(source=group, by=lead)
    with pytest.raises(ValidationError, match="label"):
        code_blind(source=group, coding=blind.pk, span=(start, start + 3), role="supports", cmocs=coding.cmocs, by=lead)
    plain = SourceFactory(study=group.study, key="plain", text="A title\n\nAnn: Yes.\nAnn: No.", sha256="0")
    assert code_passage(source=plain, span=(0, 7), coding=coding, by=lead).quote.text == "A title"


def test_a_study_that_is_called_otherwise_keeps_what_was_erased(group):
    withdraw()
    study = group.study
    package = write_package(study.theories.get())
    study.slug = "renamed"
    study.save()
    erasure = Erasure.objects.get()
    assert (erasure.study_slug, erasure.earlier_slugs) == ("renamed", ["study"])
    with pytest.raises(ValidationError, match="erased for good"):
        ParticipantFactory.build(study=study, pseudonym="ann").full_clean()
    assert "renamed" not in json.dumps(erasures_on_file(), default=str)
    tidy()
    assert [entry["study_slug"] for entry in erasures_on_file().values()] == ["renamed"]
    document = json.loads(package)
    document["participants"] = [{"pseudonym": "ann"}]
    document["theory"]["slug"] = "other-theory"
    for name in ("sources", "quotes"):
        document[name] = []
    with pytest.raises(PackageError) as refused:
        read_package(json.dumps(document).encode())
    assert [problem.message for problem in refused.value.problems] == [
        "the participant of this pseudonym was erased for good"
    ]
    study.slug = "study"
    study.save()
    erasure.refresh_from_db()
    assert (erasure.study_slug, erasure.earlier_slugs) == ("study", ["renamed"])


@pytest.mark.parametrize(("slug", "gone"), [("study", True), ("older", True), ("oldest", False)])
def test_an_older_copy_that_calls_the_study_otherwise_forgets_again(group, slug, gone):
    group.study.slug = "older"
    group.study.save()
    group.study.slug = "study"
    group.study.save()
    entry = json.loads(line_of(withdraw()))
    assert write_missing()
    assert entry["earlier_slugs"] == ["older"]
    Erasure.objects.all().delete()
    Study.objects.all().delete()
    study = StudyFactory(slug=slug)
    who = ParticipantFactory(study=study, pseudonym="ann")
    told = forget_again()
    who.refresh_from_db()
    assert (who.withdrawn_date is not None) == gone
    assert (f"The participant ann of {slug} was withdrawn again." in told) == gone


def test_an_older_copy_with_earlier_keys_forgets_again(group):
    who = Participant.objects.get(pseudonym="ann")
    who.pseudonym = "anna"
    who.save()
    erasure = withdraw("anna")
    assert erasure.keys == ["participant ann", "participant anna"]


def test_a_file_of_a_later_version_is_understood(group):
    withdraw()
    entry = {**json.loads(line_of(Erasure.objects.get())), "told_to": "somebody", "runs": [[0, 8, 0, 7]]}
    Erasure.objects.all().delete()
    erasure = keep_from_file(entry)
    assert (erasure.reason, [run.value for run in ErasedRun.objects.all()]) == ("Asked", [7])


DUMPED = [
    f"programmes.{name}" for name in ("programme", "study", "participant", "source", "speaker", "memo", "erasure")
]


@pytest.fixture
def dumped(group, tmp_path):
    """The whole of the database before anything was erased, as Django writes it."""
    path = tmp_path / "before.json"
    call_command("dumpdata", *DUMPED, output=str(path), verbosity=0)
    return path


def emptied():
    """Delete every record but what is known to be erased."""
    for model in (Quote, Source, Participant, Study, Programme):
        model.objects.all().delete()


def test_rows_from_before_are_not_loaded(group, dumped):
    withdraw()
    erase(group, "Zq Miller")
    emptied()
    with pytest.raises(CommandError) as refused:
        call_command("loaddata", str(dumped), verbosity=0)
    assert str(refused.value) == (
        "Nothing was loaded: the file has what was erased for good.\n"
        "participant study:ann: was erased for good. Erase it again.\n"
        "source study:group, text: has words that were erased for good. Erase them again.\n"
        "Take these records out of the file, and load it again."
    )
    assert not Study.objects.exists()


def test_rows_from_after_are_loaded(group, tmp_path, capsys):
    MemoFactory(study=group.study, key="left", text=SAID)
    withdraw()
    path = tmp_path / "after.json"
    call_command("dumpdata", *DUMPED, output=str(path), verbosity=0)
    emptied()
    Erasure.objects.all().delete()
    call_command("loaddata", str(path), verbosity=0)
    assert capsys.readouterr().out == ""
    assert "█" in Source.objects.get().text


def test_rows_from_before_in_an_empty_database_are_erased_again(group, dumped, capsys):
    withdraw()
    assert write_missing()
    emptied()
    Erasure.objects.all().delete()
    call_command("loaddata", str(dumped), verbosity=0)
    assert "The participant ann of study was withdrawn again.\n" in capsys.readouterr().out
    assert SAID not in Source.objects.get().text


def test_of_many_rows_some_are_named(group, tmp_path):
    for number in range(12):
        MemoFactory(study=group.study, key=f"m{number}", text=SAID)
    path = tmp_path / "memos.json"
    call_command("dumpdata", "programmes.memo", output=str(path), verbosity=0)
    Memo.objects.all().delete()
    Memo.history.all().delete()
    withdraw()
    with pytest.raises(CommandError, match="and 2 more\nTake these records out"):
        call_command("loaddata", str(path), verbosity=0)


def test_rows_of_another_database_are_none_of_this_one(monkeypatch):
    command = loaddata.Command()
    command.using = "other"
    asked = []
    monkeypatch.setattr(loaddata.loaddata.Command, "loaddata", lambda _, labels: asked.append(labels))
    monkeypatch.setattr(loaddata.loaddata.Command, "handle", lambda command, *labels, **_: command.loaddata(labels))
    command.handle("file")
    assert asked == [("file",)]


def test_passage_that_is_divided_between_two_texts_gets_its_mark_in_both(group):
    erase(group, "peel onions with Zq Miller")
    row = CMOCFactory(
        theory=group.study.theories.get(),
        title="It was the kitchen, where I could simply peel onions with Zq",
        statement="Miller for hours on end, and that was all.",
    )
    row.refresh_from_db()
    assert (row.title, row.statement) == (
        "It was the kitchen, where I could simply ████ ██████ ████ ██",
        "██████ for hours on end, and that was all.",
    )
    other = CMOCFactory(theory=row.theory, title="It was a kitchen", statement="Miller for hours on end")
    assert (other.title, other.statement) == ("It was a kitchen", "Miller for hours on end")
