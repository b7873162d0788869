"""Masks over words of quotes: who reads what is beneath them, who finds it, and that no door forgets to ask."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.urls import reverse

from programmes.actions.code import adjust_quote
from programmes.actions.erase import Signed, erase_passage
from programmes.models import EditorialMark, Quote
from programmes.models.field_table import COVERED, field_row
from programmes.models.quote_masks import words_read
from programmes.package.problems import PackageError
from programmes.package.read import read_package
from programmes.package.reader import Everybody
from programmes.package.write import write_package
from programmes.search.find import search
from programmes.transcripts.read import checksum
from tests import factories as make

ROOT = Path(__file__).parents[3]
TEXT = "INT: Who was there?\nP3: I sat with the others from Marlow market and they listened.\n"
SAID = "I sat with the others from Marlow market and they listened."
SHOWN = "I sat with the others from […] and they listened."


@pytest.fixture
def quote(db):
    """Return a public quote of a place in a transcript, of which two words have a mask."""
    study = make.StudyFactory()
    theory = make.TheoryFactory(study=study)
    source = make.SourceFactory(study=study, text=TEXT, sha256=checksum(TEXT))
    who = make.ParticipantFactory(study=study)
    make.SpeakerFactory(source=source, label="P3", kind="participant", participant=who)
    start = TEXT.index(SAID)
    quote = make.QuoteFactory(
        study=study, participant=who, key="q01", source=source, text=SAID, start=start, end=start + len(SAID),
        masks=["27 40"],
        prefix="P3: ", suffix="\n", text_as_printed=f"“{SAID}”", locator="",
    )  # fmt: skip
    make.EvidenceFactory(
        cmoc=make.CMOCFactory(theory=theory, title="Company", statement="Somebody sits there."), quote=quote
    )
    return quote


@pytest.fixture
def member(quote):
    return make.MembershipFactory(study=quote.study, role="reader").user


@pytest.fixture
def stranger(quote):
    return make.MembershipFactory(role="lead").user


def answer_of(client, address):
    response = client.get(address)
    assert response.status_code == 200, address
    return (b"".join(response) if response.streaming else response.content).decode()


def hits(question, user):
    results = search(question, user)
    return [str(hit.excerpt) for kind in results.kinds for hit in kind.hits], results.meant


def test_others_read_a_sign_instead_of_the_words(quote, member, stranger):
    assert quote.shown_text == SHOWN
    assert quote.shown_as_printed == f"“{SHOWN}”"
    assert [words_read(quote, user) for user in (None, AnonymousUser(), stranger, member)] == [SHOWN] * 3 + [SAID]
    assert words_read(quote, make.UserFactory(is_superuser=True)) == SAID
    assert Quote.objects.values_list("shown_text", flat=True).get() == SHOWN
    alone = Quote.objects.only("shown_text").get()
    assert (alone.shown_text, "text" in alone.get_deferred_fields()) == (SHOWN, True)
    assert Quote.shown_text.field.clone().of == "text"


def test_pages_and_rows_have_the_words_for_the_team_alone(client, quote, member, stranger):
    addresses = [
        quote.get_absolute_url(),
        quote.evidence.get().cmoc.get_absolute_url(),
        quote.evidence.get().cmoc.theory.get_absolute_url(),
        reverse("evidence", args=[quote.evidence.get().cmoc.theory.slug]),
        reverse("home"),
        reverse("api-quotes-list"),
        f"{reverse('api-quotes-list')}?format=csv",
        f"{reverse('api-quotes-list')}?format=jsonl",
        f"{reverse('api-cmocs.evidence-list')}?format=csv",
        f"{reverse('api-cmocs.evidence-list')}?format=jsonl",
        reverse("api-evidence-list"),
        f"{reverse('api-cmocs-list')}{quote.evidence.get().cmoc.theory.slug}:{quote.evidence.get().cmoc.number}/",
    ]

    def readers(user):
        client.logout()
        if user is not None:
            client.force_login(user)
        told = [answer_of(client, address) for address in addresses]
        return {"Marlow" in text for text in told}, {"from […]" in text or "\\u2026" in text for text in told}

    assert readers(None) == ({False}, {True})
    assert readers(stranger) == ({False}, {True})
    assert readers(member)[0] == {True}


@pytest.mark.untraced
@pytest.mark.parametrize("question", ["marlow", "Marlow market", "markets", "marlo", "Marlow zq"])
def test_a_search_finds_covered_words_for_the_team_alone(quote, member, stranger, question):
    for user in (AnonymousUser(), stranger):
        found, meant = hits(question, user)
        assert (found, "arl" in meant) == ([], False)
    found, _ = hits(question, member)
    assert len(found) == 1
    assert "Marlow" in re.sub("<[^>]*>", "", found[0])


def test_a_phrase_over_a_mask_leads_to_no_covered_word(quote, member, stranger):
    asked, parts = '"others from Marlow"', "<mark>others</mark> <mark>from</mark>"
    for user in (AnonymousUser(), stranger):
        assert hits(asked, user)[0] == [SHOWN.replace("others from", parts)]
    assert hits(asked, member)[0] == [SAID.replace("others from Marlow", "<mark>others from Marlow</mark>")]


def test_words_beside_a_mask_are_found_by_everybody_once(quote, member, stranger):
    marked = "I sat with the others from […] and they <mark>listened</mark>."
    assert [hits("listened", user)[0] for user in (AnonymousUser(), stranger)] == [[marked]] * 2
    assert hits("listened", member)[0] == [SAID.replace("listened", "<mark>listened</mark>")]
    assert hits("q01", member)[0] == [SAID]


def test_filters_find_covered_words_for_the_team_alone(client, quote, member, stranger):
    asked = [
        f"{reverse('api-quotes-list')}?q=marlow",
        f"{reverse('api-evidence-list')}?q=marlow",
        f"{reverse('api-cmocs-list')}?q=marlow",
        f"{reverse('api-cmocs-list')}?quote_q=marlow",
    ]

    def counts(user):
        client.force_login(user)
        return found_now()

    def found_now():
        return [len(client.get(address).json()["results"]) for address in asked]

    assert found_now() == [0, 0, 0, 0]
    assert counts(stranger) == [0, 0, 0, 0]
    assert counts(member) == [1, 1, 1, 1]


def test_a_mask_that_was_set_later_covers_what_was_public_before(client, quote):
    quote.masks = []
    quote.save()
    earlier = quote.history.first()
    quote.masks = ["27 40"]
    quote.save()

    assert (earlier.shown_text, quote.history.first().shown_text) == (SAID, SHOWN)
    cmoc = quote.evidence.get().cmoc
    for address in (f"{cmoc.get_absolute_url()}history/", reverse("earlier", args=[cmoc.theory.slug])):
        assert "Marlow" not in client.get(address).content.decode()


def test_lengths_tell_nothing_of_covered_words(client, quote):
    def lengths():
        return [len(client.get(one).content) for one in (quote.get_absolute_url(), reverse("api-quotes-list"))]

    before = lengths()
    quote.masks = ["27 33"]
    quote.save()
    longer = lengths()
    quote.masks = ["27 40"]
    quote.save()

    assert lengths() == before
    assert longer != before


@pytest.mark.parametrize(
    ("masks", "remedy"),
    [(["27 30"], "Write 27 33."), (["34 40", "27 33"], "Write 27 40."), (["26 27"], "Leave them out.")],
)
def test_masks_over_parts_of_words_are_refused(quote, masks, remedy):
    quote.masks = masks
    with pytest.raises(ValidationError) as refused:
        quote.full_clean()
    assert refused.value.message_dict == {"masks": [f"These do not cover whole words of the text, in order. {remedy}"]}


def test_the_database_itself_keeps_what_is_shown(quote):
    for change in ({"masks": []}, {"shown_text": SAID}):
        with pytest.raises(IntegrityError, match="quote_shown_with_its_masks"), transaction.atomic():
            Quote.objects.filter(pk=quote.pk).update(**change)


def test_an_editorial_mark_does_not_repeat_covered_words(quote):
    told = (
        "The editorial mark “[at Marlow]” has words that a mask covers, and everybody reads it. Change the editorial "
        "mark first."
    )
    with pytest.raises(ValidationError) as refused:
        EditorialMark(quote=quote, kind="gloss", text="[at Marlow]").full_clean()
    assert refused.value.message_dict["__all__"] == [told]
    make.EditorialMarkFactory(quote=quote, text="[at Marlow]")
    with pytest.raises(ValidationError) as refused:
        quote.full_clean()
    assert refused.value.message_dict["__all__"] == [told]


def test_masks_go_with_a_quote_whose_place_is_adjusted(quote):
    start = TEXT.index("the others")
    adjusted = adjust_quote(quote=quote, span=(start, TEXT.index(" listened")))

    assert (adjusted.text, adjusted.shown_text) == (
        "the others from Marlow market and they",
        "the others from […] and they",
    )
    wider = adjust_quote(quote=Quote.objects.get(), span=(start, TEXT.index(".\n")))
    assert wider.shown_text == "the others from […] and they listened"
    without = adjust_quote(quote=Quote.objects.get(), span=(TEXT.index("and they"), TEXT.index(".\n")))
    assert (without.masks, without.shown_text) == ([], "and they listened")


def test_masks_go_with_words_that_are_corrected(db):
    quote = make.QuoteFactory(text="We met at Marlow.", masks=["10 16"])
    quote.text = "Yes, we met at Marlow, Marlow!"
    quote.save(update_fields=["text"])

    quote.refresh_from_db()
    assert (quote.masks, quote.shown_text) == (["15 21", "23 29"], "Yes, we met at […], […]!")


def test_an_erased_passage_leaves_the_masks_where_they_are(quote):
    start = TEXT.index("listened")
    signed = Signed("Asked for.", quote.disclosure_checked_date, make.UserFactory())
    erase_passage(source=quote.source, span=(start, start + 8), everywhere=False, signed=signed)

    quote.refresh_from_db()
    assert quote.shown_text == SHOWN.replace("listened", "████████")
    start = TEXT.index("Marlow")
    erase_passage(source=quote.source, span=(start, start + 6), everywhere=False, signed=signed)
    states = Quote.history.values_list("text", "shown_text", "shown_as_printed")
    assert not [text for row in states for text in row[:2] if "Marlow" in text or "listened" in text]
    quote.refresh_from_db()
    assert (quote.masks, quote.shown_text) == (["27 40"], SHOWN.replace("listened", "████████"))


def test_a_package_of_the_team_has_the_masks(quote):
    theory = quote.evidence.get().cmoc.theory
    package = write_package(theory)
    document = json.loads(package)

    assert (document["quotes"][0]["text"], document["quotes"][0]["masks"]) == (SAID, ["27 40"])
    assert read_package(package).changes == []
    theory.study.delete()
    read_package(package)
    assert Quote.objects.get().shown_text == SHOWN
    assert write_package(type(theory).objects.get(slug=theory.slug)) == package


def test_a_package_from_before_there_were_masks_uncovers_nothing(quote):
    theory = quote.evidence.get().cmoc.theory
    document = json.loads(write_package(theory))
    del document["quotes"][0]["masks"]

    assert read_package(json.dumps(document).encode()).changes == []
    document["quotes"][0]["masks"] = ["27 33"]
    read_package(json.dumps(document).encode())
    assert Quote.objects.get().shown_text == "I sat with the others from […] market and they listened."


def test_a_package_for_others_loads_and_has_no_covered_word(quote):
    theory = quote.evidence.get().cmoc.theory
    private = make.QuoteFactory(study=quote.study, visibility="private", text="Nobody else reads Marlow.")
    make.EvidenceFactory(cmoc=quote.evidence.get().cmoc, quote=private)
    make.MemoFactory(study=quote.study, theory=theory, text="At Marlow.", visibility="private")
    make.MemoFactory(study=quote.study, theory=theory, key="open", text="Of company.", visibility="public")
    make.LineageMoveFactory(event=make.LineageEventFactory(theory=theory), quote=private)
    out = io.StringIO()
    call_command("dump_package", theory.slug, "--for-others", stdout=out)
    package = out.getvalue().encode()

    assert "Marlow" not in out.getvalue()
    theory.study.delete()
    read_package(package)
    loaded = Quote.objects.get()
    assert (loaded.text, loaded.text_as_printed, loaded.masks, loaded.start) == (SHOWN, f"“{SHOWN}”", [], None)
    assert loaded.locator == "in a transcript that the team keeps"
    assert write_package(type(theory).objects.get(slug=theory.slug), Everybody()) == package


def test_a_package_for_others_takes_no_word_away(quote):
    theory = quote.evidence.get().cmoc.theory
    package = write_package(theory, Everybody())
    with pytest.raises(PackageError) as refused:
        read_package(package)

    assert [str(problem) for problem in refused.value.problems] == [
        f"quotes[0].{name}: leaves out who speaks or where, which is known here "
        '(found "not-told-q01"); load the package of the team'
        for name in ("participant", "source")
    ]
    document = json.loads(package)
    quote.evidence.all().delete()
    without = {"source": None, "participant": None, "start": None, "end": None}
    Quote.objects.update(**without, consent="published", locator=document["quotes"][0]["locator"])
    quote.source.speakers.all().delete()
    quote.source.delete()
    read_package(package)
    quote.refresh_from_db()
    assert (quote.text, quote.shown_text, quote.text_as_printed) == (SAID, SHOWN, f"“{SAID}”")


def test_the_field_table_says_which_words_masks_may_cover():
    assert {(model.__name__, name): field_row(model, name).shown_instead for model, name in COVERED} == {
        ("Quote", "text"): "shown_text",
        ("Quote", "text_as_printed"): "shown_as_printed",
    }
    assert {field_row(Quote, name).least_role for _, name in COVERED} == {"reader"}


# Where the exact words of a quote are read, all of it the team's own: whoever adds a page or a file reads `shown_text`,
# or asks who reads by `words_read`, `column_read` or the filter `read_by`.
TEAM_ONLY = {
    "programmes/actions", "programmes/desk", "programmes/models", "programmes/package", "programmes/admin",
    "templates/admin", "templates/desk",
}  # fmt: skip


def test_no_page_or_file_reads_the_exact_words_of_a_quote():
    reads = re.compile(r"quote\.text\b|quote__text\b|quote\.text_as_printed\b")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for room in ("programmes", "realist", "surveys", "templates")
        for path in sorted((ROOT / room).rglob("*"))
        if path.suffix in {".py", ".html", ".svg", ".txt"}
        and not any(path.is_relative_to(ROOT / own) for own in TEAM_ONLY)
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if reads.search(line) and "source=" not in line  # a field of the API, of which rows.py asks who reads it
    ]
    assert found == []
