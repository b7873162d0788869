"""From a transcript to quotes and candidates in the admin."""

import html
import re

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from programmes.actions.code import adjust_quote
from programmes.desk.coding import CodingForm
from programmes.integrity.access import AccessQuerySet
from programmes.models import CMOC, Evidence, Membership, Memo, Quote, Source, Theory
from programmes.transcripts.read import checksum
from tests.factories import (
    CMOCContextFactory,
    CMOCFactory,
    ContextFactory,
    ParticipantFactory,
    QuoteFactory,
    SourceFactory,
    TheoryFactory,
    UserFactory,
)
from tests.queries import asks

TEXT = "I: How was it?\nP3: It was good 👩🏽‍🎓 to meet somebody like me.\nI: And then?\nP3: It was good to talk, too.\n"


@pytest.fixture
def theory(db):
    return TheoryFactory()


@pytest.fixture
def source(theory):
    speaker = ParticipantFactory(study=theory.study)
    return SourceFactory(study=theory.study, text=TEXT, sha256=checksum(TEXT), key="interview1", participant=speaker)


@pytest.fixture
def curator(client, theory):
    user = UserFactory(is_staff=True, is_superuser=True, first_name="Ada", last_name="Reader")
    Membership.objects.create(study=theory.study, user=user, role="curator")
    client.force_login(user)
    return client


def screen(source):
    return reverse("admin:programmes_source_code", args=[source.pk])


def code(client, source, **data):
    form = {"role": "supports", "memo_kind": "theory", **data}
    return client.post(screen(source), form, follow=True)


