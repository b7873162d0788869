"""The index of words: what counts as the same word, what is found, and that it follows every change."""

import pytest
from django.db import connection
from django.utils.html import strip_tags
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from programmes.checks import remove_before_migrate
from programmes.models import Context, Quote, Service
from programmes.search.find import search
from programmes.search.index import indexed_tables, install_index, searched_models, tsquery_phrase
from programmes.search.stems import terms_of
from tests.factories import (
    CMOCContextFactory,
    CMOCFactory,
    EvidenceFactory,
    QuoteFactory,
    ServiceFactory,
    TheoryFactory,
    UserFactory,
)


def answer(question):
    results = search(question, UserFactory())
    kinds = {kind.name: [hit.href for hit in kind.hits] for kind in results.kinds}
    return {"kinds": kinds, "meant": results.meant}


def found(question):
    return {kind.name: kind.found for kind in search(question, UserFactory()).kinds}


@pytest.mark.untraced
@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("Vertrauen wächst 漢字", "wächst"),
        ("Vertrauen wächst 漢字", "WACHST"),
        ("Vertrauen wächst 漢字", "漢字"),
        ("cafe\u0301 society", "café"),
        ("a café", "cafe\u0301"),
        ("ΨΥΧΗ and soma", "ψυχη"),
        ("possibly", "possible"),
        ("assemblies", "assembly"),
        ("psychologies", "psychology"),
        ("It's a 3rd-party", "3rd"),
        ("under_score", "score"),
        ("e-mail: a.b@example.org", "example"),
        ("as is", "is"),
    ],
)
def test_letters_of_other_alphabets_and_odd_words(db, text, question):
    CMOCFactory(theory=TheoryFactory(), statement=text)
    assert found(question) == {"CMOCs": 1}
    assert "<mark>" in search(question, UserFactory()).kinds[0].hits[0].excerpt


@pytest.mark.untraced
@pytest.mark.parametrize(("text", "question"), [("is", "i"), ("an art", "article"), ("as", "s")])
def test_words_that_are_not_the_same(db, text, question):
    CMOCFactory(theory=TheoryFactory(), statement=text)
    assert found(question) == {}


def test_page_escapes_the_question_and_the_texts(db, client):
    QuoteFactory(study=TheoryFactory().study, text='<script>alert("zqrun")</script>')
    page = client.get("/search/", {"q": '<script>alert("zqrun")'}).content.decode()
    assert "<script>alert" not in page
    assert "&lt;<mark>script</mark>&gt;<mark>alert</mark>(&quot;<mark>zqrun</mark>&quot;)&lt;/script&gt;" not in page
    assert "&lt;script&gt;alert(&quot;<mark>zqrun</mark>&quot;)" in client.get("/search/?q=zqrun").content.decode()


def test_many_hits_are_counted_and_the_best_are_shown(db, client):
    study = TheoryFactory().study
    for number in range(25):
        QuoteFactory(study=study, text="zqmany " * (2 if number == 24 else 1))
    (kind,) = search("zqmany", UserFactory()).kinds
    assert (kind.name, len(kind.hits), kind.found, kind.more) == ("Quotes", 20, 25, 5)
    assert kind.hits[0].href == Quote.objects.latest("pk").get_absolute_url()
    assert "?q=zqmany&amp;kind=Quotes" in client.get("/search/?q=zqmany").content.decode()
    assert client.get("/search/?q=zqmany&kind=Quotes").content.decode().count("<mark>zqmany</mark>") == 26
    assert client.get("/search/?q=zqmany&kind=nothing")["Location"] == "/search/?q=zqmany"


def test_very_many_hits_are_not_counted_to_the_end(db, monkeypatch, client):
    monkeypatch.setattr("programmes.search.find.MOST_RANKED", 2)
    study = TheoryFactory().study
    for _ in range(2):
        QuoteFactory(study=study, text="zqmany")
    (kind,) = search("zqmany", UserFactory()).kinds
    assert (len(kind.hits), kind.found, kind.too_many) == (2, 2, False)
    QuoteFactory(study=study, text="zqmany")
    (kind,) = search("zqmany", UserFactory()).kinds
    assert (len(kind.hits), kind.found, kind.too_many) == (2, 2, True)
    assert "Quotes (more than 2)" in client.get("/search/?q=zqmany").content.decode()


def test_element_is_found_once_by_its_label_or_its_wording(db):
    link = CMOCContextFactory(wording="zqword")
    Context.objects.update(label="zqword")
    assert found("zqword") == {"Contexts": 1}
    Context.objects.update(label="another")
    assert found("zqword") == {"Contexts": 1}
    assert search("zqword", UserFactory()).kinds[0].hits[0].href == link.context.get_absolute_url()


def test_what_is_not_yours_is_neither_found_nor_suggested(db):
    ServiceFactory(study=TheoryFactory(study__visibility="private").study, location="zqsecret")
    assert answer("zqsecret") == {"kinds": {}, "meant": ""}
    assert answer("zqsecreti") == {"kinds": {}, "meant": ""}
    ServiceFactory(study=TheoryFactory().study, location="zqsecret")
    assert search("zqsecreti", UserFactory()).meant == "zqsecret"


