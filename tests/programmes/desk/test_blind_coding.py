"""A second analyst codes a source blind, in the admin."""

import re

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.urls import reverse

from programmes.actions.code_blind import code_blind, start_blind_coding
from programmes.models import Membership, Quote, SecondCode, SecondCoding
from programmes.transcripts.read import checksum
from programmes.vocabulary import EvidenceRole
from tests.factories import (
    CMOCFactory,
    EvidenceFactory,
    QuoteFactory,
    SecondCodeFactory,
    SecondCodingFactory,
    SourceFactory,
    TheoryFactory,
    UserFactory,
)
from tests.queries import asks

TEXT = (
    "I: How was it?\nP3: It was good 👩🏽‍🎓 to meet somebody like me.\n\nI: And then?\nP3: It was good to talk, too.\n"
)


@pytest.fixture
def theory(db):
    return TheoryFactory()


@pytest.fixture
def source(theory):
    return SourceFactory(study=theory.study, text=TEXT, sha256=checksum(TEXT), key="interview1")


@pytest.fixture
def cmoc(theory):
    return CMOCFactory(theory=theory, number=5)


def curator_of(source, **names):
    user = UserFactory(is_staff=True, **names)
    user.groups.add(Group.objects.get(name="Curator"))
    Membership.objects.create(study=source.study, user=user, role="curator")
    return user


@pytest.fixture
def analyst(client, source):
    user = curator_of(source, first_name="Ada", last_name="Reader")
    client.force_login(user)
    return user


@pytest.fixture
def coding(source, analyst):
    return start_blind_coding(source=source, by=analyst)


def screen(source, name="blind"):
    return reverse(f"admin:programmes_source_{name}", args=[source.pk])


