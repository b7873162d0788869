"""How much the bench asks for and sends, with little there and with much: a big study costs as a small one does."""

import time

import pytest

from programmes.models import (
    CMOC,
    CMOCContext,
    CMOCMechanism,
    CMOCOutcome,
    Context,
    Evidence,
    Mechanism,
    Outcome,
    Quote,
)
from programmes.transcripts.read import checksum
from programmes.vocabulary import EvidenceRole, TeamRole
from tests.factories import MembershipFactory, SourceFactory, StudyFactory, TheoryFactory, UserFactory
from tests.queries import asks

pytestmark = pytest.mark.django_db

SCRIPT = {"X-Bench-Fragment": "1"}
ADDRESS = "/desk/studies/big/bench/lw02/"
WORDS = (
    "the doctor walks somebody down the corridor and says this is whom I told you about they sit down " * 2
).split()
PAGE = (
    "session, user, study, membership, source, secondcoding, theory, theory, cmoc, cmoccontext + 5, "
    "evidence, cmoc, count review, cmoccontext + 8, evidence, memo, caveat, cmoclink, cmoc, count theory, benchact, "
    "source, speaker, quote, quote, evidence, quote, theory"
)
ROWS = "session, user, study, membership, theory, theory, source, secondcoding, speaker, quote, evidence"
ACT = (
    "session, user, study, membership, source, secondcoding, cmoc, theory, speaker, savepoint, savepoint, "
    "participant, study, theory, source, cmoc, speaker, cmoc, erasure, quote, study, study, quote, "
    "historicalquote, any study, any source, insert quote, insert historicalquote, participant, evidence, "
    "cmoc, evidence, any cmoc, any quote, theory, study, insert evidence, insert historicalevidence, release, "
    "delete benchact, insert benchact, benchact, release, historicalquote, historicalevidence, quote, quote, "
    "evidence, cmoc, count review, cmoccontext + 8, evidence, memo, caveat, cmoclink, count theory, benchact, "
    "cmoc, savepoint, update session, release"
)


def fill(turns, cmocs, quotes):
    """Fill a study with a transcript, a theory and quotes, without what nobody asks for here."""
    study = StudyFactory(slug="big", visibility="private")
    theory = TheoryFactory(study=study, slug="big-theory", form="cmo", visibility="private")
    lines = [
        f"[{at // 3600}:{at // 60 % 60:02}:{at % 60:02}] {('LW02', 'INT')[at % 2]}: {' '.join(WORDS[at % 9 :][:18])}."
        for at in range(turns)
    ]
    text = "\n".join(lines)
    source = SourceFactory(study=study, key="lw02", text=text, sha256=checksum(text))
    rows = [
        CMOC(theory=theory, number=number, title=f"Walked in by {number}", statement="When a GP walks the patient in.")
        for number in range(1, cmocs + 1)
    ]
    CMOC.objects.bulk_create(rows)
    for element, link, name in (
        (Context, CMOCContext, "context"),
        (Mechanism, CMOCMechanism, "mechanism"),
        (Outcome, CMOCOutcome, "outcome"),
    ):
        parts = [
            element(theory=theory, key=f"{name}-{row.number}", label=f"A {name} in a few words {row.number}")
            for row in rows
        ]
        element.objects.bulk_create(parts)
        link.objects.bulk_create([link(cmoc=row, **{name: part}) for row, part in zip(rows, parts, strict=True)])
    spoken = source.spoken()[::2][:quotes]
    made = [
        Quote(
            study=study,
            key=f"q{at:05}",
            source=source,
            start=turn.start,
            end=turn.start + 30,
            text=text[turn.start : turn.start + 30],
        )
        for at, turn in enumerate(spoken)
    ]
    Quote.objects.bulk_create(made)
    roles = EvidenceRole.values
    Evidence.objects.bulk_create(
        Evidence(cmoc=rows[at % cmocs], quote=quote, role=roles[at % 4], position=at // cmocs + 1)
        for at, quote in enumerate(made)
    )
    return source, rows


def open_bench(client, source):
    user = UserFactory(username="ada")
    MembershipFactory(study=source.study, user=user, role=TeamRole.CURATOR)
    client.force_login(user)
    assert client.get(f"{ADDRESS}?cmoc=1").status_code == 200  # the session knows from now on what was read last


def coded(client, cmoc, turn, text):
    end = text.index(" ", turn.start + 40)
    fields = {
        "start": turn.start + 31,
        "end": end,
        "role": "supports",
        "choice": cmoc.pk,
        "open": "1",
        "theory": "big-theory",
    }
    return client.post(f"{ADDRESS}code/", fields, headers=SCRIPT)


@pytest.mark.parametrize(("turns", "cmocs", "quotes"), [(4, 1, 1), (12, 3, 5)])
def test_what_the_bench_asks_for_does_not_grow(client, turns, cmocs, quotes):
    source, rows = fill(turns, cmocs, quotes)
    open_bench(client, source)
    with asks(PAGE):
        client.get(f"{ADDRESS}?cmoc=1")
    with asks(ROWS):
        client.get(f"{ADDRESS}rows/?from=1")
    turn = source.spoken()[0]
    with asks(ACT):
        assert coded(client, rows[0], turn, source.text).status_code == 200


@pytest.mark.soak
@pytest.mark.parametrize(("turns", "cmocs", "quotes"), [(20_000, 300, 10_000)])
def test_a_big_study_is_coded_as_a_small_one(client, turns, cmocs, quotes):
    source, rows = fill(turns, cmocs, quotes)
    open_bench(client, source)
    begun = time.process_time()
    with asks(PAGE):
        answer = client.get(f"{ADDRESS}?cmoc=1&turn=9001")
    page = time.process_time() - begun
    assert (len(answer.content) < 300_000, answer.content.count(b'class="line"')) == (True, 300)
    spent = []
    for turn in source.spoken()[:20:2]:
        begun = time.process_time()
        answer = coded(client, rows[0], turn, source.text)
        spent.append(time.process_time() - begun)
        assert (answer.status_code, len(answer.content) < 60_000) == (200, True)
    print(f"the page {page * 1000:.0f} ms, an act {sorted(spent)[5] * 1000:.0f} ms of a processor")  # noqa: T201
