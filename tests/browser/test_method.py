"""The paper's method replayed in the browser: transcripts are coded until its CMOCs stand.

The transcripts are invented around the quotes of Thompson and colleagues 2023: all ten with twelve CMOCs in the full
size, two with four CMOCs in the small one. On the way two pairs of candidates are merged, one is split, and three
CMOCs are reviewed. Then the public pages have to tell that history.
"""

import json
import re
from dataclasses import dataclass

import pytest
from django.conf import settings
from django.contrib.auth.models import Group

from programmes.models import CMOC, Evidence, LineageEvent, Membership, Quote, Source, Study, Theory
from programmes.transcripts.passages import find_passage
from tests.factories import ParticipantFactory, StudyFactory, TheoryFactory, UserFactory

pytestmark = pytest.mark.browser

PAPER = json.loads((settings.BASE_DIR / "programmes" / "demo" / "thompson-2023.json").read_text(encoding="utf-8"))
WORDS = {quote["key"]: quote["text"] for quote in PAPER["quotes"]}
TITLES = {cmoc["number"]: cmoc["title"] for cmoc in PAPER["cmocs"]}
STATEMENTS = {cmoc["number"]: cmoc["statement"] for cmoc in PAPER["cmocs"]}
ROLES = {
    (cmoc["number"], entry["quote"]): entry["role"] for cmoc in PAPER["cmocs"] for entry in cmoc.get("evidence", ())
}
# The candidates that the quotes first suggest. Those of CMOCs 1 and 9 are merged, that of 5 and 12 is split.
CANDIDATES = {
    "Somebody to look up to": [(1, "q01")],
    "Hope is modelled": [(1, "q02")],
    TITLES[2]: [(2, "q03"), (2, "q04"), (2, "q05")],
    TITLES[3]: [(3, "q06")],
    TITLES[4]: [(4, "q07"), (4, "q08")],
    "Shared interest": [(5, "q09"), (12, "q20"), (12, "q21"), (12, "q22")],
    TITLES[6]: [(6, "q10"), (6, "q11")],
    TITLES[7]: [(7, "q12")],
    TITLES[8]: [(8, "q13")],
    "Being believed": [(9, "q14")],
    "Being understood": [(9, "q15")],
    TITLES[10]: [(10, "q16"), (10, "q17")],
    TITLES[11]: [(11, "q18"), (11, "q19")],
}


@dataclass(frozen=True)
class Part:
    """A part of the paper that is replayed: some of its CMOCs with their quotes, in this many transcripts."""

    cmocs: frozenset[int]
    transcripts: int

    @property
    def roles(self):
        return {(number, quote): role for (number, quote), role in ROLES.items() if number in self.cmocs}

    @property
    def titles(self):
        return {number: TITLES[number] for number in sorted(self.cmocs)}

    @property
    def places(self):
        """Which quotes each transcript holds, in their printed order."""
        keys, size = sorted({quote for _, quote in self.roles}), self.transcripts
        return [keys[round(len(keys) * at / size) : round(len(keys) * (at + 1) / size)] for at in range(size)]


WHOLE = Part(frozenset(TITLES), 10)
SMALL = Part(frozenset({1, 5, 9, 12}), 2)


def transcript(number, quotes):
    """Return an invented interview in which these words are said among others."""
    lines = [f"Interviewer: Thank you for coming, this is talk {number}.", "P: You are welcome 🙂."]
    for quote in quotes:
        lines += [f"Interviewer: And what of the part with number {quote}?", f"P: Well. {WORDS[quote]} So it goes."]
    return "\r\n".join([*lines, "Interviewer: Thank you."])


@pytest.fixture
def study(transactional_db):
    study = StudyFactory(slug="replay", title="The method replayed", visibility="private")
    TheoryFactory(study=study, slug="replay", title="Peer support", visibility="private")
    for number in range(WHOLE.transcripts):
        ParticipantFactory(study=study, pseudonym=f"p{number:02}")
    return study


def member(study, name, role):
    user = UserFactory(username=name, first_name=name.capitalize(), is_staff=True)
    user.groups.add(Group.objects.get(name=role.capitalize()))
    Membership.objects.create(study=study, user=user, role=role)
    return user


