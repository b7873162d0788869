"""The reference mirror: a copy that is brought up to date now and then is the site, for each reader."""

import itertools
import json
import random
import sqlite3
from functools import partial

import httpx
import orjson
import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.db import transaction
from django.test import Client
from knox.models import AuthToken

from programmes.actions.team import give_role, remove_from_team
from programmes.api.rows import build_rows
from programmes.models import (
    CMOC,
    Erasure,
    Evidence,
    Membership,
    Memo,
    Participant,
    Quote,
    Service,
    Study,
)
from programmes.vocabulary import ConsentScope, TeamRole, Visibility
from realist.api import RESOURCES
from tests.factories import (
    EvidenceFactory,
    MemoFactory,
    ParticipantFactory,
    ProgrammeFactory,
    QuoteFactory,
    ServiceFactory,
    UserFactory,
)
from tests.programmes.actions.test_races import ACTS, SEED, Scene, outcome, saved
from tools.mirror import mirror

SITE = "http://testserver"
NUMBERS = itertools.count(1)


class Reader:
    """Somebody, or nobody, with a copy of the site."""

    def __init__(self, user=None):
        self.user = user or AnonymousUser()
        headers = {"Authorization": f"Token {AuthToken.objects.create(user=user)[1]}"} if user else {}
        self.client = httpx.Client(transport=httpx.MockTransport(answered), base_url=SITE, headers=headers)
        self.copy = sqlite3.connect(":memory:")

    def catch_up(self):
        return mirror(self.client, self.copy)

    def differences(self):
        """Return the rows in which the copy is not the site."""
        site = rows_of(User.objects.get(pk=self.user.pk) if self.user.pk else self.user)
        copy = {(resource, key): json.loads(row) for resource, key, row in self.copy.execute("SELECT * FROM rows")}
        return sorted(key for key in site.keys() | copy.keys() if site.get(key) != copy.get(key))


def answered(request):
    """Answer as the site does, in this process."""
    sent = {name: value for name, value in request.headers.items() if name == "authorization"}
    answer = Client().get(request.url.raw_path.decode(), headers=sent)
    return httpx.Response(answer.status_code, content=answer.content, headers=dict(answer.headers))


def rows_of(user):
    """Return every row of every resource that somebody may see."""
    return {
        (name, row["id"]): orjson.loads(orjson.dumps(row))
        for name, viewset in RESOURCES.items()
        for row in build_rows(viewset.serializer_class(), shown_to(viewset.model, user), user, SITE).values()
    }


def shown_to(model, user):
    return model._base_manager.filter(pk__in=model.objects.visible_to(user).values("pk"))


@pytest.fixture(autouse=True)
def as_many_calls_as_wanted(monkeypatch):
    monkeypatch.setattr("realist.throttles.CallRate.allow_request", lambda *_: True)


def kept(row, **values):
    """Return what saves a record with other values."""
    return lambda: saved(type(row).objects.get(pk=row.pk), **values)


def stored(row):
    return type(row).objects.get(pk=row.pk)


def gone(row):
    return lambda: stored(row).delete()


def numbers_swapped(scene):
    """Let two CMOCs have each other's keys."""
    first, second = scene.cmocs[:2]
    for row, number in ((first, 99), (second, first.number), (first, second.number)):
        saved(CMOC.objects.get(pk=row.pk), number=number)


def without_a_study(scene):
    """Let a programme lose its last study to another one."""
    saved(Study.objects.get(pk=scene.study.pk), programme=ProgrammeFactory())


def noted(scene, **values):
    MemoFactory(study=scene.study, key=f"form-{next(NUMBERS)}", **values)


def let_in(scene, role):
    """Let the reader be one of the team, in another role than before."""
    Membership.objects.get_or_create(study=scene.study, user=scene.reader, defaults={"role": TeamRole.REVIEWER})
    give_role(study=scene.study, user=scene.reader.pk, role=role)


def nobody_else(scene):
    stored(scene.quote).also_by.clear()


def let_out(scene):
    remove_from_team(study=scene.study, user=scene.reader.pk)


def without_consent(scene):
    """Let somebody allow no more that they are quoted in public."""
    for quote in Quote.objects.filter(participant=scene.person):
        saved(quote, visibility=Visibility.PRIVATE)
    saved(Participant.objects.get(pk=scene.person.pk), consent_scope=ConsentScope.TEAM_ONLY)