def words(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_passage_becomes_a_quote_with_its_evidence_and_memo(curator, source, theory):
    cmoc = CMOCFactory(theory=theory, number=5)
    start = TEXT.index("to meet")
    response = code(
        curator,
        source,
        passage="to meet somebody like me",
        start=start,
        end=start + 24,
        cmocs=[cmoc.pk],
        slot="context",
        memo="Says what matching brings.",
        disclosing="on",
    )
    assert "Coded as q01" in words(response)
    quote = Quote.objects.get()
    assert (quote.text, quote.start, quote.end) == ("to meet somebody like me", start, start + 24)
    assert TEXT[quote.start : quote.end] == quote.text
    assert (quote.prefix, quote.suffix) == (TEXT[max(0, start - 60) : start], TEXT[start + 24 : start + 84])
    assert (quote.participant, quote.visibility, quote.consent) == (source.participant, "private", "unknown")
    assert quote.disclosure_note == "May give somebody away."
    evidence = Evidence.objects.get()
    assert (evidence.cmoc, evidence.role, evidence.slot, evidence.position) == (cmoc, "supports", "context", 1)
    memo = Memo.objects.get()
    assert (memo.text, memo.quote, memo.signed_by, memo.visibility) == (
        "Says what matching brings.",
        quote,
        "Ada Reader",
        "private",
    )
    history = quote.history.latest()
    assert (history.history_change_reason, history.history_user.first_name) == ("Coded in interview1", "Ada")
    assert "1 quote marked" in words(response)
    assert 'class="coded role-supports">to meet somebody like me</span>' in response.content.decode()


def test_passage_is_found_without_javascript_and_a_fragment_is_enough(curator, source, theory):
    response = code(
        curator,
        source,
        passage="good 👩🏽‍🎓 to\nmeet",
        new_title="Meeting somebody alike",
        new_theory=theory.pk,
        slot="context",
    )
    assert "Coded as q01" in words(response)
    assert Quote.objects.get().text == "good 👩🏽‍🎓 to meet"
    candidate = CMOC.objects.get()
    assert (candidate.number, candidate.title, candidate.status, candidate.statement) == (
        1,
        "Meeting somebody alike",
        "candidate",
        "",
    )


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"passage": "It was good"}, "Found 2 times (lines 2, 4): give a longer passage."),
        ({"passage": "It was bad"}, "These words do not stand in the text."),
        ({"passage": "And then?", "cmocs": []}, "Choose a CMOC, or name a new candidate."),
        ({"passage": "And then?", "cmocs": [], "new_title": "New"}, "Choose the theory that the candidate belongs to."),
        ({"passage": ""}, "This field is required."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(curator, source, theory, data, message):
    cmoc = CMOCFactory(theory=theory)
    response = code(curator, source, **{"cmocs": [cmoc.pk], **data})
    assert response.status_code == 400
    assert message in words(response)
    assert (Quote.objects.count(), Evidence.objects.count(), CMOC.objects.count()) == (0, 0, 1)


def test_place_that_does_not_fit_the_words_is_looked_for(curator, source, theory):
    code(curator, source, passage="And then?", start=0, end=9, cmocs=[CMOCFactory(theory=theory).pk])
    assert Quote.objects.get().start == TEXT.index("And then?")


def test_selection_with_spaces_around_it(curator, source, theory):
    start = TEXT.index(" And then?")
    code(curator, source, passage=" And then?\n", start=start, end=start + 11, cmocs=[CMOCFactory(theory=theory).pk])
    assert Quote.objects.get().text == "And then?"


def test_same_passage_twice_is_one_quote_and_the_same_link_is_refused(curator, source, theory):
    first, second = CMOCFactory(theory=theory), CMOCFactory(theory=theory)
    code(curator, source, passage="And then?", cmocs=[first.pk])
    code(curator, source, passage="And then?", cmocs=[second.pk], role="counters")
    assert (Quote.objects.count(), Evidence.objects.count()) == (1, 2)
    response = code(curator, source, passage="And then?", cmocs=[first.pk], memo="Again")
    assert "Nothing was coded" in words(response)
    assert (Evidence.objects.count(), Memo.objects.count()) == (2, 0)


def undo_of(response):
    return re.search(r'name="undo" value="([^"]+)"', response.content.decode())[1]


def test_last_act_is_undone(curator, source, theory):
    response = code(curator, source, passage="And then?", new_title="New", new_theory=theory.pk, memo="Why")
    answer = curator.post(screen(source), {"undo": undo_of(response)}, follow=True)
    assert "Undone: what was coded last is gone." in words(answer)
    assert [model.objects.count() for model in (Quote, CMOC, Evidence, Memo)] == [0, 0, 0, 0]
    assert Quote.history.first().history_change_reason == "Coding undone"
    again = curator.post(screen(source), {"undo": undo_of(response)}, follow=True)
    assert "Not undone: it was changed or used since." in words(again)


def test_act_that_was_built_upon_is_not_undone(curator, source, theory):
    response = code(curator, source, passage="And then?", new_title="New", new_theory=theory.pk)
    code(curator, source, passage="It was good to talk", cmocs=[CMOC.objects.get().pk])
    answer = curator.post(screen(source), {"undo": undo_of(response)}, follow=True)
    assert "Not undone" in words(answer)
    assert (Quote.objects.count(), CMOC.objects.count(), Evidence.objects.count()) == (2, 1, 2)


def test_undo_of_another_source_or_made_up_is_refused(curator, source, theory):
    response = code(curator, source, passage="And then?", cmocs=[CMOCFactory(theory=theory).pk])
    other = SourceFactory(study=theory.study, text=TEXT, sha256=checksum(TEXT))
    for undo, where in ((undo_of(response), other), ("made up", source)):
        answer = curator.post(screen(where), {"undo": undo}, follow=True)
        assert "That cannot be undone here." in words(answer)
    assert Quote.objects.count() == 1


def test_only_quotes_on_one_cmoc_are_marked(curator, source, theory):
    first, second = CMOCFactory(theory=theory, number=1), CMOCFactory(theory=theory, number=2)
    code(curator, source, passage="And then?", cmocs=[first.pk])
    code(curator, source, passage="How was it?", cmocs=[second.pk])
    page = curator.get(f"{screen(source)}?cmoc={second.pk}").content.decode()
    assert re.findall(r'class="coded[^"]*">([^<]+)<', page) == ["How was it?"]
    assert page.count('class="anchor"') == 1


def test_who_may_code(client, source, theory):
    reviewer = UserFactory(is_staff=True)
    Membership.objects.create(study=theory.study, user=reviewer, role="reviewer")
    client.force_login(reviewer)
    assert client.get(screen(source)).status_code in {403, 404}
    onlooker = UserFactory()
    onlooker.user_permissions.add(Permission.objects.get(codename="view_source"))
    Membership.objects.create(study=theory.study, user=onlooker, role="reviewer")
    client.force_login(onlooker)
    assert client.get(screen(source)).status_code == 404
    coder = UserFactory()
    Membership.objects.create(study=theory.study, user=coder, role="curator")
    client.force_login(coder)
    assert "Coded as q01" in words(code(client, source, passage="And then?", new_title="New", new_theory=theory.pk))
    client.logout()
    assert client.get(screen(source)).status_code == 302


def test_source_that_is_not_there_and_source_without_a_text(curator, theory):
    assert curator.get("/admin/programmes/source/999999/code/").status_code == 404
    empty = SourceFactory(study=theory.study)
    assert "No transcript is held here." in words(curator.get(screen(empty)))


def source_form(theory, **data):
    return {"study": theory.study_id, "key": "i1", "kind": "interview", "title": "Interview", **data}


@pytest.mark.untraced
def test_transcript_is_read_from_a_file(curator, theory):
    file = SimpleUploadedFile("talk.txt", b"P1: Hello\r\nI: Yes\r\n")
    response = curator.post("/admin/programmes/source/add/", source_form(theory, file=file), follow=True)
    assert "was added successfully" in words(response)
    source = Source.objects.get(key="i1")
    assert (source.text, source.sha256) == ("P1: Hello\nI: Yes\n", checksum("P1: Hello\nI: Yes\n"))
    page = curator.get(f"/admin/programmes/source/{source.pk}/change/").content.decode()
    assert screen(source) in page
    assert 'name="text"' not in page
    SourceFactory(study=theory.study)
    listed = words(curator.get("/admin/programmes/source/"))
    assert "17 letters · Code" in listed
    assert "not held here" in listed


def test_transcript_is_pasted(curator, theory):
    curator.post("/admin/programmes/source/add/", source_form(theory, text="One\r\nTwo"))
    assert Source.objects.get(key="i1").text == "One\nTwo"


def test_list_of_what_is_left_out_is_not_endless(curator, theory):
    cues = "".join(f"cue named {at}\n00:{at:02}.000 --> 00:{at:02}.500\nYes.\n\n" for at in range(60))
    content = f"WEBVTT\n\n{cues}{cues}".encode()
    shown = curator.post(
        "/admin/programmes/source/add/", source_form(theory, file=SimpleUploadedFile("talk.vtt", content)), follow=True
    )
    told = shown.context["forms"][0].left_out[0]
    assert told.startswith("Names of cues: 120 (line 3, line 7, line 11 and others): “cue named 0”, “cue named 1”, ")
    assert told.endswith(", “cue named 39” and 20 more.")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"file": ("a.xyz", b"x"), "text": ""}, "a.xyz ends in .xyz; give a file that ends in"),
        ({"file": ("a.txt", b"x"), "text": "y"}, "Paste the text or give a file, not both."),
        ({"text": "x\0y"}, "U+0000 (NULL) in line 1, column 2"),
    ],
)
def test_transcript_that_cannot_be_kept(curator, theory, data, message):
    data = {**data, **({"file": SimpleUploadedFile(*data["file"])} if "file" in data else {})}
    response = curator.post("/admin/programmes/source/add/", source_form(theory, **data))
    assert message in words(response)
    assert not Source.objects.filter(key="i1").exists()


