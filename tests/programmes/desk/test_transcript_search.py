"""Members of a study look for words in its transcripts, and nobody else does."""

import re

import pytest
from django.contrib.auth.models import Group, Permission

from programmes.desk import transcript_search
from programmes.models import Membership, Source
from programmes.transcripts.read import checksum
from tests.factories import SecondCodingFactory, SourceFactory, SpeakerFactory, StudyFactory, UserFactory
from tests.queries import asks

SEARCH = "/admin/programmes/source/search/"
TALK = "I: How was it?\nP1: We WAITED in the café.\nAnd then?\nP2: Nobody <came>."


@pytest.fixture
def study(db):
    return StudyFactory(visibility="public", title="Waiting")


@pytest.fixture
def curator(client, study):
    return sign_in(client, study)


def sign_in(client, study, role="curator"):
    user = UserFactory(is_staff=True)
    user.groups.add(Group.objects.get(name="Curator"))
    Membership.objects.create(study=study, user=user, role=role)
    client.force_login(user)
    client.user = user
    return client


def held(study, key, text=TALK, **data):
    return SourceFactory(study=study, key=key, title=f"Talk {key}", text=text, sha256=checksum(text), **data)


def words(response):
    content = response.content.decode().split('<div role="status">')[-1]
    return " ".join(re.sub(r"<[^>]+>", " ", content.split("</main>")[0]).split())


def answer(response):
    """Return each transcript with its places as (speaker, place, words), and how many more it has."""
    return [
        (
            each.source.key,
            [(passage.speaker, passage.place, str(passage.words)) for passage in each.passages],
            each.more,
        )
        for each in response.context["results"].transcripts
    ]


def test_words_are_found_by_source_with_speaker_place_and_line(curator, study):
    first = held(study, "a")
    second = held(study, "b", "Cafe: none.\nAnn: I wait\nhere.", turns=["17 29 0:00:17 2 Ann"])
    SourceFactory(study=study, key="c")  # its text is not held here
    page = curator.get(SEARCH, {"q": "waiting"})
    assert answer(page) == [
        ("a", [("P1", "line 2", "We <mark>WAITED</mark> in the café.\nAnd then?")], 0),
        ("b", [("Ann", "line 2, at 0:00:17, page 2", "I <mark>wait</mark>\nhere.")], 0),
    ]
    assert words(page) == (
        "Said in 2 places of 2 transcripts, of 2 that were read. "
        "Talk a 1 place · Waiting P1 , line 2 We WAITED in the café. And then? "
        "Talk b 1 place · Waiting Ann , line 2, at 0:00:17, page 2 I wait here."
    )
    for source in (first, second):
        assert f'href="/admin/programmes/source/{source.pk}/code/#line-2"' in page.content.decode()
    both = curator.get(SEARCH, {"q": 'CAFE "we waited"'})
    assert answer(both) == [("a", [("P1", "line 2", "<mark>We WAITED</mark> in the <mark>café</mark>.\nAnd then?")], 0)]
    assert answer(curator.get(SEARCH, {"q": "came"})) == [
        ("a", [("P2", "line 4", "Nobody &lt;<mark>came</mark>&gt;.")], 0)
    ]


def test_labels_that_are_no_speakers_are_words(curator, study):
    source = held(study, "a", "P1: It was this.\nThing: cold.\nP1: Yes.\nThing: warm.")
    assert answer(curator.get(SEARCH, {"q": "thing"})) == []
    SpeakerFactory(source=source, label="Thing", kind="nobody")
    assert [entry[1] for entry in answer(curator.get(SEARCH, {"q": "thing cold"}))] == [
        [("P1", "line 2", "It was this.\n<mark>Thing</mark>: <mark>cold</mark>.")]
    ]


def test_form_is_empty_until_words_are_given(curator, study):
    held(study, "a")
    page = curator.get(SEARCH)
    assert (page.status_code, answer(page), page.context["results"].read) == (200, [], 0)
    assert 'role="status"' not in page.content.decode()
    assert "transcripts that were read" not in words(curator.get(SEARCH, {"q": "…"}))
    assert words(curator.get(SEARCH, {"q": "nowhere"})) == (
        "Nobody says this within one turn, in the 1 transcript that was read. "
        "Try fewer words, or without quotation marks."
    )
    assert words(curator.get(SEARCH, {"q": "x", "source": "9" * 30, "after": "7"})) == (
        "The first 1 transcript was read before this page. No transcript is left."
    )
    Source.objects.all().delete()
    assert words(curator.get(SEARCH, {"q": "x"})) == "There is no transcript here in which words could be found."