# What people do in forms, and what no act has a name for.
FORMS = {
    "study is hidden": lambda scene: kept(scene.study, visibility=Visibility.PRIVATE),
    "study is shown": lambda scene: kept(scene.study, visibility=Visibility.PUBLIC),
    "theory is hidden": lambda scene: kept(scene.theory, visibility=Visibility.PRIVATE),
    "theory is shown": lambda scene: kept(scene.theory, visibility=Visibility.PUBLIC),
    "study has another address": lambda scene: kept(scene.study, slug=f"{scene.study.slug}-x"[-50:].strip("-")),
    "programme has another name": lambda scene: kept(scene.study.programme, name="Another name"),
    "programme has no study": lambda scene: lambda: without_a_study(scene),
    "quote is hidden": lambda scene: kept(scene.quote, visibility=Visibility.PRIVATE),
    "quote has another key": lambda scene: kept(scene.quote, key=f"{scene.quote.key}x"),
    "consent goes": lambda scene: lambda: without_consent(scene),
    "consent comes": lambda scene: kept(scene.person, consent_scope=ConsentScope.QUOTES_PUBLIC),
    "somebody else is quoted too": lambda scene: (
        lambda: stored(scene.quote).also_by.add(ParticipantFactory(study=scene.study))
    ),
    "nobody else is quoted": lambda scene: partial(nobody_else, scene),
    "role of who speaks": lambda scene: kept(scene.person, role="a volunteer"),
    "service of who speaks": lambda scene: (
        lambda: saved(Participant.objects.get(pk=scene.person.pk), service=ServiceFactory(study=scene.study))
    ),
    "services go": lambda scene: lambda: Service.objects.filter(study=scene.study).delete(),
    "evidence goes": lambda scene: lambda: Evidence.objects.filter(cmoc__theory=scene.theory).delete(),
    "evidence at once": lambda scene: (
        lambda: Evidence.objects.filter(cmoc__theory=scene.theory).update(role="counters")
    ),
    "public memo": lambda scene: lambda: noted(scene, theory=scene.theory, cmoc=scene.cmocs[0], visibility="public"),
    "private memo": lambda scene: lambda: noted(scene, quote=scene.quote, visibility="private"),
    "memos are hidden": lambda scene: (
        lambda: [saved(memo, visibility=Visibility.PRIVATE) for memo in Memo.objects.filter(study=scene.study)]
    ),
    "memos go": lambda scene: lambda: Memo.objects.filter(study=scene.study).delete(),
    "numbers are swapped": lambda scene: lambda: numbers_swapped(scene),
    "theory goes": lambda scene: gone(scene.theory),
    "study goes": lambda scene: gone(scene.study),
    "the reader joins": lambda scene: (
        lambda: Membership.objects.get_or_create(
            study=scene.study, user=scene.reader, defaults={"role": TeamRole.READER}
        )
    ),
    "the reader is made curator": lambda scene: lambda: let_in(scene, TeamRole.CURATOR),
    "the reader is made reader": lambda scene: lambda: let_in(scene, TeamRole.READER),
    "the reader leaves": lambda scene: lambda: (let_in(scene, TeamRole.READER), let_out(scene)),
    "the reader gets all rights": lambda scene: (
        lambda: User.objects.filter(pk=scene.reader.pk).update(is_superuser=True)
    ),
    "the reader loses all rights": lambda scene: (
        lambda: User.objects.filter(pk=scene.reader.pk).update(is_superuser=False)
    ),
}
EVERY_ACT = ACTS | FORMS


def with_more(scene, reader):
    """Add to a scene what its study may have besides."""
    scene.reader = reader
    other = QuoteFactory(study=scene.study, participant=ParticipantFactory(study=scene.study))
    EvidenceFactory(cmoc=scene.cmocs[1], quote=other)
    noted(scene, quote=other, visibility="public")
    return scene


def do(name, scene):
    """Do an act as somebody would; what they are told that cannot be done is not done, and nothing of it."""
    try:
        with transaction.atomic():
            ended = outcome(EVERY_ACT[name](scene))
            transaction.set_rollback(ended != "well")
    except Exception:  # noqa: BLE001  a scene in which other things were done has not all that the act needs
        return False
    return ended == "well"


@pytest.mark.django_db
@pytest.mark.parametrize("acts", [pytest.param(12, id="some"), pytest.param(500, id="many", marks=pytest.mark.soak)])
def test_a_copy_is_the_site_after_whatever_was_done(acts):
    rnd = random.Random(SEED)  # noqa: S311  no secret
    reader, outsider = UserFactory(), UserFactory()
    scene = with_more(Scene(), reader)
    everybody = [Reader(), Reader(reader), Reader(outsider), Reader(scene.ada), Reader(scene.cleo)]
    names = itertools.cycle(rnd.sample(sorted(EVERY_ACT), len(EVERY_ACT)))
    done, impossible = [], []
    for number in range(acts):
        done.append(name := next(names))
        if not Study.objects.filter(pk=scene.study.pk).exists() or not do(name, scene):
            Erasure.objects.all().delete()  # the words of the next scene are the same
            scene = with_more(Scene(), reader)
            impossible += [] if do(name, scene) else [name]
        for one in everybody if number % 6 == 5 else [rnd.choice(everybody)]:
            one.catch_up()
            assert (done[-6:], one.user.username, one.differences()) == (done[-6:], one.user.username, [])
    assert impossible == []
