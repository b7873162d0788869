"""The queue of disclosure: what it shows, what each act writes, and what it refuses."""

from __future__ import annotations

import datetime as dt
import re

import lxml.html
import pytest
from django.core.exceptions import ValidationError

from programmes.actions.disclose import DisclosureVerdict, check_disclosure, ground_of, record_consent, take_back_check
from programmes.actions.speakers import name_interviewed, name_participant
from programmes.desk.disclosure_queue import disclosure_queue
from programmes.models import Participant, Quote, StaleVersionError
from programmes.transcripts.read import checksum
from tests import factories as make
from tests.disclosure_study import disclosure_study

DAY = dt.date(2026, 5, 4)


@pytest.fixture
def made(db):
    return disclosure_study()


@pytest.fixture
def curator(made, client):
    user = make.MembershipFactory(study=made.study, role="curator", user=make.UserFactory(first_name="Bea")).user
    client.force_login(user)
    return user


def sent(client, made, act, quote="q02", **given):
    row = Quote.objects.get(key=quote)
    fields = {"act": act, "quote": quote, "version": row.version, "by": "person", **given}
    return client.post(made.address, fields)


STEP = re.compile(r"([\w*]*)((?:[.#][\w-]+|\[\w+=[\w-]+\])*)")


def xpath_of(css):
    """Return a selector of tags, classes, ids and attributes as lxml takes it without another library."""
    steps = []
    for step in css.split():
        tag, rest = STEP.fullmatch(step).groups()
        tests = [
            f"contains(concat(' ', @class, ' '), ' {name} ')" if sign == "." else f"@{key or 'id'}='{value or name}'"
            for sign, name, key, value in re.findall(r"(?:([.#])([\w-]+)|\[(\w+)=([\w-]+)\])", rest)
        ]
        steps.append(f"//{tag or '*'}" + "".join(f"[{test}]" for test in tests))
    return "".join(steps)


def text_of(response, css):
    page = lxml.html.fromstring(response.content)
    found = page.xpath(" | ".join(map(xpath_of, css.split(", "))))
    return [" ".join(element.text_content().split()) for element in found]


def checked(key):
    row = Quote.objects.get(key=key)
    return row.visibility, row.consent, row.masks, row.disclosure_checked_by


def test_only_who_curates_the_study_opens_the_queue(client, made):
    assert client.get(made.address).status_code == 302
    for role, status in (("reader", 403), ("reviewer", 403), ("curator", 200), ("lead", 200)):
        client.force_login(make.MembershipFactory(study=made.study, role=role).user)
        assert client.get(made.address).status_code == status
    client.force_login(make.MembershipFactory(role="lead").user)
    assert client.get(made.address).status_code == 404


def test_a_quote_is_shown_in_its_turn_with_all_to_decide_by(client, made, curator):
    shown = client.get(f"{made.address}?quote=q02&by=transcript")

    assert text_of(shown, "#at-hand") == [
        "fg01 Patients’ group, practice A · quote q02, for CMOC 8 Walked in by the GP"
    ]
    assert text_of(shown, ".turn .says") == ["INT", "P1", "P3", "P1", "P3"]
    assert text_of(shown, ".finding legend, .finding p") == [
        "“Thursday market”", "a day and a place", "“brother-in-law, the baker”", "a relative and a trade"
    ]  # fmt: skip
    assert text_of(shown, ".beside h2, .consent li") == ["p3, patient", "Quotes may be public without a name"]
    assert text_of(shown, ".rules") == [
        "Found by plain rules for English: names, places, days, dates, numbers, ages, relatives, trades. They miss "
        "things. You decide."
    ]
    assert text_of(shown, ".acts .act strong") == ["Clean, make public", "Mask and make public", "Keep private"]
    assert text_of(shown, ".counted") == ["2 of 6 none is checked yet"]


