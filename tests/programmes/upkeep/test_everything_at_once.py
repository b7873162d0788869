"""Everything at once: coders, loads, files, readers, reviewers, decisions, erasures, backups and guessed passwords.

The site is served by gunicorn on a machine of its own. MINUTES_AT_ONCE says for how long, ten by default.
"""

import os
import re
import threading
import time
from collections import Counter

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.auth.models import Group
from django.db import connection

from programmes.actions.review import ask_for_review
from programmes.models import CMOC, LineageEvent, Participant, Review, Source, Study
from programmes.transcripts.read import checksum
from tests import busy_people as busy
from tests.factories import (
    CMOCContextFactory,
    CMOCFactory,
    MembershipFactory,
    ParticipantFactory,
    QuoteFactory,
    SourceFactory,
    SpeakerFactory,
    TheoryFactory,
    UserFactory,
)
from tests.programmes.actions.test_withdraw import everything
from tests.programmes.upkeep.test_drill import assert_each_act_is_whole, machines  # noqa: F401  a fixture
from tests.web_coders import PASSWORD, Coding, Refused, WebCoder

MINUTES = float(os.environ.get("MINUTES_AT_ONCE", "10"))
CODERS = 4
WORDS = 8000  # of the source of a coder
ERASED = 40  # people who may withdraw
CANARY = "zqgone"
PAGES = (
    "/",
    "/studies/",
    "/theories/theory/",
    "/theories/theory/?view=table",
    "/search/?q=word",
    "/theories/theory/evidence/",
    "/api/v1/cmocs/",
    "/api/v1/quotes/",
    "/api/v1/theories/",
    "/readyz",
)
OF_MEMBERS = ("/admin/", "/admin/programmes/cmoc/", "/admin/programmes/quote/", "/admin/programmes/memo/")


def person(study, name, role, group):
    user = UserFactory(username=name, password=PBKDF2PasswordHasher().encode(PASSWORD, "salt", 1000))
    user.groups.add(Group.objects.get(name=group))
    MembershipFactory(study=study, user=user, role=role)


def transcript(study, key, text, **values):
    return SourceFactory(study=study, key=key, text=text, sha256=checksum(text), **values)


def plant():
    """Make a study of many hands; return what each of them works on."""
    theory = TheoryFactory(slug="theory", study__slug="study")
    study = theory.study
    cmocs = [CMOCFactory(theory=theory, number=number, title=f"T{number}") for number in range(1, 6)]
    for cmoc in cmocs:
        CMOCContextFactory(cmoc=cmoc)
    ask_for_review(cmoc=cmocs[1], asked=True, reason="Ready")
    for name in ("uploader", "editor", "merger", "member"):
        person(study, name, "curator", "Curator")
    person(study, "reviewer", "reviewer", "Reviewer")
    person(study, "eraser", "lead", "Lead")
    sources = []
    for number in range(CODERS):
        person(study, f"coder{number}", "curator", "Curator")
        who = ParticipantFactory(study=study, pseudonym=f"w{number}")
        sources.append(transcript(study, f"w{number}", " ".join(words_of(number)), participant=who))
    return study, cmocs, sources, [planted(study, number) for number in range(ERASED)]


def words_of(number):
    return [f"word{number}x{place}" for place in range(WORDS)]


def planted(study, number):
    """Make a talk of two, of whom one will withdraw, and whose other says a name that will go."""
    one, two = (ParticipantFactory(study=study, pseudonym=f"{name}{number}") for name in ("one", "two"))
    name = f"{CANARY}name{number} Smith"
    said = f"The {CANARY}{number} nurse told me to sit down and have tea before we talked about number {number}."
    text = f"A: Do you remember {name} from those days?\nB: {said}"
    source = transcript(study, f"talk{number}", text, kind="focus-group")
    SpeakerFactory(source=source, label="A", kind="participant", participant=one)
    SpeakerFactory(source=source, label="B", kind="participant", participant=two)
    start = text.index(said)
    QuoteFactory(
        study=study, key=f"e{number}", source=source, participant=two, text=said, start=start, end=start + len(said)
    )
    return two.pk, source.pk, name


