"""The bench: what it shows to whom, what is done there, by script and by plain form, and how it is undone."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone

from programmes.actions.begin_theory import begin_theory
from programmes.actions.bench_acts import undo_at_bench
from programmes.actions.code import code_passage
from programmes.actions.evidence import uncode
from programmes.desk.bench_cmoc import open_cmoc
from programmes.desk.bench_foot import LATELY
from programmes.desk.close_lines import close_lines
from programmes.desk.theory_lines import TheoryLine, lines_of_theory
from programmes.integrity.access import Teammate
from programmes.models import (
    CMOC,
    BenchAct,
    Context,
    Evidence,
    LineageEvent,
    Memo,
    Quote,
    Theory,
)
from programmes.transcripts.read import checksum
from programmes.vocabulary import TeamRole
from tests.factories import (
    CaveatFactory,
    CMOCContextFactory,
    CMOCFactory,
    ContextFactory,
    EvidenceFactory,
    MembershipFactory,
    MemoFactory,
    ParticipantFactory,
    PopulationFactory,
    QuoteFactory,
    ReviewFactory,
    SecondCodingFactory,
    SourceFactory,
    SpeakerFactory,
    StudyFactory,
    TheoryFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

TEXT = (
    "[0:05:02] LW02: When she walks somebody down, they sit down.\nINT: And the others?\n"
    "LW02: The others get a text message. Half of them never come."
)
WALKS = "When she walks somebody down, they sit down."
HALF = "Half of them never come."
SCRIPT = {"X-Bench-Fragment": "1"}


class Bench:
    """A study with a transcript, its theory, and somebody at the bench."""

    def __init__(self, client):
        self.client = client
        self.study = StudyFactory(slug="links", visibility="private")
        self.theory = TheoryFactory(
            study=self.study, slug="refined", title="Refined theory", form="cmo", visibility="private"
        )
        self.eight = CMOCFactory(theory=self.theory, number=8, title="Walked in by the GP", statement="")
        self.nine = CMOCFactory(theory=self.theory, number=9, title="Walk before talk", statement="")
        self.person = ParticipantFactory(study=self.study, pseudonym="LW02")
        self.source = SourceFactory(
            study=self.study, key="lw02", title="LW02", text=TEXT, sha256=checksum(TEXT), participant=self.person
        )
        self.user = self.member(TeamRole.CURATOR, "ada")

    def member(self, role, name):
        user = UserFactory(username=name)
        MembershipFactory(study=self.study, user=user, role=role)
        self.client.force_login(user)
        return user

    def address(self, end="", key="lw02"):
        return f"/desk/studies/links/bench/{key}/{end}"

    def get(self, address, **headers):
        return self.client.get(address, headers=headers)

    def post(self, address, status=200, **fields):
        answer = self.client.post(address, {"theory": "refined", "at": "lw02", **fields}, headers=SCRIPT)
        assert answer.status_code == status, answer.content.decode()
        return answer.content.decode()

    def code(self, words=WALKS, status=200, **fields):
        place = {"start": TEXT.index(words), "end": TEXT.index(words) + len(words)}
        return self.post(self.address("code/"), status, **{"role": "supports", **place, **fields})

    def undo(self, status=200, **fields):
        return self.post("/desk/studies/links/undo/", status, **fields)

    def redo(self, status=200, **fields):
        return self.post("/desk/studies/links/redo/", status, **fields)

    def of(self, evidence):
        evidence.refresh_from_db()
        return {"evidence": evidence.pk, "version": evidence.version}


@pytest.fixture
def bench(client):
    return Bench(client)


def foot_of(html):
    """Return what the foot says was done last."""
    found = re.search(r'<p class="last-act" role="status"[^>]*>(.*?)</p>', html, re.DOTALL)
    return found[1].strip()


def refusal_of(html):
    return re.search(r'class="refusal-sentence">(.*?)</p>', html, re.DOTALL)[1]


def codings():
    rows = Evidence.objects.order_by("pk").values_list("cmoc__number", "quote__key", "quote__text", "role")
    return list(rows)


# What is shown, and to whom


def test_the_bench_leads_to_the_transcript_that_was_read_last(bench):
    SourceFactory(study=bench.study, key="fg01", text="P1: Yes.", sha256=checksum("P1: Yes."))
    SourceFactory(study=bench.study, key="aa00")
    start = reverse("desk-bench", args=["links"])
    assert bench.get(start).headers["Location"] == bench.address(key="fg01")
    assert bench.get(bench.address()).status_code == 200
    assert bench.get(start + "?cmoc=8").headers["Location"] == bench.address("?cmoc=8")


def test_the_bench_shows_theory_transcript_and_the_open_cmoc(bench):
    CMOCContextFactory(
        cmoc=bench.eight, context=ContextFactory(theory=bench.theory, label="A GP walks the patient to the door")
    )
    bench.code(choice=bench.eight.pk)
    CaveatFactory(theory=bench.theory, cmoc=bench.eight, text="Two practices only.")
    MemoFactory(study=bench.study, theory=bench.theory, cmoc=bench.eight, text="Whose trust is it?")
    html = bench.get(bench.address("?cmoc=8")).content.decode()
    assert "<title>LW02 · Bench" in html
    for said in (
        "A GP walks the patient to the door",
        '8 <span class="role-long">supports</span>',
        "Two practices only.",
        "Whose trust is it?",
        "not reviewed",
        "1 supports · 1 person",
        "Nobody has spoken against it yet.",
        "44 %",
        "1 of 1 transcripts",
    ):
        assert said in html, said
    assert html.count('id="turn-') == 3
    assert "data-uncoded" in html.split('id="turn-3"')[1]
    assert "data-uncoded" not in html.split('id="turn-2"')[1].split('id="turn-3"')[0]


def test_readers_see_the_same_bench_without_acts_and_transcripts(bench):
    bench.code(choice=bench.eight.pk)
    Quote.objects.update(visibility="private")
    for role in (TeamRole.READER, TeamRole.REVIEWER):
        bench.member(role, role)
        answer = bench.get("/desk/studies/links/bench/?cmoc=8")
        html = answer.content.decode()
        assert answer.status_code == 200
        assert ("Walked in by the GP" in html, "Transcripts are read by those who code them" in html) == (True, True)
        assert (WALKS in html) == (role == TeamRole.REVIEWER)
        assert ("<textarea" in html, "bench.js" in html, "data-act" in html) == (False, False, False)
        assert bench.get(bench.address()).headers["Location"] == "/desk/studies/links/bench/"
        for end in ("rows/", "coverage/", "uncoded/", "turns/1/", "quotes/q01/", "new/?start=0&end=9"):
            assert bench.get(bench.address(end)).status_code == 403, end
        for end in ("code/", "memo/", "role/", "move/", "uncode/", "adjust/"):
            assert bench.client.post(bench.address(end)).status_code == 403, end
        for end in ("undo/", "redo/", "sitting/", "theories/refined/cmocs/8/words/", "theories/refined/cmocs/8/parts/"):
            assert bench.client.post(f"/desk/studies/links/{end}").status_code == 403, end
        assert bench.get("/desk/studies/links/find/?q=walks").status_code == 403
        assert bench.get("/desk/studies/links/parts/?kind=context").status_code == 403


def test_nobody_else_learns_of_a_bench(bench):
    bench.client.force_login(UserFactory())
    assert bench.get(bench.address()).status_code == 404
    assert bench.client.post(bench.address("code/")).status_code == 404
    bench.client.logout()
    assert bench.get(bench.address()).status_code == 302
    assert bench.client.post(bench.address("code/"), headers=SCRIPT).status_code == 302


def test_a_source_of_another_study_is_not_there(bench):
    other = SourceFactory(key="elsewhere", text="P: Secret.", sha256=checksum("P: Secret."))
    assert bench.get(bench.address(key=other.key)).status_code == 404
    assert bench.client.post(bench.address("code/", key=other.key)).status_code == 404


def test_whoever_codes_a_source_blind_does_not_see_what_others_coded(bench):
    SecondCodingFactory(source=bench.source, analyst=bench.user, finished_date=None)
    answer = bench.get(bench.address())
    assert (answer.status_code, "You are coding this transcript blind" in answer.content.decode()) == (403, True)
    for end in ("rows/", "coverage/", "uncoded/", "turns/1/", "quotes/q01/", "new/?start=6&end=9"):
        assert bench.get(bench.address(end)).status_code == 404, end
    assert bench.client.post(bench.address("code/")).status_code == 404


def test_an_empty_study_says_what_is_missing(client):
    study = StudyFactory(slug="new")
    user = UserFactory()
    MembershipFactory(study=study, user=user, role=TeamRole.LEAD)
    client.force_login(user)
    html = client.get("/desk/studies/new/bench/").content.decode()
    assert "There is no transcript yet." in html
    assert "This study has no theory yet." in html
    empty = SourceFactory(study=study, key="empty")
    assert "No transcript is held here." in client.get("/desk/studies/new/bench/empty/").content.decode()
    empty.text, empty.sha256 = "P1: Yes, it was.", checksum("P1: Yes, it was.")
    empty.save()
    html = client.get("/desk/studies/new/bench/empty/").content.decode()
    assert "No CMOC is open" in html
    place = {"start": 4, "end": 7, "role": "supports", "new_title": "A yes"}
    answer = client.post("/desk/studies/new/bench/empty/code/", place, headers=SCRIPT)
    assert foot_of(answer.content.decode()) == "Made of Interview: 1 A yes, supports"
    theory = Theory.objects.get(study=study)
    assert (theory.title, theory.visibility, theory.slug) == ("Programme theory", "private", "new-theory")


def test_several_theories_are_chosen_and_the_choice_is_kept(bench):
    older = TheoryFactory(study=bench.study, slug="initial", title="Initial theory")
    CMOCFactory(theory=older, number=1, title="First thought")
    html = bench.get(bench.address("?theory=initial")).content.decode()
    assert ("First thought" in html, "Walked in by the GP" in html) == (True, False)
    assert "First thought" in bench.get(bench.address()).content.decode()
    assert "Walked in by the GP" in bench.get(bench.address("?theory=refined")).content.decode()
    TheoryFactory(slug="foreign", title="Foreign theory", visibility="public")
    assert "Walked in by the GP" in bench.get(bench.address("?theory=foreign")).content.decode()
    html = bench.post(bench.address("code/"), role="supports", start=16, end=20, choice=CMOC.objects.get(number=1).pk)
    assert foot_of(html).endswith("to 1 First thought, supports")
    rows = bench.get(bench.address("rows/?from=1&theory=refined")).content.decode()
    assert "in Initial theory" in rows


def test_what_a_theory_asks_for_follows_its_form(bench):
    Theory.objects.update(form="icamo")
    html = bench.get(bench.address("?cmoc=8")).content.decode()
    heads = re.findall(r"<dt>(.*?)</dt>", html.split('<dl class="slots">')[1].split("</dl>")[0])
    assert heads == ["Intervention", "Context", "Actor", "Mechanism", "Outcome"]
    html = bench.get(bench.address("new/?start=16&end=20"), **SCRIPT).content.decode()
    assert re.findall(r'name="part-(\w+)"', html) == ["intervention", "context", "actor", "mechanism", "outcome"]


def test_cmocs_are_found_in_the_list(bench):
    html = bench.get(bench.address("?find=before")).content.decode()
    assert (f'id="cmoc-{bench.nine.pk}"' in html, f'id="cmoc-{bench.eight.pk}"' in html) == (True, False)
    assert re.search("1 of 2 fit “.*before.*”", html)


def test_of_many_cmocs_the_list_shows_some_and_says_so(bench, monkeypatch):
    monkeypatch.setattr("programmes.desk.bench.MOST_LINES_SHOWN", 1)
    assert "1 of 2. Find the others" in bench.get(bench.address()).content.decode()


def test_a_transcript_is_read_a_window_at_a_time(client):
    bench = Bench(client)
    text = "\n".join(f"{'INT' if at % 2 else 'P1'}: Words of turn {at}." for at in range(1, 121))
    SourceFactory(study=bench.study, key="long", text=text, sha256=checksum(text))
    html = bench.get(bench.address(key="long")).content.decode()
    assert (html.count('id="turn-'), 'rows/?from=41"' in html, "Earlier turns" in html) == (40, True, False)
    html = bench.get(bench.address("?turn=60", key="long")).content.decode()
    assert re.findall(r'id="turn-(\d+)"', html) == [str(at) for at in range(52, 92)]
    html = bench.get(bench.address("rows/?until=52", key="long")).content.decode()
    assert re.findall(r'id="turn-(\d+)"', html) == [str(at) for at in range(12, 52)]
    html = bench.get(bench.address("rows/?from=92", key="long")).content.decode()
    assert re.findall(r'id="turn-(\d+)"', html) == [str(at) for at in range(92, 121)]
    place = text.index("Words of turn 77.")
    html = bench.get(bench.address(f"?at={place}", key="long")).content.decode()
    assert re.findall(r'id="turn-(\d+)"', html)[0] == "69"
    assert bench.get(bench.address("?turn=x&at=99999999999999999999", key="long")).status_code == 200


def test_next_uncoded_leads_to_what_nobody_has_coded(bench):
    bench.code(choice=bench.eight.pk)
    assert bench.get(bench.address("uncoded/?turn=1&cmoc=8")).headers["Location"] == bench.address(
        "?cmoc=8&turn=3#turn-3"
    )
    bench.code(HALF, choice=bench.eight.pk)
    assert bench.get(bench.address("uncoded/")).headers["Location"] == bench.address("?")
    assert '<b class="share">69 %' in bench.get(bench.address("coverage/")).content.decode()


def test_speakers_are_those_that_somebody_named(bench):
    SpeakerFactory(source=bench.source, label="INT", kind="participant", participant=bench.person)
    SpeakerFactory(source=bench.source, label="LW02", kind="interviewer")
    html = bench.get(bench.address()).content.decode()
    assert re.findall(r'class="turn( asks)?"', html) == [" asks", "", " asks"]


def test_times_are_short():
    from programmes.desk.bench_turns import short_time  # noqa: PLC0415  the rest of this file asks addresses

    assert [short_time(time) for time in ("", "0:05:02", "1:00:09")] == ["", "05:02", "1:00:09"]


# Coding


def test_a_passage_is_coded_and_only_what_changed_comes_back(bench):
    html = bench.code(choice=bench.eight.pk, role="counters")
    assert codings() == [(8, "q01", WALKS, "counters")]
    assert Quote.objects.get().participant == bench.person
    assert foot_of(html) == "Coded LW02 05:02 to 8 Walked in by the GP, speaks against"
    assert re.findall(r'id="((?:turn|cmoc)-\d+|open-cmoc|bench-foot)"', html) == [
        "turn-1",
        f"cmoc-{bench.eight.pk}",
        "open-cmoc",
        "bench-foot",
    ]
    assert Evidence.history.get().history_change_reason == "Coding lw02"


def test_the_same_act_is_done_by_a_plain_form(bench):
    page = bench.get(bench.address("turns/3/?cmoc=9")).content.decode()
    assert f'<option value="{TEXT.index("The others")}">1 The</option>' in page
    assert f'<option value="{bench.nine.pk}" selected>9 Walk before talk' in page
    start, end = TEXT.index("Half"), TEXT.index("come.") + 5
    fields = {"start": start, "end": end, "role": "refines", "choice": bench.nine.pk, "memo": "Why not?", "open": "9"}
    answer = bench.client.post(bench.address("code/"), fields)
    assert answer.headers["Location"] == bench.address("?cmoc=9&turn=3#turn-3")
    assert codings() == [(9, "q01", HALF, "refines")]
    assert Memo.objects.get().text == "Why not?"
    assert "Coded LW02 to 9 Walk before talk, refines" in bench.get(bench.address()).content.decode()
    assert bench.get(bench.address("turns/9/")).status_code == 404
    assert bench.get(bench.address("quotes/q99/")).status_code == 404


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"role": "praises"}, "Choose what the words do: support, refine, speak against, illustrate."),
        ({"choice": "999999"}, "Choose a CMOC of this study."),
        ({"choice": ""}, "Choose a CMOC of this study."),
        ({"start": "", "end": ""}, "Select the words first."),
        ({"start": "9", "end": "5"}, "Select the words first."),
        ({"start": "0", "end": "99999"}, "Select the words first."),
        ({"start": str(TEXT.index(" When")), "end": str(TEXT.index(" When") + 1)}, "Select the words first."),
        (
            {"start": "0", "end": "5"},
            "That is the label of a speaker and no word of theirs. Select what they say.",
        ),
    ],
)
def test_what_cannot_be_coded_is_said(bench, fields, sentence):
    html = bench.code(status=409, **{"choice": bench.eight.pk, **fields})
    assert refusal_of(html) == sentence
    assert (codings(), BenchAct.objects.count(), Quote.history.count()) == ([], 0, 0)


def test_a_plain_form_that_is_refused_keeps_what_was_typed(bench):
    fields = {"start": "", "end": "", "role": "supports", "new_title": "My <title>", "memo": "My memo"}
    answer = bench.client.post(bench.address("code/"), fields)
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "My &lt;title&gt;" in html
    assert '<dd class="lines" dir="auto">My memo</dd>' in html


def test_the_same_words_are_not_coded_twice_to_one_cmoc(bench):
    bench.code(choice=bench.eight.pk)
    html = bench.code(status=409, choice=bench.eight.pk, role="counters")
    assert refusal_of(html) == "These words are coded to CMOC 8 already: q01 supports it."
    bench.code(choice=bench.nine.pk, role="counters")
    assert codings() == [(8, "q01", WALKS, "supports"), (9, "q01", WALKS, "counters")]


def test_a_new_cmoc_is_made_of_a_passage_with_all_that_was_typed(bench):
    context = ContextFactory(theory=bench.theory, label="Walking is not possible", key="walking")
    draft = bench.get(bench.address("new/?start=16&end=24&role=refines&cmoc=8"), **SCRIPT).content.decode()
    assert ("New CMOC from" in draft, "Make CMOC 10 and code" in draft) == (True, True)
    assert "Make CMOC 10 and code" in bench.get(bench.address("new/?start=16&end=24")).content.decode()
    fields = {
        "new_title": "Something for the hands",
        "statement": "When walking is not possible, patients talk.",
        "part-context": "walking is NOT possible",
        "part-outcome": "Patients talk",
        "part-mechanism": "  ",
    }
    html = bench.code(HALF, **fields)
    made = CMOC.objects.get(number=10)
    assert (made.title, made.statement, made.status) == (*list(fields.values())[:2], "candidate")
    assert made.context_links.get().context == context
    assert [(link.outcome.label, link.wording) for link in made.outcome_links.all()] == [
        ("Patients talk", "patients talk")
    ]
    assert made.mechanism_links.count() == 0
    assert foot_of(html) == "Made of LW02: 10 Something for the hands, supports"
    assert "Something for the hands" in html.split('id="open-cmoc"')[1]
    html = bench.undo()
    assert f'<li id="cmoc-{made.pk}" data-gone></li>' in html
    assert (CMOC.objects.count(), Context.objects.count(), Quote.objects.count()) == (2, 1, 0)
    bench.redo()
    again = CMOC.objects.get(number=10)
    assert (again.pk, again.statement, codings()) == (made.pk, fields["statement"], [(10, "q01", HALF, "supports")])
    assert again.context_links.get().context == context


@pytest.mark.parametrize("query", ["", "?start=5", "?start=9&end=5", "?start=1&end=99999"])
def test_a_draft_needs_a_passage(bench, query):
    assert bench.get(bench.address(f"new/{query}")).status_code == 404


def test_memos_are_written_on_a_passage_a_cmoc_or_the_transcript(bench):
    place = {"start": TEXT.index(HALF), "end": TEXT.index(HALF) + len(HALF)}
    html = bench.post(bench.address("memo/"), about="passage", text="Why half?", **place)
    assert foot_of(html) == "Wrote a memo on LW02"
    assert "no CMOC</b>" in html
    html = bench.post(bench.address("memo/"), about="cmoc", text="Whose trust?", choice=bench.eight.pk, open="8")
    assert foot_of(html) == "Wrote a memo on 8 Walked in by the GP"
    assert "Whose trust?" in html
    bench.post(bench.address("memo/"), about="source", text="A tired talk.")
    assert [(memo.about, memo.text, memo.signed_by) for memo in Memo.objects.order_by("pk")] == [
        ("quote", "Why half?", "ada"),
        ("cmoc", "Whose trust?", "ada"),
        ("source", "A tired talk.", "ada"),
    ]
    assert refusal_of(bench.post(bench.address("memo/"), 409, about="source", text=" \n")) == "Write the memo first."
    for _ in range(3):
        bench.undo()
    assert (Memo.objects.count(), Quote.objects.count()) == (0, 0)


# What becomes of a quote


def test_a_quote_gets_another_role_goes_to_another_cmoc_and_is_taken_away(bench):
    bench.code(choice=bench.eight.pk)
    evidence = Evidence.objects.get()
    page = bench.get(bench.address("quotes/q01/")).content.decode()
    assert "Walked in by the GP" in page
    assert ": supports</h2>" in page
    html = bench.post(bench.address("role/"), role="counters", **bench.of(evidence))
    assert foot_of(html) == "Changed what it does: LW02 05:02, on 8 Walked in by the GP, speaks against"
    html = bench.post(bench.address("move/"), choice=bench.nine.pk, **bench.of(evidence))
    assert foot_of(html) == "Moved LW02 05:02 to 9 Walk before talk, speaks against"
    assert codings() == [(9, "q01", WALKS, "counters")]
    assert [event.kind for event in LineageEvent.objects.all()] == ["move"]
    html = bench.post(bench.address("uncode/"), **bench.of(evidence))
    assert foot_of(html) == "Un-coded LW02 05:02 from 9 Walk before talk"
    assert (codings(), Quote.objects.count()) == ([], 1)  # a decision names it
    assert "no CMOC</b>" in html
    states = []
    for _ in range(4):
        bench.undo()
        states.append(codings())
    assert states == [
        [(9, "q01", WALKS, "counters")],
        [(8, "q01", WALKS, "counters")],
        [(8, "q01", WALKS, "supports")],
        [],
    ]
    for _ in range(4):
        bench.redo()
    assert (codings(), Quote.objects.count()) == ([], 1)
    for _ in range(4):
        bench.undo()
    assert (codings(), Quote.objects.count(), refusal_of(bench.undo(409))) == ([], 1, "There is nothing to undo.")
    assert [event.kind for event in LineageEvent.objects.order_by("number")] == ["move"] + ["reverse"] * 3


def test_a_quote_that_something_else_holds_stays_when_it_is_uncoded(bench):
    bench.code(choice=bench.eight.pk, memo="Why")
    bench.post(bench.address("uncode/"), **bench.of(Evidence.objects.get()))
    assert (codings(), Quote.objects.count()) == ([], 1)
    assert "It bears on no CMOC yet." in bench.get(bench.address("quotes/q01/")).content.decode()


def test_a_quote_begins_and_ends_elsewhere(bench):
    bench.code(HALF, choice=bench.eight.pk)
    words = "get a text message. Half of them never come."
    place = {"start": TEXT.index(words), "end": TEXT.index(words) + len(words)}
    html = bench.post(bench.address("adjust/"), quote="q01", **place)
    assert (codings(), foot_of(html)) == ([(8, "q01", words, "supports")], "Adjusted LW02")
    bench.undo()
    assert codings() == [(8, "q01", HALF, "supports")]
    apart = {"start": TEXT.index(WALKS), "end": TEXT.index(WALKS) + len(WALKS)}
    assert "has no word in common" in bench.post(bench.address("adjust/"), 409, quote="q01", **apart)
    assert "That quote is not there any more" in bench.post(bench.address("adjust/"), 409, quote="q77", **apart)


def test_a_quote_over_two_turns_has_its_voices_again_after_it_was_undone(bench):
    other = ParticipantFactory(study=bench.study, pseudonym="INT")
    SpeakerFactory(source=bench.source, label="INT", kind="participant", participant=other)
    words = TEXT[TEXT.index("they sit") : TEXT.index("others?") + 7]
    html = bench.code(words, choice=bench.eight.pk)
    assert re.findall(r'id="turn-(\d+)"', html) == ["1", "2"]
    assert set(Quote.objects.get().also_by.all()) == {bench.person, other}
    bench.undo()
    bench.redo()
    assert set(Quote.objects.get().also_by.all()) == {bench.person, other}


def test_a_quote_that_nothing_holds_goes_with_its_last_coding(bench):
    bench.code(choice=bench.eight.pk)
    bench.code(choice=bench.nine.pk)
    for left in (1, 0):
        bench.post(bench.address("uncode/"), **bench.of(Evidence.objects.first()))
        assert (Evidence.objects.count(), Quote.objects.count()) == (left, left)
    bench.undo()
    bench.undo()
    assert (Evidence.objects.count(), Quote.objects.count()) == (2, 1)


def test_what_is_gone_before_it_is_held_is_told(bench):
    bench.code(choice=bench.eight.pk)
    evidence = Evidence.objects.select_related("cmoc", "quote").get()
    Evidence.objects.all().delete()
    with pytest.raises(ValidationError, match="That coding is not there any more: somebody else has taken it away"):
        uncode(evidence=evidence, reason="Gone")
    act = BenchAct.objects.get()
    assert str(act) == f"Coded {act.pk}"
    BenchAct.objects.update(undone=True)
    with pytest.raises(ValidationError, match="That was done already"):
        undo_at_bench(act=act, by=bench.user)
    assert begin_theory(study=bench.study, reason="Twice") == bench.theory


def test_an_act_that_the_database_ended_for_another_is_done_once_more(bench, monkeypatch):
    tries = []

    def fail_once(**given):
        tries.append(given)
        if len(tries) == 1:
            raise IntegrityError
        return code_passage(**given)

    monkeypatch.setattr("programmes.desk.bench_coding.code_passage", fail_once)
    bench.code(choice=bench.eight.pk)
    assert (len(tries), len(codings())) == (2, 1)


def test_rows_that_nobody_kept_a_history_of_are_not_undone_over(bench):
    bench.code(choice=bench.eight.pk)
    Evidence.objects.bulk_create([Evidence(cmoc=bench.nine, quote=Quote.objects.get(key="q01"), role="refines")])
    assert refusal_of(bench.undo(409)) == "Not undone: somebody added something, which rests on it."


@pytest.mark.parametrize("act", ["role/", "move/", "uncode/"])
def test_what_a_colleague_changed_or_took_away_is_named(bench, act):
    bench.code(choice=bench.eight.pk)
    evidence = Evidence.objects.get()
    old = bench.of(evidence)
    fields = {"role": "refines", "choice": bench.nine.pk}
    evidence.role = "illustrates"
    evidence.save()
    if act != "move/":
        html = bench.post(bench.address(act), 409, **old, **fields)
        assert refusal_of(html).startswith("what the quote does was changed by somebody else since you read it")
    evidence.delete()
    html = bench.post(bench.address(act), 409, **old, **fields)
    assert refusal_of(html) == "That coding is not there any more: somebody has taken it away."


def test_a_role_that_is_there_already_and_a_retired_cmoc_are_refused(bench):
    bench.code(choice=bench.eight.pk)
    evidence = Evidence.objects.get()
    assert refusal_of(bench.post(bench.address("role/"), 409, role="supports", **bench.of(evidence))) == (
        "It supports it already."
    )
    CMOC.objects.update(status="retired")
    assert refusal_of(bench.post(bench.address("role/"), 409, role="refines", **bench.of(evidence))) == (
        "CMOC 8 is retired already."
    )


# What a configuration says


def words_of(bench, number=8):
    return f"/desk/studies/links/theories/refined/cmocs/{number}/words/"


def parts_of(bench, number=8):
    return f"/desk/studies/links/theories/refined/cmocs/{number}/parts/"


def test_statement_and_title_are_written_in_place(bench):
    html = bench.post(words_of(bench), statement="When a GP walks.\r\nThey sit.", version=1, open="8")
    bench.eight.refresh_from_db()
    assert bench.eight.statement == "When a GP walks.\nThey sit."
    assert foot_of(html) == "Reworded 8 Walked in by the GP"
    bench.post(words_of(bench), title="Walked in", version=2)
    bench.eight.refresh_from_db()
    assert bench.eight.title == "Walked in"
    assert refusal_of(bench.post(words_of(bench), 409, title="Walked in", version=3)) == "It says that already."
    bench.undo()
    bench.undo()
    bench.eight.refresh_from_db()
    assert (bench.eight.title, bench.eight.statement) == ("Walked in by the GP", "")
    assert CMOC.history.filter(id=bench.eight.pk).first().history_change_reason == "Undone at the bench"
    assert bench.client.post(words_of(bench, 77), {"title": "x"}).status_code == 404


def test_a_statement_that_is_said_is_not_missing_any_more(bench):
    CMOC.objects.filter(pk=bench.eight.pk).update(statement_reporting="not-stated")
    bench.post(words_of(bench), statement="Now it is.", version=1)
    CMOC.objects.filter(pk=bench.nine.pk).update(statement_reporting="reported", statement="Said.")
    bench.post(words_of(bench, 9), statement="Said otherwise.", version=1)
    bench.post(words_of(bench, 9), statement="", version=2)
    assert list(CMOC.objects.order_by("number").values_list("statement", "statement_reporting")) == [
        ("Now it is.", ""),
        ("", ""),
    ]


def test_two_who_write_one_statement_see_both_texts(bench):
    bench.post(words_of(bench), statement="Hers.", version=1)
    html = bench.post(words_of(bench), 409, statement="Mine & more.", version=1)
    assert (
        refusal_of(html) == "CMOC 8 was changed by somebody else since you opened this page. Nothing was overwritten."
    )
    assert "Hers." in html
    assert re.search(r"<h3>(?:<bdi>)?ada, \d\d:\d\d", html)
    assert ">Mine &amp; more.</textarea>" in html
    version = re.search(r'name="version" value="(\d+)"', html)[1]
    assert version == "2"
    bench.post(words_of(bench), statement="Mine & more.", version=version)
    bench.eight.refresh_from_db()
    assert bench.eight.statement == "Mine & more."
    assert refusal_of(bench.post(words_of(bench), 409, statement="Mine & more.", version=2)) == "It says that already."
    page = bench.client.post(words_of(bench), {"statement": "Other.", "version": 1, "at": "lw02"})
    assert (page.status_code, "Keep mine" in page.content.decode()) == (409, True)


def test_parts_are_chosen_or_made_by_typing_and_taken_out(bench):
    bench.post(words_of(bench), statement="When a GP walks in, they sit down.", version=1)
    standing = ContextFactory(theory=bench.theory, label="A GP walks in", key="gp")
    assert "A GP walks in" in bench.get("/desk/studies/links/parts/?kind=context&q=walks").content.decode()
    assert bench.get("/desk/studies/links/parts/?kind=nothing").status_code == 404
    html = bench.post(parts_of(bench), kind="context", label=" a gp  walks in ", open="8")
    link = bench.eight.context_links.get()
    assert (link.context, link.wording) == (standing, "")
    bench.post(parts_of(bench), kind="outcome", label="they sit down")
    link = bench.eight.outcome_links.get()
    assert (link.outcome.label, link.wording) == ("they sit down", "they sit down")
    html = bench.post(parts_of(bench), kind="context", remove="gp")
    assert foot_of(html) == "Changed a part of 8 Walked in by the GP"
    assert (bench.eight.context_links.count(), Context.objects.count()) == (0, 1)
    bench.undo()
    assert bench.eight.context_links.get().context == standing


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"kind": "context", "label": " "}, "Give the context some words."),
        ({"kind": "colour", "label": "x"}, "Say which part it is."),
        ({"kind": "context", "remove": "x"}, "That part is not in CMOC 8 any more."),
        (
            {"kind": "actor", "label": "GPs"},
            "“GPs” is none of the people of this study. Add them to it first, or choose others.",
        ),
        ({"kind": "actor", "label": "nurses"}, "“Nurses” is in CMOC 8 already."),
    ],
)
def test_parts_that_cannot_be_are_refused(bench, fields, sentence):
    PopulationFactory(study=bench.study, label="Nurses")
    bench.post(parts_of(bench), kind="actor", label="nurses")
    assert refusal_of(bench.post(parts_of(bench), 409, **fields)) == sentence


# Reasons


def test_one_reason_does_for_a_sitting_until_others_have_read_the_cmoc(bench):
    html = bench.post("/desk/studies/links/sitting/", reason="  First coding of LW02  ")
    assert re.search("First coding of LW02.*</b>", html)
    bench.code(choice=bench.eight.pk)
    bench.post(words_of(bench), statement="When.", version=1)
    assert CMOC.history.filter(id=bench.eight.pk).first().history_change_reason == "First coding of LW02"
    ReviewFactory(cmoc=bench.eight)
    html = bench.post(words_of(bench), 422, statement="When else.", version=2)
    assert refusal_of(html) == "CMOC 8 was put to reviewers or published: say why you change it."
    assert ('name="reason"' in html, 'name="statement" value="When else."' in html) == (True, True)
    bench.post(words_of(bench), statement="When else.", version=2, reason="The reviewer asked.")
    assert CMOC.history.filter(id=bench.eight.pk).first().history_change_reason == "The reviewer asked."
    evidence = Evidence.objects.get()
    for act, fields in (("role/", {"role": "refines"}), ("uncode/", {}), ("move/", {"choice": bench.nine.pk})):
        assert "say why you change it" in bench.post(bench.address(act), 422, **bench.of(evidence), **fields)
    bench.code(HALF, choice=bench.eight.pk)  # a quote is what it is judged by, and no part of what it says
    assert "reviewed by 1" in bench.get(bench.address("?cmoc=8")).content.decode()
    html = bench.post("/desk/studies/links/sitting/", reason="")
    assert re.search("Coding lw02.*</b>", html)


@pytest.mark.parametrize("settled", ["asked", "public"])
def test_what_was_put_to_reviewers_or_published_needs_a_reason(bench, settled):
    if settled == "asked":
        CMOC.objects.update(review_asked_date="2026-01-02")
        assert "put to reviewers" in bench.get(bench.address("?cmoc=8")).content.decode()
    else:
        Theory.objects.update(visibility="public")
        bench.study.visibility = "public"
        bench.study.save()
    page = bench.client.post(words_of(bench), {"title": "New", "version": 1})
    assert (page.status_code, 'id="asked-reason"' in page.content.decode()) == (422, True)


# Undoing


def test_what_a_colleague_has_built_on_is_named_and_not_undone(bench):
    bench.code(choice=bench.eight.pk)
    quote = Quote.objects.get()
    bench.member(TeamRole.CURATOR, "bea")
    bench.code(choice=bench.nine.pk)
    bench.client.force_login(bench.user)
    sentence = refusal_of(bench.undo(409))
    assert re.fullmatch(
        r"Not undone: bea added the evidence on \d\d \w+ \d{4} at \d\d:\d\d, which rests on it\.", sentence
    )
    assert len(codings()) == 2
    quote.disclosure_note = "A name?"
    quote.save()
    assert refusal_of(bench.undo(409)).startswith("Not undone: somebody changed the quote on ")
    bench.member(TeamRole.CURATOR, "cy")
    assert refusal_of(bench.undo(409)) == "There is nothing to undo."  # one undoes what one did oneself


def test_an_act_whose_earlier_state_is_not_kept_is_not_undone(bench):
    bench.post(words_of(bench), statement="When.", version=1)
    CMOC.history.filter(id=bench.eight.pk, version=1).delete()
    assert refusal_of(bench.undo(409)) == "Not undone: the state before is not kept any more."
    CMOC.history.filter(id=bench.eight.pk).delete()
    assert refusal_of(bench.undo(409)) == "Not undone: the state before is not kept any more."
    bench.post(words_of(bench, 9), statement="When.", version=1)
    CMOC.history.filter(id=bench.nine.pk).delete()
    bench.post(words_of(bench, 9), statement="When else.", version=2)
    assert refusal_of(bench.undo(409)) == "Not undone: the state before is not kept any more."


def test_an_act_is_undone_once(bench):
    bench.code(choice=bench.eight.pk)
    act = BenchAct.objects.get()
    bench.undo(act=act.pk)
    assert refusal_of(bench.undo(409, act=act.pk)) == "There is nothing to undo."
    bench.redo(act=act.pk)
    assert refusal_of(bench.redo(409)) == "There is nothing to do again."
    bench.undo()
    bench.code(HALF, choice=bench.eight.pk)  # what was undone before is forgotten
    assert refusal_of(bench.redo(409)) == "There is nothing to do again."


def test_twenty_acts_are_kept(bench, monkeypatch):
    monkeypatch.setattr("programmes.actions.bench_acts.KEPT_ACTS", 3)
    for number in range(5):
        bench.post(words_of(bench), title=f"Title {number}", version=number + 1)
    assert BenchAct.objects.count() == 3
    for _ in range(3):
        bench.undo()
    bench.eight.refresh_from_db()
    assert (bench.eight.title, refusal_of(bench.undo(409))) == ("Title 1", "There is nothing to undo.")
    assert "2 more acts" in bench.redo()


def test_an_act_of_a_script_leads_back_without_one(bench):
    answer = bench.client.post(words_of(bench), {"title": "New", "version": 1, "open": "8"})
    assert answer.headers["Location"] == "/desk/studies/links/bench/?cmoc=8"
    answer = bench.client.post(words_of(bench), {"title": "Newer", "version": 2, "open": "8", "at": "lw02"})
    assert answer.headers["Location"] == bench.address("?cmoc=8#open-cmoc")
    TheoryFactory(study=bench.study, slug="initial")
    fields = {"title": "Newest", "version": 3, "at": "lw02", "theory": "refined", "turn": "3"}
    answer = bench.client.post(words_of(bench), fields)
    assert answer.headers["Location"] == bench.address("?theory=refined&cmoc=8&turn=3#open-cmoc")


# Finding


def test_words_are_found_in_all_transcripts(bench):
    other = "P3: I only went because he walked with me.\nI: Yes?"
    SourceFactory(study=bench.study, key="p3", title="P3", text=other, sha256=checksum(other))
    html = bench.get("/desk/studies/links/find/?q=walk", **SCRIPT).content.decode()
    assert "2 turns of 2 transcripts" in html
    assert f'href="{bench.address(f"?at={TEXT.index(WALKS)}")}"' in html or "?at=" in html
    page = bench.get("/desk/studies/links/find/?q=nowhere").content.decode()
    assert re.search("No transcript of this study has “.*nowhere.*”", page)
    assert "Type a word" in bench.get("/desk/studies/links/find/").content.decode()
    SecondCodingFactory(source=bench.source, analyst=bench.user, finished_date=None)
    html = bench.get("/desk/studies/links/find/?q=walks", **SCRIPT).content.decode()
    assert reverse("admin:programmes_source_blind", args=[bench.source.pk]) in html


def test_a_word_that_is_everywhere_is_counted_up_to_a_point(bench, monkeypatch):
    monkeypatch.setattr("programmes.desk.found_in_transcripts.MOST_COUNTED", 2)
    monkeypatch.setattr("programmes.desk.found_in_transcripts.MOST_OF_EACH", 1)
    monkeypatch.setattr("programmes.desk.transcript_search.MOST_READ", 1)
    SourceFactory(study=bench.study, key="zz", text=TEXT, sha256=checksum(TEXT))
    html = bench.get("/desk/studies/links/find/?q=they", **SCRIPT).content.decode()
    assert "1 transcript were not read" in html


def test_of_many_quotes_the_first_of_each_side_are_shown(bench, monkeypatch):
    monkeypatch.setattr("programmes.desk.bench_cmoc.MOST_QUOTES", 1)
    for number, role in enumerate(["supports", "counters", "refines", "counters"]):
        EvidenceFactory(cmoc=bench.eight, quote=QuoteFactory(study=bench.study, text=f"Words {number}."), role=role)
    html = bench.get(bench.address("?cmoc=8"), **SCRIPT).content.decode()
    assert [f"Words {number}." in html for number in range(4)] == [True, True, False, False]
    assert html.count("1 of 2; the others stand on its page.") == 2
    assert "1 supports, 1 refines" in html


def test_the_open_cmoc_comes_alone_to_a_script(bench):
    EvidenceFactory(cmoc=bench.eight, quote=QuoteFactory(study=bench.study, text="Printed words."), role="illustrates")
    html = bench.get(bench.address("?cmoc=8"), **SCRIPT).content.decode()
    assert html.startswith('<div id="changed"><section class="open" id="open-cmoc"')
    assert ("Printed words." in html, "illustrates" in html, "<html" in html) == (True, True, False)
    html = bench.get(bench.address("?cmoc=77"), **SCRIPT).content.decode()
    assert "No CMOC with the number 77 stands in this theory." in html


def test_line_of_what_is_open_is_that_of_the_list(universe):
    for cmoc in CMOC.objects.exclude(status="retired").select_related("theory__study"):
        reader = Teammate(0, cmoc.theory.study_id, TeamRole.CURATOR)
        found = open_cmoc(cmoc.theory, cmoc.number, reader, reads_transcripts=True)
        assert [found.line] == lines_of_theory(cmoc.theory, reader, {cmoc.pk})


# Narrowing the list, what is close, who else is here, what waits


def lines_in(html):
    return re.findall(r'class="line" data-number="(\d+)"', html)


def bare(answer):
    """Return a page without the marks that keep words of any script together."""
    return re.sub("</?bdi>", "", answer.content.decode())


def chips_in(html):
    found = re.findall(r'data-only="(\w*)"( aria-current="true")?>([^<]*) <span>(\d+)</span>', html)
    return {name or "all": (label, int(number), bool(current)) for name, current, label, number in found}


def test_the_list_is_narrowed_by_chips(bench):
    bench.code(role="counters", choice=bench.eight.pk)
    bench.code(HALF, choice=bench.eight.pk)
    bench.code(HALF, choice=bench.nine.pk)
    page = bare(bench.get(bench.address()))
    assert chips_in(page) == {
        "all": ("All", 2, True),
        "against": ("Against", 1, False),
        "one": ("One quote", 1, False),
    }
    narrowed = bare(bench.get(bench.address("?only=one")))
    assert (lines_in(narrowed), chips_in(narrowed)["one"]) == (["9"], ("One quote", 1, True))
    assert lines_in(bare(bench.get(bench.address("?only=against")))) == ["8"]
    assert lines_in(bare(bench.get(bench.address("?only=against&find=walk before")))) == []
    assert lines_in(bare(bench.get(bench.address("?only=nothing")))) == ["8", "9"]


def test_what_waits_for_a_review_of_ones_own_has_a_chip(bench):
    CMOC.objects.filter(pk=bench.nine.pk).update(review_asked_date="2026-05-01")
    bench.member(TeamRole.REVIEWER, "rita")
    page = bare(bench.get("/desk/studies/links/bench/?only=review"))
    assert (lines_in(page), chips_in(page)["review"]) == (["9"], ("To review", 1, True))
    bench.member(TeamRole.READER, "rob")
    assert "review" not in chips_in(bare(bench.get("/desk/studies/links/bench/")))


def test_close_cmocs_are_offered_before_another_one_is_made(bench):
    CMOC.objects.filter(pk=bench.nine.pk).update(statement="Somebody sits down beside them when she walks.")
    place = f"start={TEXT.index(WALKS)}&end={TEXT.index(WALKS) + len(WALKS)}"
    page = bare(bench.get(bench.address(f"new/?{place}")))
    near = page[page.index('id="draft-near"') :]
    assert ("Close to it" in near, "Walk before talk" in near, "Walked in by the GP" in near) == (True, True, False)
    assert f'name="choice" value="{bench.nine.pk}" formnovalidate>Code to 9 instead' in near
    bench.post(bench.address("code/"), new_title="Typed", choice=bench.nine.pk, role="refines", start=17, end=40)
    assert [(number, role) for number, _, _, role in codings()] == [(9, "refines")]
    piece = bare(bench.get(bench.address("near/?text=the+GP+walked+in")))
    assert ("Close to it" in piece, piece.count("<li>")) == (False, 0)  # one word alone
    piece = bare(bench.get(bench.address("near/?text=somebody+beside")))
    assert piece.count("<li>") == 1


def test_of_many_cmocs_rare_words_tell_which_are_close():
    lines = [TheoryLine(pk, pk, f"CMOC {pk}", f"Clinic visit {word}", "") for pk, word in enumerate("abcdefg", 1)]
    statements = {1: "kettle boiling quietly", 2: "kettle boiling"}
    assert [line.pk for line in close_lines(lines, statements, "Clinic visits: a kettle boils quietly")] == [1, 2]
    assert close_lines(lines, statements, "a clinic visit") == []
    assert [line.pk for line in close_lines(lines[:2], {}, "clinics, visits")] == [1, 2]


def test_the_foot_says_who_else_is_here(bench):
    bench.code(choice=bench.eight.pk)
    BenchAct.objects.create(user=bench.user, study=bench.study, kind="reworded", source=None)
    bench.member(TeamRole.CURATOR, "bea")
    assert '<p class="here">ada works on the theory</p>' in bare(bench.get(bench.address()))
    BenchAct.objects.filter(source=None).delete()
    assert '<p class="here">ada codes this transcript too</p>' in bare(bench.get(bench.address()))
    assert '<p class="here">ada codes LW02</p>' in bare(bench.get("/desk/studies/links/table/refined/"))
    BenchAct.objects.update(at=timezone.now() - LATELY)
    assert 'class="here"' not in bare(bench.get(bench.address()))


def test_the_tab_of_disclosure_says_how_many_quotes_wait(bench):
    tab = 'disclosure/">Disclosure'
    assert f"{tab}</a>" in bare(bench.get(bench.address()))
    QuoteFactory.create_batch(2, study=bench.study)
    QuoteFactory(visibility="private", disclosure_checked_date=None)  # of another study
    Quote.objects.update(visibility="private", disclosure_checked_date=None)
    assert f'{tab} <span class="waiting">2</span>' in bare(bench.get(bench.address()))


@pytest.mark.parametrize(
    ("statements", "said"),
    [("printed", "Statement, the authors’ words"), ("own", "Working statement, the team’s own"), ("", "Statement")],
)
def test_the_bench_says_whose_words_a_statement_is(client, statements, said):
    study = StudyFactory(slug="whose", statements=statements)
    CMOCFactory(theory__study=study, number=1)
    client.force_login(MembershipFactory(study=study, role="curator").user)
    html = client.get("/desk/studies/whose/bench/?cmoc=1").content.decode()
    assert re.findall(r'class="layer-head">(Statement[^<]*|Working statement[^<]*)<', html) == [said]