def test_each_act_is_signed_and_lands_on_the_next(client, made, curator):
    masked = sent(client, made, "mask", **{"finding-1": "82 97", "finding-2": ""})
    assert masked.url == f"{made.address}?by=person&quote=q04"
    assert checked("q02") == ("public", "participant", ["82 97"], "Bea")
    assert Quote.objects.get(key="q02").shown_text.count("[…]") == 1
    assert Quote.objects.get(key="q02").history.first().history_change_reason == (
        "Disclosure check: words that may give somebody away have masks"
    )
    assert sent(client, made, "clean", "q04").url == f"{made.address}?by=person&quote=q06"
    assert checked("q04") == ("public", "participant", [], "Bea")
    assert sent(client, made, "private", "q06").url == f"{made.address}?by=person&quote=q01"
    assert checked("q06") == ("private", "unknown", [], "Bea")
    shown = client.get(made.address)
    assert text_of(shown, ".counted") == ["1 of 6 1 clean, 1 masked, 1 kept private"]
    assert lxml.html.fromstring(shown.content).xpath("//svg/@aria-label") == [
        "Quote 1 of 6: 1 clean, 1 masked, 1 kept private, 3 waiting"
    ]
    assert text_of(client.get(f"{made.address}?quote=q04"), ".already li") == [
        "“I only went because he came out and took me there. I sat with the others from the […] and…” CMOC 8"
    ]


def test_a_clean_quote_loses_its_masks(client, made, curator):
    sent(client, made, "mask", mask=["7 11"])
    assert checked("q02")[2] == ["7 11"]
    sent(client, made, "clean", **{"finding-1": "82 97"})
    assert checked("q02") == ("public", "participant", [], "Bea")
    refused = sent(client, made, "clean", words="out")
    assert text_of(refused, "[role=alert]") == [
        "Nothing was saved. Words are marked, and a clean quote has no masks: choose “Mask and make public”, or take "
        "the marks off first."
    ]


def test_what_is_typed_is_masked_wherever_it_stands(client, made, curator):
    shown = sent(client, made, "show", words="OUT\nmy own", mask=["nothing", "1"])
    assert text_of(shown, "#as-others") == [
        "I only went because he came […] and took me there. I sat with the others from the Thursday market and my "
        "brother-in-law, the baker, and he just came […]. I would not have gone on […]."
    ]
    assert text_of(shown, "#other-masks li") == ["out", "out", "my own"]
    assert checked("q02") == ("private", "unknown", [], "")
    refused = sent(client, made, "mask", words="Marlow")
    assert (refused.status_code, text_of(refused, "[role=alert]")) == (
        409, ["Nothing was saved. “Marlow” does not stand in this quote: copy the words from it."]
    )  # fmt: skip


def test_what_may_not_be_public_has_no_such_act_and_says_why(client, made, curator):
    told = {
        "q06": "It cannot be made public: p4 agreed that the study team reads these words, and nobody else. "
        "Open the record of p4",
        "q05": "It cannot be made public: Nobody has recorded what p2 agreed to.",
    }
    for key, why in told.items():
        shown = client.get(f"{made.address}?quote={key}")
        assert text_of(shown, ".why-not") == [why]
        assert text_of(shown, ".acts .act strong") == ["Keep private"]
        refused = sent(client, made, "clean", key)
        assert (refused.status_code, checked(key)) == (409, ("private", "unknown", [], ""))


def test_what_somebody_agreed_to_is_recorded_on_the_way(client, made, curator):
    who = Participant.objects.get(pseudonym="p2")
    given = {"who": who.pk, "who_version": who.version}
    answer = sent(client, made, "quotes-public", "q05", **given)
    assert answer.url == f"{made.address}?by=person&quote=q05"
    assert Participant.objects.get(pseudonym="p2").consent_scope == "quotes-public"
    again = sent(client, made, "team-only", "q05", **given)
    assert text_of(again, "[role=alert]") == [
        "Nothing was saved. participant p2 was changed by somebody else since you read it."
    ]


def unnamed(made, *labels):
    """Forget who is called by these labels, and that they took part."""
    made.source.speakers.filter(label__in=labels).delete()
    Quote.objects.update(participant=None)
    Participant.objects.filter(pseudonym__in=[label.lower() for label in labels]).delete()


def test_who_speaks_and_what_they_agreed_to_is_said_on_the_way(client, made, curator):
    unnamed(made, "P3", "INT")
    shown = client.get(f"{made.address}?quote=q02")
    assert text_of(shown, ".record button") == [
        "P3 took part and agreed that quotes are public y", "P3 took part and agreed to the team only"
    ]  # fmt: skip
    answer = sent(client, made, "quotes-public", "q02", label="P3")
    assert answer.url == f"{made.address}?by=person&quote=q02"
    assert Participant.objects.get(pseudonym="p3").consent_scope == "quotes-public"
    assert list(Quote.objects.filter(participant__pseudonym="p3").values_list("key", flat=True)) == ["q02", "q04"]
    assert sent(client, made, "clean", "q02").status_code == 302
    again = sent(client, made, "team-only", "q04", label="P3")
    assert text_of(again, "[role=alert]") == ["Nothing was saved. Nobody needs to say any more who P3 is."]


