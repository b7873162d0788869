"""The memos of a study: their list, their permalinks, and what can be taken away."""

import csv
import io
import re

import docx
import pytest

from programmes.models import CMOC, Memo, Source
from programmes.vocabulary import MemoAbout
from tests.factories import (
    CMOCFactory,
    ContextFactory,
    MechanismFactory,
    MembershipFactory,
    MemoFactory,
    OutcomeFactory,
    QuoteFactory,
    ReferenceFactory,
    ServiceFactory,
    SourceFactory,
    StudyFactory,
    SubstantiveTheoryFactory,
    TheoryFactory,
    UserFactory,
)

pytestmark = pytest.mark.once  # what pages say of rows; that they work on both databases test_pages.py asks

MEMOS = "/studies/thompson-2023/memos"
WORDS = "Decided on Monday.\n\nAsked again on Friday."


def shown(client, address, status=200):
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


@pytest.fixture
def study(db):
    """A study with a memo on one record of every kind."""
    study = StudyFactory(slug="noted", title="Noted")
    theory = TheoryFactory(study=study, slug="theory", title="A theory")
    MemoFactory(study=study, key="on-study", text="About the study.")
    MemoFactory(study=study, key="on-theory", theory=theory)
    MemoFactory(study=study, key="on-cmoc", theory=theory, cmoc=CMOCFactory(theory=theory, number=4, title="Hope"))
    MemoFactory(study=study, key="on-fragment", theory=theory, cmoc=CMOCFactory(theory=theory, number=5, title=""))
    for name, factory in (("context", ContextFactory), ("mechanism", MechanismFactory), ("outcome", OutcomeFactory)):
        MemoFactory(study=study, key=f"on-{name}", theory=theory, **{name: factory(theory=theory, label=f"A {name}")})
    drawn_on = SubstantiveTheoryFactory(theory=theory, name="Social learning")
    MemoFactory(study=study, key="on-substantive", theory=theory, substantive_theory=drawn_on)
    MemoFactory(study=study, key="on-quote", quote=QuoteFactory(study=study, key="q07"))
    MemoFactory(
        study=study,
        key="on-service",
        service=ServiceFactory(study=study, number="03", service_type="Charity", location=""),
    )
    MemoFactory(study=study, key="on-reference", reference=ReferenceFactory(study=study, number=9, title="A work"))
    MemoFactory(study=study, key="on-source", source=SourceFactory(study=study, key="i1", title="Interview 1"))
    return study


ABOUT = {
    "on-cmoc": ("CMOC 4: Hope", "/theories/theory/cmocs/4/"),
    "on-fragment": ("CMOC 5", "/theories/theory/cmocs/5/"),
    "on-context": ("Context: A context", None),
    "on-mechanism": ("Mechanism: A mechanism", None),
    "on-outcome": ("Outcome: A outcome", None),
    "on-substantive": ("Substantive theory: Social learning", "/theories/theory/"),
    "on-quote": ("Quote: q07", "/studies/noted/quotes/q07/"),
    "on-service": ('Service: Charity <span class="number">03</span>', "/studies/noted/services/03/"),
    "on-reference": ("Reference: [9] A work", "/studies/noted/#reference-9"),
    "on-theory": ("Theory: A theory", "/theories/theory/"),
    "on-study": ("Study: Noted", "/studies/noted/"),
}


@pytest.mark.untraced
@pytest.mark.parametrize("key", ABOUT)
def test_memo_leads_to_its_record(study, client, key):
    name, href = ABOUT[key]
    page = shown(client, f"/studies/noted/memos/{key}/")
    assert f">{name}</a></h2>" in re.sub(r"</?bdi[^>]*>", "", page)
    href = href or Memo.objects.get(key=key).record.get_absolute_url()
    assert f'<h2><a href="{href}">' in page
    assert client.get(href.partition("#")[0]).status_code == 200


def test_memos_on_sources_are_for_the_team(study, client):
    assert client.get("/studies/noted/memos/on-source/").status_code == 404
    user = UserFactory()
    MembershipFactory(study=study, user=user, role="reviewer")
    client.force_login(user)
    page = shown(client, "/studies/noted/memos/on-source/")
    assert f"<h2>Source: {Source.objects.get().key}</h2>" in page
    assert "Interview 1" not in page  # its title, which curators alone read


