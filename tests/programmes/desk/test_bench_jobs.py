"""Everyday jobs at the bench beside coding: what they write, what they refuse, and that they can be undone."""

import re

import lxml.html
import pytest
from django.core.exceptions import ValidationError

from programmes.actions.decisions import Decision
from programmes.actions.delete import delete_cmoc
from programmes.models import CMOC, BenchAct, Caveat, CMOCLink, Evidence, Memo, Participant, Quote
from tests import factories as make
from tests.programmes.desk.test_bench import HALF, WALKS, Bench

pytestmark = pytest.mark.django_db

CMOCS = "/desk/studies/links/theories/refined/cmocs"


@pytest.fixture
def bench(client):
    return Bench(client)


@pytest.fixture
def quotes(bench):
    """Two quotes of CMOC 8, as tick boxes send them."""
    for words in (WALKS, HALF):
        bench.code(words, choice=bench.eight.pk)
    return ticked()


def ticked():
    return [f"{row.pk} {row.version}" for row in Evidence.objects.filter(cmoc__number=8).order_by("pk")]


def refusal_in(html):
    return re.search(r'class="refusal-sentence"[^>]*>(.*?)<', html)[1]


def codings():
    return sorted(Evidence.objects.values_list("cmoc__number", "quote__text", "role"))


def test_ticked_quotes_are_moved_recoded_and_uncoded_and_it_is_undone(bench, quotes):
    address = f"{CMOCS}/8/quotes/"
    bench.post(address, do="role", role="counters", chosen=quotes)
    assert codings() == [(8, HALF, "counters"), (8, WALKS, "counters")]
    same = bench.post(address, 409, do="role", role="counters", chosen=ticked())
    assert refusal_in(same) == "All of them do that already."
    bench.post(address, do="move", choice=bench.nine.pk, chosen=ticked())
    assert codings() == [(9, HALF, "counters"), (9, WALKS, "counters")]
    bench.undo()
    bench.post(address, do="uncode", chosen=ticked())
    assert (codings(), Quote.objects.count()) == ([], 2)  # decisions name them
    for _ in range(2):
        bench.undo()
    assert codings() == [(8, HALF, "supports"), (8, WALKS, "supports")]


def test_ticks_that_are_stale_gone_or_none_are_refused(bench, quotes):
    address = f"{CMOCS}/8/quotes/"
    for fields, status, sentence in (
        ({"do": "uncode"}, 409, "Tick the quotes first."),
        ({"do": "sing", "chosen": quotes}, 409, "Say what to do with them."),
        ({"do": "uncode", "chosen": [*quotes, "999 1"]}, 409, "Not all of these quotes bear on CMOC 8 any more"),
        ({"do": "uncode", "chosen": [quotes[0].replace(" 1", " 7")]}, 409, "quote q01 was coded otherwise since you"),
    ):
        assert refusal_in(bench.post(address, status, **fields)).startswith(sentence)
    assert len(codings()) == 2


def test_ticked_quotes_have_a_page_of_their_own(bench, quotes):
    page = bench.client.get(f"{CMOCS}/8/quotes/", {"chosen": quotes}).content.decode()
    assert page.count('name="chosen"') == 2
    assert f"off={quotes[0].split()[0]}&amp;off={quotes[1].split()[0]}" in page
    nothing = bench.client.get(f"{CMOCS}/8/quotes/")
    assert (nothing.status_code, b"Tick the quotes first." in nothing.content) == (400, True)
    stale = bench.client.get(f"{CMOCS}/8/quotes/", {"chosen": quotes[0].replace(" 1", " 7")})
    assert (stale.status_code, b"coded otherwise since you read it" in stale.content) == (400, True)
    assert bench.client.get(f"{CMOCS}/77/quotes/").status_code == 404