def words(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def act(client, source, **data):
    return client.post(screen(source), data, follow=True)


def code(client, coding, cmocs, passage="And then?", role="supports", **data):
    sent = {"coding": coding.pk, "passage": passage, "role": role, "cmocs": [cmoc.pk for cmoc in cmocs], **data}
    return act(client, coding.source, **sent)


def test_blind_coding_is_begun(client, analyst, source):
    invitation = words(client.get(screen(source)))
    assert "Begin to code blind" not in invitation  # a button
    assert "From the moment you begin until you finish" in invitation
    assert "same person" not in invitation
    assert "0 codes of yours." in words(act(client, source, begin=""))
    coding = SecondCoding.objects.get()
    assert (coding.number, coding.analyst, coding.signed_by, coding.finished_date) == (1, analyst, "Ada Reader", None)
    history = coding.history.get()
    assert (history.history_change_reason, history.history_user) == ("Blind coding begun", analyst)


def test_blind_coding_is_begun_once_at_a_time(client, coding, source):
    assert "You are coding this source blind already." in words(act(client, source, begin=""))
    assert SecondCoding.objects.count() == 1


def test_numbers_go_on(source, coding):
    assert start_blind_coding(source=source, by=curator_of(source)).number == 2


def test_source_without_a_text_is_not_coded_blind(client, analyst, theory):
    empty = SourceFactory(study=theory.study)
    assert "No transcript is held here." in words(client.get(screen(empty)))
    assert "No transcript is held here." in words(act(client, empty, begin=""))
    assert SecondCoding.objects.count() == 0


def test_who_coded_first_is_told(client, analyst, source, cmoc):
    client.post(
        screen(source, "code"), {"passage": "And then?", "role": "supports", "memo_kind": "theory", "cmocs": [cmoc.pk]}
    )
    assert Quote.objects.count() == 1
    assert "You made codes of the first coding yourself." in words(client.get(screen(source)))
    client.force_login(curator_of(source))
    assert "yourself" not in words(client.get(screen(source)))


def test_passage_is_marked(client, coding, source, theory, cmoc, analyst):
    other = CMOCFactory(theory=theory, number=6)
    start = TEXT.index("to meet")
    response = code(client, coding, [cmoc, other], "to meet somebody like me", "counters", start=start, end=start + 24)
    made = list(SecondCode.objects.values_list("start", "end", "cmoc", "role"))
    assert {str(code) for code in SecondCode.objects.all()} == {f"{start}–{start + 24}: Counters"}
    assert made == [(start, start + 24, cmoc.pk, "counters"), (start, start + 24, other.pk, "counters")]
    assert SecondCode.history.first().history_change_reason == "Coded blind in interview1"
    page = words(response)
    assert "Marked for CMOC 5, CMOC 6." in page
    assert "2 codes of yours." in page
    assert "counters CMOC 5" in page
    assert 'class="coded role-counters">to meet somebody like me</span>' in response.content.decode()


def test_nothing_of_others_shows(client, coding, source, cmoc):
    start = TEXT.index("And then?")
    quote = QuoteFactory(study=source.study, source=source, start=start, end=start + 9, text="And then?")
    EvidenceFactory(cmoc=cmoc, quote=quote)
    SecondCodeFactory(coding__source=source, coding__number=9, cmoc=cmoc)
    page = client.get(screen(source)).content.decode()
    assert ('class="coded' in page, "CMOC 5" in page, quote.key in page) == (False, False, False)


@pytest.mark.parametrize("name", ["code", "agreement"])
def test_first_coding_is_closed_meanwhile(client, coding, source, name):
    SecondCodingFactory(source=source, number=9, finished_date="2026-01-03")
    for answer in (client.get(screen(source, name)), client.post(screen(source, name), {"passage": "And then?"})):
        assert answer.status_code == 403
        assert "What others marked in it is closed to you until you finish." in words(answer)
        assert f'href="{screen(source)}"' in answer.content.decode()
    client.force_login(curator_of(source))
    assert client.get(screen(source, name)).status_code == 200


@pytest.mark.parametrize(
    ("passage", "chosen", "message"),
    [
        ("It was good", True, "Found 2 times (lines 2, 5): give a longer passage."),
        ("It was bad", True, "These words do not stand in the text."),
        ("And then?", False, "Choose a CMOC."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(client, coding, cmoc, passage, chosen, message):
    response = code(client, coding, [cmoc] if chosen else [], passage)
    assert (response.status_code, SecondCode.objects.count()) == (400, 0)
    assert message in words(response)


@pytest.mark.untraced
@pytest.mark.parametrize("garbage", ["", "x", "-1", "²", "9" * 30, "999999"])
def test_coding_that_is_not_there(client, coding, source, cmoc, garbage):
    for sent in (
        {"finish": ""},
        {"discard": ""},
        {"remove": "1"},
        {"passage": "And then?", "role": "supports", "cmocs": cmoc.pk},
    ):
        assert "You have no such blind coding of this source." in words(act(client, source, coding=garbage, **sent))
    coding.refresh_from_db()
    assert (coding.finished_date, SecondCode.objects.count()) == (None, 0)


def test_cmoc_of_another_study_is_refused(client, coding):
    response = code(client, coding, [CMOCFactory()])
    assert (response.status_code, SecondCode.objects.count()) == (400, 0)
    assert "is not one of the available choices" in words(response)


def test_passage_is_marked_once_for_a_cmoc(client, coding, theory, cmoc):
    other = CMOCFactory(theory=theory, number=6)
    code(client, coding, [cmoc])
    response = code(client, coding, [other, cmoc], role="counters")
    assert "You marked this passage for CMOC 5 already; remove that code to change it." in words(response)
    assert SecondCode.objects.count() == 1


def test_passage_out_of_the_text_is_refused_and_nothing_is_written(coding, source, analyst, theory, cmoc):
    with pytest.raises(ValidationError, match=r"The passage does not lie within the source."):
        code_blind(
            source=source,
            coding=coding.pk,
            span=(1, len(TEXT) + 1),
            role=EvidenceRole.SUPPORTS,
            cmocs=[cmoc, CMOCFactory(theory=theory)],
            by=analyst,
        )
    assert SecondCode.objects.count() == 0


def test_second_of_two_cmocs_that_fails_leaves_nothing(coding, source, analyst, cmoc):
    with pytest.raises(ValidationError, match=r"The CMOC belongs to another study than the source."):
        code_blind(
            source=source,
            coding=coding.pk,
            span=(3, 6),
            role=EvidenceRole.SUPPORTS,
            cmocs=[cmoc, CMOCFactory()],
            by=analyst,
        )
    assert (SecondCode.objects.count(), SecondCode.history.count()) == (0, 0)


def test_last_act_is_undone_and_a_code_removed(client, coding, source, theory, cmoc):
    response = code(client, coding, [cmoc, CMOCFactory(theory=theory, number=6)])
    undo = re.search(r'class="undo" name="remove" value="([\d,]+)" form="undo">Undo<', response.content.decode())[1]
    answer = act(client, source, coding=coding.pk, remove=undo)
    assert "Removed 2 codes." in words(answer)
    assert SecondCode.history.first().history_change_reason == "Blind code taken back"
    assert "That code is not there any more." in words(act(client, source, coding=coding.pk, remove=undo))
    code(client, coding, [cmoc])
    made = SecondCode.objects.get()
    garbage = act(client, source, coding=coding.pk, remove=f"{made.pk},x")
    assert "That code is not there any more." in words(garbage)
    assert SecondCode.objects.count() == 1
    assert "Removed 1 code." in words(act(client, source, coding=coding.pk, remove=made.pk))
    assert SecondCode.objects.count() == 0


def test_codes_of_another_are_not_removed(client, coding, source):
    theirs = SecondCodeFactory(coding__source=source, coding__number=9)
    assert "That code is not there any more." in words(act(client, source, coding=coding.pk, remove=theirs.pk))
    sent = {"coding": theirs.coding_id, "remove": theirs.pk}
    assert "You have no such blind coding of this source." in words(act(client, source, **sent))
    assert SecondCode.objects.count() == 1


def test_finishing_asks_first_and_closes_the_coding(client, coding, source, cmoc):
    code(client, coding, [cmoc])
    asked = words(client.get(f"{screen(source)}?finish=ask"))
    assert "You marked 1 code. Once you finish, nothing in this blind coding can be changed" in asked
    finished = words(act(client, source, coding=coding.pk, finish=""))
    assert "Second coding 1 by Ada Reader is finished. It can be compared with the first coding now." in finished
    coding.refresh_from_db()
    assert (coding.finished_date is None, coding.history.first().history_change_reason) == (
        False,
        "Blind coding finished",
    )
    # Who finishes in another window at once, or still codes there, is told.
    closed = "This blind coding is finished: nothing in it can be changed."
    for sent in ({"finish": ""}, {"discard": ""}, {"remove": SecondCode.objects.get().pk}):
        assert closed in words(act(client, source, coding=coding.pk, **sent))
    assert closed in words(code(client, coding, [cmoc], "How was it?"))
    gone = "You have no blind coding of this source open."
    assert gone in words(code(client, coding, [cmoc], "not there"))
    assert SecondCode.objects.count() == 1
    assert client.get(screen(source, "code")).status_code == 200


def test_finishing_with_nothing_marked(client, coding, source):
    asked = words(client.get(f"{screen(source)}?finish=ask"))
    assert "You marked nothing: that says that no line speaks to any CMOC." in asked
    act(client, source, coding=coding.pk, finish="")
    assert SecondCoding.objects.exclude(finished_date=None).count() == 1


def test_beginning_by_mistake_is_discarded_while_nothing_is_marked(client, coding, source, cmoc):
    code(client, coding, [cmoc])
    refused = act(client, source, coding=coding.pk, discard="")
    assert "Codes are marked already: remove them first, or finish." in words(refused)
    SecondCode.objects.all().delete()
    assert "Discarded: no blind coding of yours is open here." in words(
        act(client, source, coding=coding.pk, discard="")
    )
    assert SecondCoding.objects.count() == 0
    assert SecondCoding.history.first().history_change_reason == "Blind coding begun by mistake"


@pytest.mark.untraced
@pytest.mark.parametrize("name", ["blind", "agreement"])
def test_who_may(client, source, name):
    reviewer = UserFactory(is_staff=True)
    reviewer.groups.add(Group.objects.get(name="Curator"))
    Membership.objects.create(study=source.study, user=reviewer, role="reviewer")
    client.force_login(reviewer)
    assert client.get(screen(source, name)).status_code == 404
    assert client.post(screen(source, name), {"begin": ""}).status_code == 404
    lead = curator_of(source)
    Membership.objects.filter(user=lead).update(role="lead")
    client.force_login(lead)
    assert client.get(screen(source, name)).status_code == 200
    assert client.get(screen(source, name).replace(str(source.pk), "999999")).status_code == 404
    client.logout()
    assert client.get(screen(source, name)).status_code == 302


def test_other_than_curators_cannot_begin_whatever_the_screen_says(source):
    with pytest.raises(ValidationError, match=r"No transcript is held here."):
        start_blind_coding(source=source, by=UserFactory())


def test_screens_of_a_source_lead_to_each_other(client, analyst, source):
    change = client.get(f"/admin/programmes/source/{source.pk}/change/").content.decode()
    listed = client.get("/admin/programmes/source/").content.decode()
    for name in ("code", "blind", "agreement"):
        assert (screen(source, name) in change, screen(source, name) in listed) == (True, True)


def test_queries_do_not_grow(client, coding, source, theory, cmoc):
    client.get(screen(source))  # and its study is at hand
    expected = (
        "session, user, source, permission, permission, any source, study, secondcoding, study, secondcode, speaker, "
        "membership, study, theory, cmoc, cmoccontext + 5, evidence"
    )
    with asks(expected):
        client.get(screen(source))
    for passage in ("And then?", "How was it?", "to talk"):
        code(client, coding, [CMOCFactory(theory=theory)], passage)
        with asks(expected):
            client.get(screen(source))
    assert SecondCode.objects.count() == 3


def test_the_picker_offers_what_stands_and_tells_nothing_of_what_others_coded(client, coding, source, theory, cmoc):
    EvidenceFactory(cmoc=cmoc, quote=QuoteFactory(study=source.study))
    gone = CMOCFactory(theory=theory, status="retired")
    page = client.get(screen(source)).content.decode()
    offered = re.findall(r'<option value="(\d+)"', page[page.index('id="id_cmocs"') :].partition("</select>")[0])
    assert (str(cmoc.pk) in offered, str(gone.pk) in offered) == (True, False)
    assert ("data-cmoc-picker" in page, "data-counts" in page, "1 for" in page) == (True, False, False)