@pytest.mark.untraced
@pytest.mark.parametrize("about", MemoAbout)
def test_filter_by_what_it_is_about(study, client, about):
    expected = sorted(memo.key for memo in Memo.objects.all() if memo.about == about and about != "source")
    page = shown(client, f"/studies/noted/memos/?about={about}")
    assert sorted(key for key in [*ABOUT, "on-source"] if f"/memos/{key}/" in page) == expected
    listed = client.get(f"/api/v1/memos/?study=noted&about={about}").json()["results"]
    assert sorted(row["key"] for row in listed) == expected


def test_list_of_the_demo(demo, client):
    page = shown(client, f"{MEMOS}/")
    assert "<strong>101</strong> memos found; here 1 to 50." in page
    assert page.count('<article class="curators memo') == 50
    assert "here 1 to 50" in page
    headings = re.findall(r'<h2 id="memos-\d"[^>]*>(.*?) <span', page)
    assert [re.sub("<[^>]*>", "", heading) for heading in headings] == [
        "What was decided on the theory",
        "Oddities of the source",
    ]
    numbers, last = [], page
    while following := re.search(r'href="([^"]*)" rel="next"', last):
        last = shown(client, f"{MEMOS}/{following[1]}")
        numbers.append(last.count('<article class="curators memo'))
    assert numbers == [50, 1]
    assert "Oddities of the source" in last
    found = shown(client, f"{MEMOS}/?q=Halsall&kind=theory")
    assert "<strong>1</strong> memo found." in found
    assert "with <mark>Halsall</mark>" in found
    assert "No memo fits" in shown(client, f"{MEMOS}/?kind=reflexive")


@pytest.mark.parametrize("address", ["/", ".csv", ".docx"])
def test_unknown_kind_is_refused_with_a_remedy(demo, client, address):
    assert "did you mean" in shown(client, f"{MEMOS}{address}?kind=theorie", 400)


def test_table_is_what_the_page_and_the_api_show(demo, client):
    response = client.get(f"{MEMOS}.csv?about=cmoc")
    assert response["Content-Disposition"] == 'attachment; filename="thompson-2023-memos.csv"'
    rows = list(csv.DictReader(io.StringIO(response.content.decode())))
    api = client.get("/api/v1/memos/?study=thompson-2023&about=cmoc&page_size=1000").json()["results"]
    assert len(rows) == 22
    assert {(row["key"], row["text"]) for row in rows} == {(row["key"], row["text"]) for row in api}
    assert {row["record"].partition(":")[0] for row in rows} == {f"CMOC {row['cmoc'].partition(':')[2]}" for row in api}
    assert {row["theory"] for row in rows} == {"thompson-2023"}


def test_word_document_holds_every_memo(demo, client):
    memo = Memo.objects.get(key="comparison-1")
    memo.text = f"{WORDS} \x0b \ufffe end 🙂 é"
    memo.save()
    document = docx.Document(io.BytesIO(client.get(f"{MEMOS}.docx").content))
    texts = [paragraph.text for paragraph in document.paragraphs]
    assert f"{WORDS} � � end 🙂 é" in texts
    assert {entry.text for entry in Memo.objects.filter(study=memo.study).exclude(pk=memo.pk)} <= set(texts)
    headings = [paragraph.text for paragraph in document.paragraphs if paragraph.style.name == "Heading 2"]
    assert len(headings) == len(set(headings))
    assert f"CMOC 5: {CMOC.objects.get(theory__slug='thompson-2023', number=5).title}" in headings


def test_private_memos_are_in_nobody_elses_file(demo, client):
    Memo.objects.filter(key="comparison-1").update(visibility="private")
    assert "comparison-1" not in shown(client, f"{MEMOS}.csv")
    assert client.get(f"{MEMOS}/comparison-1/").status_code == 404
    client.force_login(UserFactory(is_superuser=True, is_staff=True))
    assert "comparison-1" in shown(client, f"{MEMOS}.csv")
    assert '<span class="tag">Private</span>' in shown(client, f"{MEMOS}/comparison-1/")