class Curator:
    """Somebody who works in the admin without JavaScript, with the keyboard's speed."""

    def __init__(self, page):
        self.page = page

    def done(self, button):
        self.page.click(button)
        self.page.wait_for_selector(".messagelist .success")

    def upload(self, study, number, text):
        page = self.page
        page.goto(
            f"/admin/programmes/source/add/?study={study.pk}&kind=interview&collected_date=2022-05-{number + 1:02}"
        )
        page.fill("#id_key", f"interview-{number:02}")
        page.fill("#id_title", f"Interview {number}")
        file = {"name": f"talk{number}.txt", "mimeType": "text/plain", "buffer": text.encode("utf-16")}
        page.set_input_files("#id_file", files=[file])
        self.done("input[name=_save]")

    def code(self, source, passage, role, *, numbers="", title=""):
        page = self.page
        page.goto(f"/admin/programmes/source/{source.pk}/code/")
        page.fill("#id_passage", passage)
        page.select_option("#id_role", role)
        page.fill("#id_numbers", numbers)
        page.fill("#id_new_title", title)
        page.fill("#id_memo", f"Speaks to {title or numbers}.")
        self.done("text=Code this passage")

    def merge(self, cmocs, title, statement, reason):
        page = self.page
        page.goto("/admin/programmes/cmoc/")
        for cmoc in cmocs:
            page.check(f"input[name=_selected_action][value='{cmoc.pk}']")
        page.select_option("select[name=action]", "merge_chosen")
        page.click("button[name=index]")
        page.fill("#id_title-1", title)
        page.fill("#id_statement-1", statement)
        page.fill("#id_reason", reason)
        page.click("input[name=preview]")
        page.wait_for_selector("text=The web before and after")
        page.click("input[type=submit][value^=Merge]")
        page.wait_for_url("**/lineage/#decision-*")

    def split(self, cmoc, parts, reason):
        page = self.page
        page.goto(f"/admin/programmes/cmoc/{cmoc.pk}/split/")
        for number, (title, statement, quotes) in enumerate(parts, 1):
            page.fill(f"#id_title-{number}", title)
            page.fill(f"#id_statement-{number}", statement)
            for quote, role in quotes:
                row = page.locator(".dealt li", has_text=f"{quote}, ")
                row.locator("select").nth(number - 1).select_option(role)
        page.fill("#id_reason", reason)
        page.click("input[type=submit][value^=Split]")
        page.wait_for_url("**/lineage/#decision-*")

    def state(self, cmoc, statement):
        """Write down what a CMOC claims."""
        page = self.page
        page.goto(f"/admin/programmes/cmoc/{cmoc.pk}/change/")
        page.fill("#id_statement", statement)
        page.select_option("#id_statement_reporting", "reported")
        page.fill("#id_change_reason", "Worded after the last interview")
        self.done("input[name=_save]")

    def ask(self, cmoc):
        self.page.goto(f"/admin/programmes/cmoc/{cmoc.pk}/review/")
        self.done("text=Put it to reviewers")

    def review(self, cmoc, verdict, comment=""):
        self.page.goto(f"/admin/programmes/cmoc/{cmoc.pk}/review/")
        self.page.check(f"input[name=verdict][value={verdict}]")
        self.page.fill("#id_comment", comment)
        self.done("text=Record my verdict")


def standing(title):
    return CMOC.objects.select_related("theory__study").get(title=title)


@pytest.mark.parametrize(
    "part",
    [pytest.param(SMALL, id="small", marks=pytest.mark.once), pytest.param(WHOLE, id="whole", marks=pytest.mark.soak)],
)
def test_the_method_of_the_paper(study, open_context, sign_in, part):
    def signed_in(name, role):
        context = open_context(javascript=False)
        sign_in(context, member(study, name, role))  # which signs out whoever was signed in before
        return Curator(context.new_page())

    ada = signed_in("ada", "curator")
    code_all(ada, study, part)
    decide(ada, part)
    for number in (1, 5, 9):
        ada.ask(standing(TITLES[number]))
    judge(signed_in("ben", "reviewer"))
    publish()
    reader = open_context().new_page()
    assert_theory_is_the_papers(reader, part)
    assert_history_is_told(reader)


def code_all(ada, study, part):
    """Upload the transcripts, and code each quote to the candidate that it suggests."""
    quotes_of = part.places
    for number, quotes in enumerate(quotes_of):
        ada.upload(study, number, transcript(number, quotes))
    titles = {quote: title for title, entries in CANDIDATES.items() for _, quote in entries}
    targets = {quote: target for entries in CANDIDATES.values() for target, quote in entries}
    for number, quotes in enumerate(quotes_of):
        source = Source.objects.get(key=f"interview-{number:02}")
        assert source.text == transcript(number, quotes).replace("\r\n", "\n")
        for quote in quotes:
            title, role = titles[quote], ROLES[targets[quote], quote]
            known = CMOC.objects.filter(title=title).first()
            if known:
                ada.code(source, WORDS[quote], role, numbers=str(known.number))
            else:
                ada.code(source, WORDS[quote], role, title=title)