@pytest.mark.soak
@pytest.mark.untraced
@pytest.mark.parametrize("minutes", [MINUTES])
def test_everything_at_once(machines, tmp_path, minutes):  # noqa: F811
    here = machines("here")
    here.manage("migrate", "-v0")
    here.manage("collectstatic", "--noinput", "-v0")
    with here.in_use():
        study, cmocs, sources, erased = plant()
    here.serve()
    over = threading.Event()
    coding = [
        Coding(WebCoder(here.address, f"coder{number}"), source.pk, cmocs[0].pk, words_of(number), 0)
        for number, source in enumerate(sources)
    ]
    for coder in coding:
        coder.over = over
    people = {
        "uploader": busy.Uploader(over, here, "uploader", study=study.pk),
        "editor": busy.Editor(over, here, "editor", cmoc=cmocs[1].pk),
        "reviewer": busy.Reviewer(over, here, "reviewer", cmoc=cmocs[1].pk),
        "merger": busy.Merger(over, here, "merger", cmocs=[cmocs[2].pk, cmocs[3].pk]),
        "eraser": busy.Eraser(over, here, "eraser", acts=erased),
        "reader": busy.Reader(over, here, PAGES),
        "member": busy.Reader(over, here, OF_MEMBERS, "member"),
        "guesser": busy.Guesser(over, here, ["coder0", "nobody", "eraser"]),
        "loader": busy.Loader(over, here, tmp_path),
        "keeper": busy.Keeper(over, here, tmp_path),
    }
    threads = [*coding, *people.values()]
    for thread in coding:  # whose browsers are known before anybody guesses
        thread.start()
    time.sleep(5)
    for thread in people.values():
        thread.start()
    over.wait(minutes * 60)
    still_at_it = [type(thread).__name__ for thread in threads if thread.is_alive()]
    over.set()
    for thread in threads:
        thread.join(180)
    log = (here.folder / "log").read_text("utf-8")
    figures(people, coding, log)
    faults = [line for line in log.splitlines() if " status=500 " in line]
    faults += [told(thread) for thread in threads if thread.fault]
    print(*faults, sep="\n")  # noqa: T201  whole
    assert faults == []
    assert {"Loader", "Keeper", "Merger", "Uploader"} <= set(still_at_it)
    answers = answers_of(people, coding)
    assert {status for status, again in answers if status >= 500 and not (status == 503 and again)} == set(), answers

    here.kill_site()
    with here.in_use():
        assert_kept(people, coding)
    here.manage("check_integrity")  # which fails where it finds something
    assert here.manage("verify").startswith("Verified ")
    assert here.manage("restore", people["keeper"].kept[-1], "--check")


def told(thread):
    """Return who met a fault, and what it was: of a page that was refused its words."""
    error = thread.fault
    if not isinstance(error, Refused):
        return type(thread).__name__, repr(error)
    status, page = error.args
    main = re.sub(r"<(script|style|svg|option|label).*?</\1>|<[^>]*>", " ", page.partition("<main")[2], flags=re.DOTALL)
    return type(thread).__name__, status, " ".join(main.split())[:1500]


def answers_of(people, coding):
    """Return how many answers there were, by status and whether they said when to ask again."""
    browsers = [one.browser for one in people.values() if hasattr(one, "browser")] + [one.coder for one in coding]
    return sum((browser.answers for browser in browsers), Counter())


def figures(people, coding, log):
    """Say what each has done, and what kinds of trouble the log tells of."""
    troubles = dict(Counter(re.findall(r"act=(\S+) .* Trouble \(([^)]*)\)", log)))
    said = {name: f"{len(one.kept)} kept, {len(one.refused)} refused" for name, one in people.items()}
    said["coders"] = f"{sum(len(one.kept) for one in coding)} kept, refused {[one.refused for one in coding]}"
    print(f"{connection.vendor}: {said}; answers {dict(answers_of(people, coding))}; {troubles}")  # noqa: T201  what it measures


def assert_kept(people, coding):
    """Assert that all is there that anybody was told is done, and that nothing is that was erased."""
    assert_each_act_is_whole([word for coder in coding for word in coder.kept])
    assert set(people["uploader"].kept) <= set(Source.objects.values_list("key", flat=True))
    assert set(people["reviewer"].kept) <= set(Review.objects.values_list("comment", flat=True))
    reasons = set(LineageEvent.objects.values_list("reason", flat=True))
    assert {reason for both in people["merger"].kept for reason in both} | set(people["editor"].kept) <= reasons
    assert Study.objects.get(slug="beside").title == people["loader"].kept[-1]
    withdrawn = Participant.objects.exclude(withdrawn_date=None).values_list("pk", flat=True)
    assert {pk for pk, _, _ in people["eraser"].kept} <= set(withdrawn)
    there = everything()
    for _, source, name in people["eraser"].kept:
        assert name not in there
        assert f"nurse told me to sit down and have tea before we talked about number {name[10:-6]}." not in there
        assert "█" in Source.objects.get(pk=source).text
    assert CMOC.objects.get(number=2).title.startswith("Title ")
