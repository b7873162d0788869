"""Texts that know whose words they are, and the key to their marks."""

import pickle

import pytest
from django.template import Context, Template

from programmes.api.openapi import words_of_answer
from programmes.api.serializers.evidence import EvidenceSerializer, QuoteSerializer
from programmes.api.serializers.theory import CMOCSerializer
from programmes.models import CMOC, Quote, Study
from programmes.models import Context as ContextElement
from programmes.search.stems import excerpt, marked, terms_of
from programmes.words import (
    AuthorsWords,
    CuratorsWords,
    ParticipantsWords,
    Sentence,
    in_mark,
    like,
    whose_words,
    words_of,
)
from tests.factories import (
    CMOCFactory,
    EvidenceFactory,
    ParticipantFactory,
    ReadingFactory,
    SourceFactory,
    StudyFactory,
)

SAID = ParticipantsWords("I <came> back")


def test_a_text_stays_whose_it_is():
    same = (SAID, SAID[2:6], SAID[0], like(SAID, "other"), marked(SAID, terms_of("came")))
    assert [whose_words(text) for text in same] == ["participant"] * 5
    assert (SAID[2:6], whose_words(excerpt(SAID * 100, terms_of("came")))) == ("<cam", "")
    assert whose_words(excerpt(ParticipantsWords(SAID * 100), terms_of("came"))) == "participant"
    others = ("ours", like("ours", "x"), str(SAID), 3, None, marked("ours", ()))
    assert {whose_words(text) for text in others} == {""}
    assert whose_words(pickle.loads(pickle.dumps(SAID))) == "participant"  # noqa: S301  our own
    assert {SAID: 1}[str(SAID)] == 1


def test_a_sentence_marks_what_others_said():
    sentence = Sentence("Renamed from “", AuthorsWords("A & B"), "” to “", CuratorsWords(""), "” <now>")
    assert sentence == "Renamed from “A & B” to “” <now>"
    shown = 'Renamed from “<bdi data-words="authors">A &amp; B</bdi>” to “” &lt;now&gt;'
    assert sentence.__html__() == shown
    assert Template("{{ a }}").render(Context({"a": sentence})) == shown
    assert in_mark("<b>") == "<b>"


@pytest.mark.django_db
def test_texts_of_the_database_know_it():
    cmoc = CMOCFactory(statement="If so.", label="1a", title="")
    StudyFactory(analysis_steps=["First", "Second"])
    row = CMOC.objects.get(pk=cmoc.pk)
    assert [whose_words(text) for text in (row.statement, row.title, row.label)] == ["authors", "", ""]
    assert [whose_words(line) for line in Study.objects.latest("pk").analysis_steps] == ["authors", "authors"]
    assert whose_words(CMOC.objects.values_list("statement", flat=True).get(pk=cmoc.pk)) == "authors"
    assert whose_words(CMOC.history.get(id=cmoc.pk).statement) == "authors"
    assert whose_words(words_of(ContextElement, "label", "A peer")) == "curator"
    assert whose_words(words_of(CMOC, "number", "3")) == whose_words(words_of(CMOC, "", "3")) == ""


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("speaks", "source", "voice", "key"),
    [
        (True, "interview", "participant", "Participants’ words"),
        (False, "document", "document", "Words of documents"),
        (False, None, "quoted", "Words quoted"),
    ],
)
def test_key_says_whose_quotes_are(client, speaks, source, voice, key):
    evidence = EvidenceFactory(quote__participant=None, quote__consent="not-required")
    quote, study = evidence.quote, evidence.quote.study
    quote.participant = ParticipantFactory(study=study) if speaks else None
    quote.source = SourceFactory(study=study, kind=source) if source else None
    quote.consent = "published"
    quote.save()
    page = client.get(evidence.cmoc.get_absolute_url()).content.decode()
    assert (Quote.objects.get().voice, f'data-words="{voice}"' in page, f">{key}</li>" in page) == (voice, True, True)
    assert page.count('class="layer-quote"') + page.count('class="layer-document"') == 1


@pytest.mark.django_db
def test_key_stands_above_what_it_is_about(client):
    cmoc = CMOCFactory(title="", statement="", statement_reporting="none")
    assert 'class="key"' not in client.get("/glossary/").content.decode()
    bare = client.get(cmoc.get_absolute_url()).content.decode()
    ReadingFactory(cmoc=cmoc, text="In plain words.")
    read = client.get(cmoc.get_absolute_url()).content.decode()
    assert ("Hide what curators added" in bare, "Hide what curators added" in read) == (False, True)
    assert "the key to words" not in read
    template = Template("{% with_key_to_words %}<p{% whose said %}>a</p>{% endwith_key_to_words %}")
    shown = template.render(Context({"said": SAID}))
    assert shown.index('class="key"') < shown.index('<p data-words="participant">')


def test_api_says_whose_words_a_field_holds():
    quote, evidence, cmoc = (kind().fields for kind in (QuoteSerializer, EvidenceSerializer, CMOCSerializer))
    assert [words_of_answer(field) for field in (quote["text"], cmoc["statement"], evidence["note"])] == [
        ParticipantsWords,
        AuthorsWords,
        CuratorsWords,
    ]
    facts = (quote["key"], quote["url"], evidence["signed_by"], cmoc["number"])
    assert {words_of_answer(field) for field in facts} == {None}


def test_pictures_and_graphs_say_it_too(demo, client):
    def text_of(form):
        return client.get(f"/theories/thompson-2023/web.{form}").content.decode()

    nodes = client.get("/theories/thompson-2023/web.json").json()["nodes"]
    assert {(node["kind"], node["words"]) for node in nodes} == {
        ("context", "curator"),
        ("cmoc", "curator"),
        ("outcome", "curator"),
    }
    assert "// Labels are the curators’ words." in text_of("dot")
    picture = text_of("svg")
    assert ("Underlined: the curators’ words." in picture, 'data-words="curator"' in picture) == (True, True)
    CMOCFactory(theory__slug="bare", theory__title="Bare")
    assert "Underlined" not in client.get("/theories/bare/web.svg").content.decode()