def test_who_took_part_already_is_named_and_keeps_what_they_agreed_to(client, made, curator):
    Participant.objects.filter(pseudonym="p3").update(label_as_printed="[P3]", pseudonym="baker")
    made.source.speakers.filter(label="P3").delete()
    Quote.objects.update(participant=None)
    shown = client.get(f"{made.address}?quote=q02")
    assert text_of(shown, ".record button") == ["P3 is the participant baker y"]
    sent(client, made, "took-part", "q02", label="P3")
    assert Quote.objects.get(key="q02").participant.consent_scope == "quotes-public"
    refused = sent(client, made, "took-part", "q05", who=Participant.objects.get(pseudonym="p2").pk)
    assert text_of(refused, "[role=alert]") == ["Nothing was saved. Say what they agreed to."]


def test_nobody_is_proposed_who_asks_has_withdrawn_or_has_no_pseudonym(client, made, curator):
    unnamed(made, "P3")
    made.source.speakers.filter(label="INT").delete()
    asked = made.code("INT: What made you go the first time?").key
    assert text_of(client.get(f"{made.address}?quote={asked}"), ".record button") == []
    withdrawn = make.ParticipantFactory(study=made.study, pseudonym="p3", withdrawn_date=DAY, consent_scope="unknown")
    assert text_of(client.get(f"{made.address}?quote=q04"), ".record button") == []
    given = {"source": made.source, "label": "P3", "pseudonym": "p3", "scope": "team-only", "reason": "Said"}
    with pytest.raises(ValidationError, match="The participant p3 has withdrawn"):
        name_participant(**given)
    withdrawn.delete()
    make.SpeakerFactory(source=made.source, label="P3", kind="nobody")
    assert text_of(client.get(f"{made.address}?quote=q04"), ".record button") == []
    with pytest.raises(ValidationError, match="Somebody has said meanwhile who P3 is"):
        name_participant(**given)


def test_words_without_labels_are_said_to_be_of_whom_the_interview_is_with(client, made, curator):
    text = "So why did you go? Because somebody asked me. And that was all."
    plain = make.SourceFactory(study=made.study, key="lw07", title="LW07", text=text, sha256=checksum(text))
    for key, words in (("q11", "Because somebody asked me."), ("q12", "So why did you go?")):
        start = text.index(words)
        place = {"source": plain, "start": start, "end": start + len(words), "text": words}
        private = {"visibility": "private", "disclosure_checked_date": None, "consent": "unknown"}
        make.QuoteFactory(study=made.study, key=key, participant=None, **place, **private)
    shown = client.get(f"{made.address}?quote=q11")
    assert text_of(shown, ".record button") == [
        "These are words of lw07, who took part and agreed that quotes are public y",
        "These are words of lw07, who agreed to the team only",
    ]
    assert sent(client, made, "quotes-public", "q11", label="").url == f"{made.address}?by=person&quote=q11"
    assert sent(client, made, "clean", "q11").status_code == 302
    quote = Quote.objects.select_related("participant", "source").get(key="q11")
    assert (quote.visibility, quote.participant.pseudonym) == ("public", "lw07")
    assert (quote.source.participant, quote.participant.consent_scope) == (quote.participant, "quotes-public")
    # What else stands there may be of whoever asked: each quote is said on its own.
    other = Quote.objects.get(key="q12")
    assert other.participant is None
    shown = client.get(f"{made.address}?quote=q12")
    assert text_of(shown, ".record button") == ["These are words of the participant lw07 y"]
    again = sent(client, made, "quotes-public", "q11", label="")
    assert text_of(again, "[role=alert]") == ["Nothing was saved. Nobody needs to say any more who speaks here."]
    given = {"scope": "quotes-public", "reason": "Said"}
    for quote_, pseudonym, sentence in (
        (quote, "lw07", "whose words these are"),
        (other, "p2", "whom this interview is of"),
    ):
        with pytest.raises(ValidationError, match=sentence):
            name_interviewed(quote=Quote.objects.get(pk=quote_.pk), pseudonym=pseudonym, **given)
    Quote.objects.filter(pk=quote.pk).update(visibility="private", consent="unknown")
    Participant.objects.filter(pseudonym="lw07").update(withdrawn_date=DAY)
    assert text_of(client.get(f"{made.address}?quote=q12"), ".record button") == []
    type(plain).objects.filter(pk=plain.pk).update(kind="focus-group", participant=None)
    assert text_of(client.get(f"{made.address}?quote=q12"), ".record button") == []
    with pytest.raises(ValidationError, match="no interview with one person"):
        name_interviewed(quote=Quote.objects.get(key="q12"), pseudonym="p9", **given)