def test_pasted_transcript_that_is_too_long(curator, theory, monkeypatch):
    monkeypatch.setattr("programmes.transcripts.read.MOST_CHARACTERS", 3)
    response = curator.post("/admin/programmes/source/add/", source_form(theory, text="abcd"))
    assert "The pasted text has 4 letters; at most 3 are kept. Divide it." in words(response)


def test_transcript_stays_as_it_is(source):
    source.text = "Another text"
    source.sha256 = checksum(source.text)
    with pytest.raises(ValidationError, match="A transcript stays as it is"):
        source.save()
    source.refresh_from_db()
    source.text = source.sha256 = ""
    source.save()
    assert Source.objects.get().text == ""


@pytest.mark.untraced
def test_queries_of_the_coding_screen_do_not_grow(curator, source, theory):
    numbers = []
    for passage in ("And then?", "How was it?", "to talk", "somebody like me"):
        # At the end the name of the study at hand, and the others to take instead.
        code(curator, source, passage=passage, cmocs=[CMOCFactory(theory=theory).pk])
        with asks(
            "session, user, source, any source, study, secondcoding, study, theory, evidence, quote, speaker, study, "
            "theory, cmoc, cmoccontext + 5, evidence, theory, cmoc"
        ):
            curator.get(screen(source))
        numbers.append(Quote.objects.count())
    assert numbers == [1, 2, 3, 4]