def test_a_part_is_renamed_wherever_it_stands(bench):
    face = make.ContextFactory(theory=bench.theory, key="face", label="A face")
    make.ContextFactory(theory=bench.theory, key="other", label="Another")
    for cmoc in (bench.eight, bench.nine):
        make.CMOCContextFactory(cmoc=cmoc, context=face)
    address = f"{CMOCS}/8/rename-part/"
    html = bench.post(address, kind="context", key="face", label=" A known face ")
    assert (html.count('class="line"'), html.count("A known face")) == (2, 5)
    for fields, sentence in (
        ({"kind": "context", "key": "face", "label": "A known face"}, "It is called that already."),
        ({"kind": "context", "key": "face", "label": "another"}, "“another” stands in this theory already: take"),
        ({"kind": "context", "key": "gone", "label": "x"}, "That part is not in this theory any more."),
        ({"kind": "beneficiary", "key": "1", "label": "x"}, "That part is not in this theory any more."),
        ({"kind": "tune", "key": "face", "label": "x"}, "Say which part it is."),
    ):
        if fields["kind"] == "beneficiary":
            fields["kind"] = "population"
        said = refusal_in(bench.post(address, 409, **fields))
        assert said.startswith(sentence) or fields["kind"] == "population"
    bench.undo()
    face.refresh_from_db()
    assert face.label == "A face"
    make.ReviewFactory(cmoc=bench.nine)
    assert "put to reviewers" in refusal_in(bench.post(address, 422, kind="context", key="face", label="A known one"))


def test_a_caveat_is_added_and_undone(bench):
    address = f"{CMOCS}/8/caveats/"
    assert refusal_in(bench.post(address, 409, text="In winter.", kind="")) == ("Choose in which way it may not hold.")
    assert refusal_in(bench.post(address, 409, text=" ", kind="scope")) == "Say when it may not hold."
    html = bench.post(address, text="In winter.", kind="condition")
    assert "In winter." in html
    assert list(Caveat.objects.values_list("number", "cmoc__number", "kind")) == [(1, 8, "condition")]
    bench.undo()
    assert Caveat.objects.count() == 0


def test_an_outcome_is_linked_to_the_context_that_it_becomes(bench):
    came = make.OutcomeFactory(theory=bench.theory, key="came", label="They come")
    make.CMOCOutcomeFactory(cmoc=bench.eight, outcome=came)
    make.ContextFactory(theory=bench.theory, key="face", label="A face")
    address, given = f"{CMOCS}/8/links/", {"outcome": "came", "label": "a face", "why": "Known once."}
    for change, sentence in (
        ({"outcome": "gone"}, "That outcome is not in CMOC 8 any more."),
        ({"label": "A voice"}, "No context of this theory is called “A voice”: choose one"),
        ({"why": " "}, "Say why the one becomes the other."),
    ):
        assert refusal_in(bench.post(address, 409, **{**given, **change})).startswith(sentence)
    assert "becomes the context" in bench.post(address, **given)
    link = CMOCLink.objects.get()
    assert (link.kind, link.source_outcome, link.target_context.key, link.reason, link.signed_by) == (
        "outcome-becomes-context", came, "face", "Known once.", "ada"
    )  # fmt: skip
    assert refusal_in(bench.post(address, 409, **given)) == "“They come” becomes “A face” already."
    bench.undo()
    assert CMOCLink.objects.count() == 0


def test_a_mistake_is_deleted_with_its_reason_and_comes_back(bench, quotes):
    make.CMOCContextFactory(cmoc=bench.eight, context=make.ContextFactory(theory=bench.theory, label="A face"))
    address = f"{CMOCS}/8/delete/"
    assert refusal_in(bench.post(address, 409, reason=" ")) == "Say why."
    assert "Why it was a mistake." in bench.client.get(bench.address(), {"cmoc": 8}).content.decode()
    html = bench.post(address, reason="Typed twice.", version=bench.eight.version, open=8)
    assert f'id="cmoc-{bench.eight.pk}" data-gone' in html
    assert (CMOC.objects.filter(number=8).count(), Quote.objects.count()) == (0, 0)
    assert {row.history_change_reason for row in CMOC.history.filter(number=8, history_type="-")} == {"Typed twice."}
    bench.undo()
    back = CMOC.objects.get(number=8)
    assert (codings(), [str(link.context) for link in back.context_links.all()]) == (
        [(8, HALF, "supports"), (8, WALKS, "supports")], ["A face"]
    )  # fmt: skip
    bench.redo()
    assert CMOC.objects.filter(number=8).count() == 0