def test_another_quote_of_whom_an_interview_is_of_already(made):
    text = "So why did you go? Because somebody asked me."
    who = make.ParticipantFactory(study=made.study, pseudonym="lw08")
    of = make.SourceFactory(study=made.study, key="lw08", text=text, sha256=checksum(text), participant=who)
    words = "Because somebody asked me."
    place = {"source": of, "start": text.index(words), "end": len(text), "text": words}
    private = {"visibility": "private", "disclosure_checked_date": None, "consent": "unknown"}
    quote = make.QuoteFactory(study=made.study, key="q13", participant=None, **place, **private)
    scope = who.consent_scope
    named = name_interviewed(quote=quote, pseudonym="lw08", scope=scope, reason="Said")
    assert (named.participant, named.source.participant, type(of).objects.get(pk=of.pk).version) == (who, who, 1)


def test_the_last_check_can_be_taken_back_unless_somebody_built_on_it(client, made, curator):
    nothing = client.post(made.address, {"act": "undo"})
    assert text_of(nothing, "[role=alert]") == ["Nothing was saved. There is no check of yours to take back."]
    sent(client, made, "mask", **{"finding-1": "82 97"})
    assert text_of(client.get(made.address), ".disclosure-foot p")[0].startswith("Masked, made public: quote q02 of p3")
    back = client.post(made.address, {"act": "undo", "by": "person"})
    assert back.url == f"{made.address}?by=person&quote=q02"
    assert checked("q02") == ("private", "unknown", [], "")
    assert text_of(client.get(made.address), ".disclosure-foot p") == ["Nothing is changed yet in this sitting."]
    sent(client, made, "clean")
    row = Quote.objects.get(key="q02")
    row.disclosure_note = "Seen by two."
    row.save()
    late = client.post(made.address, {"act": "undo"})
    assert text_of(late, "[role=alert]") == [
        "Nothing was saved. quote q02 was changed by somebody else since you read it."
    ]


def test_a_quote_that_somebody_else_changed_is_not_signed(client, made, curator):
    Quote.objects.get(key="q02").save()
    refused = sent(client, made, "clean", version=1)
    assert refused.status_code == 409
    assert checked("q02")[0] == "private"
    assert sent(client, made, "clean", version="x").status_code == 409
    assert client.post(made.address, {"act": "clean", "quote": "zz", "version": 1}).status_code == 404


def test_the_queue_says_when_it_is_empty_or_done(client, made, curator):
    unknown = client.get(f"{made.address}?quote=zz&by=nothing")
    assert text_of(unknown, ".empty") == ["This study has no such quote. Go to the first that waits."]
    for row in Quote.objects.all():
        sent(client, made, "private", row.key)
    done = client.get(made.address)
    assert text_of(done, ".empty p") == ["Every quote is checked: 6 kept private.", "Publish"]
    Quote.objects.all().delete()
    empty = client.get(made.address)
    assert text_of(empty, ".empty") == [
        "There is no quote in this study yet. Code a passage of a transcript, and it waits here."
    ]


def test_many_quotes_are_drawn_as_one_bar(made):
    for number in range(60):
        make.QuoteFactory(study=made.study, key=f"more{number}")
    queue = disclosure_queue(made.study, "transcript")
    assert [(shape.x, shape.width, shape.state) for shape in queue.shapes] == [
        (0.0, 90.909, "clean"), (90.909, 0.0, "mask"), (90.909, 0.0, "private"), (90.909, 9.091, "waiting")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("of", "consent", "why_not"),
    [
        ({"source": None, "participant": None}, "published", ""),
        ({"source": "document", "participant": None, "reference": True}, "published", ""),
        (
            {"source": "document", "participant": None},
            None,
            "Nobody has said which work this document is, or that it needs no consent.",
        ),
        (
            {"source": "interview", "participant": None},
            None,
            "Nobody has said who speaks here, so nobody can have agreed.",
        ),
        ({"source": "interview", "participant": None, "consent": "not-required"}, "not-required", ""),
        ({"source": None, "participant": "quotes-public"}, "participant", ""),
        ({"source": None, "participant": "quotes-public", "consent": "published"}, "published", ""),
        ({"source": None, "participant": "withdrawn"}, None, "gone has withdrawn from the study."),
    ],
)
def test_the_ground_on_which_a_quote_may_be_public(db, of, consent, why_not):
    study = make.StudyFactory()
    source = of["source"] and make.SourceFactory(
        study=study, kind=of["source"], reference=make.ReferenceFactory(study=study) if "reference" in of else None
    )
    who = of["participant"] and make.ParticipantFactory(
        study=study,
        pseudonym="gone",
        consent_scope="unknown" if of["participant"] == "withdrawn" else of["participant"],
        withdrawn_date=DAY if of["participant"] == "withdrawn" else None,
    )
    given = {"consent": of.get("consent", "unknown"), "visibility": "private"}
    quote = make.QuoteFactory(study=study, source=source, participant=who, **given)

    ground = ground_of(quote)
    assert (ground.consent, ground.why_not, ground.person) == (consent, why_not, who if why_not and who else None)