@pytest.mark.untraced
@pytest.mark.parametrize("change", ["save", "update", "bulk", "delete"])
def test_index_follows_every_kind_of_change(db, change):
    service = ServiceFactory(study=TheoryFactory().study, location="zqbefore")
    assert found("zqbefore") == {"Services": 1}
    if change == "save":
        service.location = "zqafter"
        service.save()
    elif change == "update":
        Service.objects.update(location="zqafter")
    elif change == "bulk":
        service.location = "zqafter"
        Service.objects.bulk_update([service], ["location"])
    else:
        Service.objects.all().delete()
    assert found("zqbefore") == {}
    assert found("zqafter") == ({} if change == "delete" else {"Services": 1})


def test_index_is_made_anew_after_migrations_only(transactional_db):
    service = ServiceFactory(study=TheoryFactory().study, location="zqhere")
    tables = {model._meta.db_table for model in searched_models()}
    assert indexed_tables() == tables
    remove_before_migrate("default", plan=[])
    assert indexed_tables() == tables
    remove_before_migrate("default", plan=["a migration"])
    assert indexed_tables() == set()
    install_index()
    assert indexed_tables() == tables
    install_index()
    assert found("zqhere") == {"Services": 1}
    service.delete()
    assert found("zqhere") == {}


def test_synonyms_count_in_the_programme_of_their_curators_alone(db):
    ours, theirs = TheoryFactory(), TheoryFactory()
    for theory in (ours, theirs):
        CMOCFactory(theory=theory, statement="Teenagers zqtrust them.")
    ours.study.programme.synonyms = ["young people, teenagers", "zqfaith, zqtrust"]
    ours.study.programme.save()
    assert answer("young people zqfaith")["kinds"] == {"CMOCs": [ours.cmocs.get().get_absolute_url()]}
    assert answer("zqfaith")["kinds"] == {"CMOCs": [ours.cmocs.get().get_absolute_url()]}
    assert len(answer("zqtrust")["kinds"]["CMOCs"]) == 2
    theirs.study.programme.synonyms = ["adolescents, teenagers", "zqfaith, zqtrust,"]
    theirs.study.programme.save()
    assert len(answer("zqfaith")["kinds"]["CMOCs"]) == 2
    assert answer("young people zqfaith")["kinds"] == {"CMOCs": [ours.cmocs.get().get_absolute_url()]}
    ours.study.visibility = "private"
    ours.study.save()
    assert answer("young people")["kinds"] == {}


def test_records_with_most_of_the_words_come_first_where_none_has_all(db):
    theory = TheoryFactory()
    for number, text in enumerate(("zqone", "zqone zqtwo", "zqthree"), 1):
        CMOCFactory(theory=theory, number=number, statement=text, title="")
    found = search("what of zqone zqtwo zqthree zqother", UserFactory())
    assert (found.some, found.without) == (("zqone", "zqtwo", "zqthree"), ("zqother",))
    assert [strip_tags(hit.title) for hit in found.kinds[0].hits] == [
        "zqone zqtwo CMOC 2",
        "zqone CMOC 1",
        "zqthree CMOC 3",
    ]
    assert search("zqone zqother", UserFactory()).without == ("zqother",)
    assert search("zqother zqanother", UserFactory()).kinds == []
    assert search("zqone", UserFactory(), "Quotes").kinds == []
    mended = search("zqonex zqthre", UserFactory())
    assert (mended.meant, mended.some) == ("zqone zqthree", ("zqone", "zqthree"))


@pytest.mark.postgresql
@given(word=st.text(min_size=1, max_size=12))
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # it only asks the database
def test_terms_are_made_like_the_texts(db, word):
    for term in terms_of(word):
        with connection.cursor() as cursor:
            asked = tsquery_phrase(term.words, "")
            cursor.execute(
                "SELECT to_tsquery('realist', %s) = phraseto_tsquery('realist', realist_words(%s))", [asked, str(term)]
            )
            assert cursor.fetchone() == (True,), word


@pytest.mark.untraced
def test_very_long_text_is_kept_whole(db):
    text = " ".join(f"word{number}" for number in range(30_000))
    QuoteFactory(study=TheoryFactory().study, text=text)
    assert Quote.objects.get().text == text
    assert found("word7") == {"Quotes": 1}


def test_filters_use_the_index(db, client):
    EvidenceFactory(note="zqnote", quote__text="zqquote", quote__label_as_printed="[zqlabel]", quote__key="zqkey")
    assert (found("zqlabel"), found("zqkey")) == ({"Quotes": 1}, {"Quotes": 1})
    for resource, word, number in (
        ("quotes", "zqquote", 1),
        ("evidence", "zqquote+zqnote", 1),
        ("cmocs", "zqquote", 1),
        ("cmocs", "zqnote", 0),
        ("quotes", "zqlabel", 0),
        ("quotes", "zqkey", 0),
        ("evidence", "!!", 0),
        ("cmocs", "!!", 0),
        ("contexts", "!!", 0),
    ):
        rows = client.get(f"/api/v1/{resource}/?q={word}").json()["results"]
        assert len(rows) == number, (resource, word)