def test_a_fragment_has_one_slot_filled_and_is_undone_whole(curator, source, theory):
    ContextFactory(theory=theory, key="meeting-somebody-alike")
    fragment = {"new_title": "Fragment", "new_theory": theory.pk, "slot": "context"}
    response = code(curator, source, passage="And then?", element="Meeting somebody alike", **fragment)
    candidate = CMOC.objects.get()
    link = candidate.context_links.select_related("context").get()
    assert (link.context.key, link.context.label, link.wording) == (
        "meeting-somebody-alike-2",
        "Meeting somebody alike",
        "",
    )

    curator.post(screen(source), {"undo": undo_of(response)})
    assert (CMOC.objects.count(), [row.key for row in theory.contexts.all()]) == (0, ["meeting-somebody-alike"])


@pytest.mark.parametrize(("slot", "links"), [("mechanism", "mechanism_links"), ("outcome", "outcome_links")])
def test_a_fragment_may_be_of_any_part(curator, source, theory, slot, links):
    fragment = {"new_title": "Fragment", "new_theory": theory.pk, "slot": slot, "element": "???"}
    code(curator, source, passage="And then?", **fragment)
    assert [getattr(link, slot).key for link in getattr(CMOC.objects.get(), links).all()] == ["part"]


def test_a_fragment_that_others_use_is_not_undone(curator, source, theory):
    fragment = {"new_title": "Fragment", "new_theory": theory.pk, "slot": "context", "element": "Alike"}
    response = code(curator, source, passage="And then?", **fragment)
    CMOCContextFactory(cmoc=CMOCFactory(theory=theory, number=50), context=theory.contexts.get())
    answer = curator.post(screen(source), {"undo": undo_of(response)}, follow=True)
    assert "Not undone: it was changed or used since." in words(answer)


def test_an_element_needs_a_candidate_and_a_part(curator, source, theory):
    cmoc = CMOCFactory(theory=theory)
    answer = code(curator, source, passage="And then?", cmocs=[cmoc.pk], element="Alike", slot="context")
    assert "Name a new candidate, and choose which part of it this is." in words(answer)
    new = {"new_title": "Fragment", "new_theory": theory.pk, "element": "Cooks"}
    answer = code(curator, source, passage="And then?", slot="actor", **new)
    assert "Who acts is chosen from the people of the study, in the form of the CMOC." in words(answer)