def test_everybody_in_a_quote_has_to_agree(db):
    quote = make.QuoteFactory(participant=None, consent="published", visibility="private")
    one = make.ParticipantFactory(study=quote.study, pseudonym="one", consent_scope="team-only")
    quote.also_by.set([one, make.ParticipantFactory(study=quote.study)])
    assert ground_of(quote).person == one


def test_acts_refuse_what_cannot_be(made):
    quote = Quote.objects.get(key="q02")
    common = {"quote": quote, "by": made.lead, "on": DAY}
    with pytest.raises(ValidationError, match="No word is marked"):
        check_disclosure(**common, version=quote.version, verdict=DisclosureVerdict.MASK, masks=[(1, 2)])
    with pytest.raises(ValidationError, match="was not checked last"):
        take_back_check(quote=quote, version=quote.version)
    done = check_disclosure(**common, version=quote.version, verdict=DisclosureVerdict.CLEAN, masks=[])
    state = done.history.all()[1]
    type(state).objects.filter(pk=state.pk).update(text="Others", shown_text="Others")
    with pytest.raises(ValidationError, match="are others by now"):
        take_back_check(quote=done, version=done.version)
    who = Participant.objects.get(pseudonym="p3")
    with pytest.raises(StaleVersionError):
        record_consent(participant=who, version=who.version, scope="team-only")


def test_a_quote_of_a_publication_is_checked_too(client, made, curator):
    printed = {"participant": None, "locator": "p. 3", "visibility": "private", "consent": "unknown"}
    make.QuoteFactory(study=made.study, key="z1", text="x" * 500, disclosure_checked_date=None, **printed)
    shown = client.get(f"{made.address}?quote=z1")
    assert text_of(shown, ".beside h2") == ["Nobody is named"]
    assert "p. 3" in text_of(shown, ".beside p.quiet")
    assert text_of(shown, ".turn .says") == [""]
    assert sent(client, made, "clean", "z1").status_code == 302
    assert checked("z1") == ("public", "published", [], "Bea")


def test_queries_do_not_grow_with_the_queue(client, made, curator, django_assert_num_queries):
    address = f"{made.address}?quote=q02"
    client.get(address)
    with django_assert_num_queries(QUERIES):
        client.get(address)
    for number in range(5):
        make.QuoteFactory(study=made.study, key=f"more{number}")
    with django_assert_num_queries(QUERIES):
        client.get(address)


# session, user; study, membership; quotes of the queue; the quote with participant, service and source; who else speaks
# in it; what it bears on; number, words and CMOCs of what is public of the person; speakers; those of no words; other
# studies
QUERIES = 11


def test_a_public_memo_that_repeats_masked_words_is_named_beside_the_quote(client, made, curator):
    quote = Quote.objects.get(key="q02")
    telling = quote.text[82:97]
    make.MemoFactory(study=made.study, key="told", text=f"She said: {telling}")
    assert text_of(client.get(f"{made.address}?quote=q02"), ".notice-warning") == []
    shown = client.post(made.address, {"quote": "q02", "act": "look", "mask": "82 97"})
    assert text_of(shown, ".notice-warning") == [
        "told: a public memo repeats words under a mask. Change it, or keep it with the team."
    ]
    make.MemoFactory(study=made.study, key="twice", text=telling)
    shown = client.post(made.address, {"quote": "q02", "act": "look", "mask": "82 97"})
    assert text_of(shown, ".notice-warning")[0].startswith("told, twice: public memos repeat words")