def decide(ada, part):
    """Merge and split candidates until the paper's CMOCs stand, and word them."""
    said = {WORDS[quote] for _, quote in part.roles}
    keys = {words: Quote.objects.get(text=words).key for words in said}  # byte for byte the paper's
    assert len(keys) == Quote.objects.count()
    ada.merge(
        [standing("Somebody to look up to"), standing("Hope is modelled")], TITLES[1], STATEMENTS[1], "One mechanism."
    )
    ada.merge(
        [standing("Being believed"), standing("Being understood")], TITLES[9], STATEMENTS[9], "Nobody told them apart."
    )
    shared = [(target, (keys[WORDS[quote]], ROLES[target, quote])) for target, quote in CANDIDATES["Shared interest"]]
    parts = [(TITLES[to], STATEMENTS[to], [quote for target, quote in shared if target == to]) for to in (5, 12)]
    ada.split(standing("Shared interest"), parts, "Two outcomes: trust in services, and the community.")
    for number in sorted(part.cmocs - {1, 5, 9, 12}):
        ada.state(standing(TITLES[number]), STATEMENTS[number])


def judge(ben):
    """Agree with one CMOC, agree with changes with one, and disagree with one."""
    ben.review(standing(TITLES[1]), "agree")
    ben.review(standing(TITLES[5]), "disagree", "Trust is an outcome, not a mechanism.")
    ben.review(standing(TITLES[9]), "agree-with-changes", "Say who validates.")


def publish():
    Study.objects.update(visibility="public")
    Theory.objects.update(visibility="public")
    Quote.objects.update(
        visibility="public", consent="published", disclosure_checked_by="Ada", disclosure_checked_date="2026-01-02"
    )


def assert_theory_is_the_papers(reader, part):
    """Assert that page and database hold the paper's CMOCs with its quotes, letter for letter."""
    reader.goto("/theories/replay/?view=table")
    numbers = {int(number) for number in re.findall(r"/cmocs/(\d+)/", reader.locator("#table ~ .scroll").inner_html())}
    stand = {cmoc.number: cmoc for cmoc in CMOC.objects.exclude(status="retired")}
    assert numbers == set(stand)
    assert sorted((cmoc.title, cmoc.statement) for cmoc in stand.values()) == sorted(
        (title, STATEMENTS[number]) for number, title in part.titles.items()
    )
    found = {
        (entry.cmoc.title, entry.quote.text, entry.role)
        for entry in Evidence.objects.filter(cmoc__in=stand.values()).select_related("cmoc", "quote")
    }
    assert found == {(TITLES[number], WORDS[quote], role) for (number, quote), role in part.roles.items()}
    for quote in Quote.objects.select_related("source"):
        assert find_passage(quote.source.text, quote.text) == (quote.start, quote.end)


def assert_history_is_told(reader):
    """Assert that the public pages tell how the CMOCs came to be, and what the reviewer said."""
    reader.goto("/theories/replay/lineage/")
    told = reader.locator("main").inner_text()
    assert [str(event) for event in LineageEvent.objects.order_by("number")] == ["Merge 1", "Merge 2", "Split 3"]
    for sentence in (
        "One mechanism.",
        "Nobody told them apart.",
        "Two outcomes: trust in services, and the community.",
    ):
        assert sentence in told
    reader.goto(standing(TITLES[5]).get_absolute_url())
    page = reader.locator("main").inner_text()
    assert "What reviewers say Disputed" in " ".join(page.split())
    assert "Disagrees: Trust is an outcome, not a mechanism." in page
    assert f"was split into {standing(TITLES[5])} and {standing(TITLES[12])}." in page
    assert WORDS["q09"] in page
    reader.goto(standing("Being believed").get_absolute_url())
    assert f"It lives on in {standing(TITLES[9])}: {TITLES[9]}." in reader.locator(".notice").inner_text()
    reader.goto(standing(TITLES[1]).get_absolute_url())
    assert "Agreed and published." in reader.locator("main").inner_text()