def test_only_transcripts_that_the_person_curates_are_searched(client, study):
    own = held(study, "a")
    other = held(StudyFactory(visibility="public", title="Other"), "b")
    curator = sign_in(client, study)
    assert [key for key, *_ in answer(curator.get(SEARCH, {"q": "waited"}))] == ["a"]
    assert [key for key, *_ in answer(curator.get(SEARCH, {"q": "waited", "source": other.pk}))] == ["a"]
    refused = curator.get(SEARCH, {"q": "waited", "study": other.study_id})
    assert (answer(refused), refused.context["results"].read) == ([], 0)
    assert "Nothing was searched. Correct what is marked below." in refused.content.decode()
    assert "Select a valid choice" in refused.content.decode()
    assert answer(curator.get(SEARCH, {"q": "waited", "study": own.study_id}))
    Membership.objects.create(study=other.study, user=curator.user, role="lead")
    found = curator.get(SEARCH, {"q": "waited"})
    assert [key for key, *_ in answer(found)] == ["b", "a"]
    assert "Talk b 1 place · Other" in words(found)
    for role in ("reader", "reviewer"):
        assert answer(sign_in(client, study, role).get(SEARCH, {"q": "waited"})) == []


def test_those_who_may_not_change_sources_have_no_such_screen(client, study):
    held(study, "a")
    user = UserFactory()
    user.user_permissions.add(Permission.objects.get(codename="view_source"))
    Membership.objects.create(study=study, user=user, role="reviewer")
    client.force_login(user)
    assert client.get(SEARCH, {"q": "waited"}).status_code == 403
    client.logout()
    assert client.get(SEARCH, {"q": "waited"}).url.startswith("/desk/sign-in/")


def test_public_search_does_not_find_them(client, curator, study):
    held(study, "a")
    assert curator.get("/search/", {"q": "nobody came"}).context["results"].kinds == []


def test_who_codes_a_source_blind_is_led_to_their_own_codes(curator, study):
    source = held(study, "a")
    SecondCodingFactory(source=source, analyst=curator.user)
    page = curator.get(SEARCH, {"q": "waited"})
    assert f'href="/admin/programmes/source/{source.pk}/blind/#line-2"' in page.content.decode()
    assert "/code/" not in page.content.decode()


def test_what_is_not_shown_is_counted(curator, study, monkeypatch):
    monkeypatch.setattr(transcript_search, "MOST_OF_EACH", 2)
    monkeypatch.setattr(transcript_search, "MOST_OF_ALL", 3)
    monkeypatch.setattr(transcript_search, "MOST_OF_ONE", 3)
    many = "\n".join(f"P{number % 2}: tea {number}" for number in range(4))
    sources = [held(study, key, many) for key in "abcd"]
    page = curator.get(SEARCH, {"q": "tea"})
    assert [(key, len(shown), more) for key, shown, more in answer(page)] == [("a", 2, 2), ("b", 1, 3)]
    said = words(page)
    assert said.startswith("Said in 16 places of 4 transcripts, of 4 that were read. ")
    assert "And 2 more places in this transcript: show them ." in said
    assert said.endswith("And 8 more places in 2 other transcripts: add a word, or choose a study, to find fewer.")
    link = re.search(r'href="([^"]*source=\d+)">show them', page.content.decode())[1].replace("&amp;", "&")
    assert link == f"{SEARCH}?q=tea&source={sources[0].pk}"
    alone = curator.get(link)
    assert [(key, len(shown), more) for key, shown, more in answer(alone)] == [("a", 3, 1)]
    assert "In Talk a alone: search in every transcript ." in words(alone)
    assert "And 1 more place in this transcript: add a word to find fewer." in words(alone)
    of_study = curator.get(SEARCH, {"q": "tea", "study": study.pk})
    assert words(of_study).endswith("in 2 other transcripts: add a word, to find fewer.")


def test_long_transcripts_are_read_a_part_at_a_time(curator, study, monkeypatch):
    monkeypatch.setattr(transcript_search, "MOST_READ", 2 * len(TALK) - 1)
    for key in "abc":
        held(study, key)
    page = curator.get(SEARCH, {"q": "waited"})
    assert [key for key, *_ in answer(page)] == ["a", "b"]
    assert "Go on in the other 1 transcript , which were not read yet." in words(page)
    link = re.search(r'href="([^"]*after=\d+)"', page.content.decode())[1].replace("&amp;", "&")
    rest = curator.get(link)
    assert [key for key, *_ in answer(rest)] == ["c"]
    assert words(rest).startswith("The first 2 transcripts were read before this page. Said in 1 place of 1 transcript")
    assert "Go on" not in words(rest)


def test_queries_do_not_grow(curator, study):
    for number, key in ((1, "a"), (3, "bc")):
        for each in key:
            held(study, each)
        # Who asks and what they may do; which transcripts there are and what in them is no speaker; those that the
        # person codes blind; the transcripts; what they are in teams; the studies to choose from, and to take at hand.
        with asks(
            "session, user, permission, permission, count source, speaker, secondcoding, source, membership, study, "
            "study"
        ):
            page = curator.get(SEARCH, {"q": "waited"})
        assert len(answer(page)) == number


def test_screen_is_linked_from_the_list_and_the_coding_screen(curator, study):
    source = held(study, "a")
    assert f'href="{SEARCH}"' in curator.get("/admin/programmes/source/").content.decode()
    code = curator.get(f"/admin/programmes/source/{source.pk}/code/").content.decode()
    assert f'action="{SEARCH}"' in code
    assert f'<input type="hidden" name="study" value="{study.pk}">' in code