def test_what_others_know_is_retired_instead(bench):
    make.MemoFactory(study=bench.study, theory=bench.theory, cmoc=bench.eight)
    assert "Why. It stays readable" in bench.client.get(bench.address(), {"cmoc": 8}).content.decode()
    bench.post(f"{CMOCS}/8/delete/", reason="Not heard again.")
    assert (CMOC.objects.get(number=8).status, Memo.objects.count()) == ("retired", 1)
    assert BenchAct.objects.first().kind == "retired"
    bench.undo()
    assert CMOC.objects.get(number=8).status == bench.eight.status


def test_a_participant_is_called_otherwise(bench):
    address, other = "/desk/studies/links/participants/", make.ParticipantFactory(study=bench.study, pseudonym="lw09")
    for fields, said in (
        ({"version": 1, "pseudonym": "lw-2"}, ["LW02 is lw-2 now."]),
        ({"version": 1, "pseudonym": "lw-3"}, ["“lw-3” was not kept for lw-2. lw-2 was changed by somebody else since "
                                               "you read it."]),
        ({"version": 2, "pseudonym": "lw-2"}, ["“lw-2” was not kept for lw-2. They are called that already."]),
    ):  # fmt: skip
        answer = bench.client.post(address, {"participant": bench.person.pk, **fields}, follow=True)
        assert [str(message) for message in answer.context["messages"]] == said
    taken = bench.client.post(
        address, {"participant": bench.person.pk, "version": 2, "pseudonym": other.pseudonym}, follow=True
    )
    assert "was not kept for lw-2" in str(next(iter(taken.context["messages"])))
    assert bench.client.post(address, {"participant": "x"}).status_code == 404
    assert sorted(Participant.objects.values_list("pseudonym", flat=True)) == ["lw-2", "lw09"]


def test_what_somebody_built_on_meanwhile_is_not_deleted(bench):
    make.MemoFactory(study=bench.study, theory=bench.theory, cmoc=bench.eight)
    with pytest.raises(ValidationError, match="Others have read CMOC 8 or built on it: retire it instead"):
        delete_cmoc(cmoc=bench.eight, decision=Decision("Typed twice.", bench.user))


def test_a_quote_begins_and_ends_elsewhere_by_a_plain_form(bench, quotes):
    quote = Quote.objects.get(text=WALKS)
    page = lxml.html.fromstring(bench.client.get(bench.address(f"quotes/{quote.key}/")).content)
    chosen = {
        name: page.xpath(f"//select[@name='{name}']/option[@selected]")[0].text_content() for name in ("start", "end")
    }
    assert chosen == {"start": "1 When", "end": "8 down."}
    form = page.xpath("//form[contains(@action, '/adjust/')]")[0]
    given = dict(form.form_values())
    starts = {option.text_content(): option.get("value") for option in form.xpath(".//select[@name='start']/option")}
    answer = bench.client.post(form.get("action"), {**given, "start": starts["3 walks"]})
    quote.refresh_from_db()
    assert (answer.status_code, quote.text) == (302, WALKS.removeprefix("When she "))


def test_the_form_of_a_passage_changes_nothing_where_nothing_is_chosen(bench):
    bench.code("she walks somebody down, they sit", choice=bench.eight.pk)
    quote = Quote.objects.get()
    bench.client.post(bench.address("adjust/"), {"quote": quote.key, "start": quote.start + 2, "end": quote.end - 2})
    quote.refresh_from_db()
    before = (quote.text, quote.start, quote.end)
    page = lxml.html.fromstring(bench.client.get(bench.address(f"quotes/{quote.key}/")).content)
    form = page.xpath("//form[contains(@action, '/adjust/')]")[0]
    bench.client.post(form.get("action"), dict(form.form_values()))
    quote.refresh_from_db()
    assert (quote.text, quote.start, quote.end) == before == ("e walks somebody down, they s", *before[1:])