def test_a_quote_begins_and_ends_elsewhere(curator, source, theory):
    cmoc = CMOCFactory(theory=theory)
    code(curator, source, passage="to meet somebody", cmocs=[cmoc.pk])
    Quote.objects.update(disclosure_checked_by="A", disclosure_checked_date="2026-01-02")
    form = curator.get(f"{screen(source)}?adjust=q01").context["form"]
    assert form["adjust"].value() == "q01"

    answer = curator.post(
        screen(source),
        {"passage": "to meet somebody like me", "role": "supports", "memo_kind": "theory", "adjust": "q01"},
        follow=True,
    )

    assert "Quote q01 begins and ends anew. It is private until it is checked again." in words(answer)
    quote = Quote.objects.get()
    start = TEXT.index("to meet")
    assert (quote.text, quote.start, quote.end, quote.disclosure_checked_by, quote.disclosure_checked_date) == (
        "to meet somebody like me",
        start,
        start + 24,
        "",
        None,
    )
    assert quote.history.latest().history_change_reason == f"Boundaries changed in {source.key}"
    assert Evidence.objects.get().cmoc == cmoc


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"adjust": "q02", "passage": "And then?"}, 'No such quote in this transcript; did you mean "q01"?'),
        ({"adjust": "q01", "passage": "And then?"}, "The passage has no word in common with q01; code it as a quote"),
        ({"adjust": "q01", "passage": "to meet somebody"}, "That is a quote already."),
        ({"adjust": "q01", "passage": "nothing of it"}, "These words do not stand in the text."),
    ],
)
def test_boundaries_that_cannot_be(curator, source, theory, data, message):
    code(curator, source, passage="to meet somebody", cmocs=[CMOCFactory(theory=theory).pk])
    answer = curator.post(screen(source), {"role": "supports", "memo_kind": "theory", **data}, follow=True)
    assert message in html.unescape(words(answer))
    assert Quote.objects.get().text == "to meet somebody"


def test_a_quote_of_a_publication_has_no_boundaries(theory):
    with pytest.raises(ValidationError, match="This quote is no place in a transcript"):
        adjust_quote(quote=QuoteFactory(study=theory.study), span=(0, 1))


def test_a_quote_leads_back_to_its_passage(curator, source, theory):
    code(curator, source, passage="to meet somebody", cmocs=[CMOCFactory(theory=theory).pk])
    page = curator.get(f"/admin/programmes/quote/{Quote.objects.get().pk}/change/").content.decode()
    assert f'href="{screen(source)}#q01"' in page
    assert f'href="{screen(source)}?adjust=q01#q01"' in page


def test_ids_that_no_record_can_have_are_none(curator, source):
    assert curator.get(f"{screen(source)}?cmoc={'9' * 5000}").status_code == 200


def test_cmocs_by_number(curator, source, theory):
    first, second = (CMOCFactory(theory=theory, number=number) for number in (3, 5))
    CMOCFactory(theory=theory, number=9, status="retired")
    code(curator, source, passage="And then?", cmocs=[first.pk], numbers="3, 5;5", new_theory=theory.pk)
    assert [entry.cmoc for entry in Evidence.objects.order_by("pk")] == [first, second]
    for numbers, message in (
        ("55", "No CMOC 55 in this theory; did you mean"),
        ("9", "Nothing was coded: CMOC 9 is retired, and nothing follows it: choose another CMOC."),
    ):
        answer = code(curator, source, passage="to talk", numbers=numbers, new_theory=theory.pk)
        assert message in words(answer)
    assert Quote.objects.count() == 1


@pytest.mark.parametrize(
    ("taken_away", "errors"),
    [
        ([], {"new_theory", "numbers"}),
        ([CMOC], {"new_theory", "numbers"}),
        ([Theory], {"numbers"}),
        ([CMOC, Theory], set()),
    ],
)
def test_cmoc_of_others_is_held_back_twice_from_coding_by_number(source, theory, monkeypatch, taken_away, errors):
    """It may not be changed, and its theory may not be chosen: the one holds where the other fails."""
    editable_by = AccessQuerySet.editable_by
    monkeypatch.setattr(
        AccessQuerySet,
        "editable_by",
        lambda rows, user: rows.all() if rows.model in taken_away else editable_by(rows, user),
    )
    cmoc = CMOCFactory(theory=theory, number=3)
    reader = UserFactory()
    Membership.objects.create(study=theory.study, user=reader, role="reader")
    given = {"passage": "And then?", "role": "supports", "memo_kind": "theory", "numbers": "3"}

    form = CodingForm(source, reader, {**given, "new_theory": theory.pk})

    assert set(form.errors) == errors
    assert form.cleaned_data["cmocs"] == ([] if errors else [cmoc])
