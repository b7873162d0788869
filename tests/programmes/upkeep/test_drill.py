"""The drill: people work, a backup is made, somebody withdraws, everything is killed, and the backup is restored.

Small, it goes by the commands in this process beside one coder in another. Whole, all of it is done by the commands
that docs/operators.md names, with coders in browsers and servers that are killed under them, as on two machines.
"""

import os
import random
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.auth.models import Group
from django.db import connection

from programmes.models import CMOC, Evidence, Memo, Participant, Quote, Source
from programmes.transcripts.read import checksum
from programmes.upkeep.newest_list import Answer
from programmes.upkeep.restore import restore
from tests.factories import MembershipFactory, ParticipantFactory, SourceFactory, UserFactory
from tests.machines import Machine, kill, wait_until
from tests.programmes.actions.test_forget_again import CANARY, DAY, files_with, go, plant
from tests.programmes.actions.test_withdraw import everything
from tests.web_coders import PASSWORD, Coding, WebCoder
from tools.commands import ROOT, python

NOT_FINISHED = "not finished; run: manage.py restore --finish"
WORDS = 2000  # of the source of a coder


def words_of_coder(number):
    return [f"word{number}x{place}" for place in range(WORDS)]


def plant_for_coders(coders):
    """Make a study with a focus group in which canaries are said, and a source of many words for each coder."""
    source, two = plant()
    for number in range(coders):
        user = UserFactory(username=f"coder{number}", password=PBKDF2PasswordHasher().encode(PASSWORD, "salt", 1000))
        user.groups.add(Group.objects.get(name="Curator"))
        MembershipFactory(study=source.study, user=user, role="curator")
        text = " ".join(words_of_coder(number))
        speaker = ParticipantFactory(study=source.study, pseudonym=f"w{number}")
        SourceFactory(study=source.study, key=f"w{number}", text=text, sha256=checksum(text), participant=speaker)
    return source, two


def assert_each_act_is_whole(kept):
    """Assert that all that was acknowledged is there, and of every act all or nothing."""
    there = set(Memo.objects.filter(text__startswith="On word").values_list("text", flat=True))
    assert {f"On {word}" for word in kept} <= there
    coded = Quote.objects.filter(source__key__startswith="w")
    assert len(there) == coded.count() == Evidence.objects.filter(quote__in=coded).count()
    return len(there)


def assert_stays_erased():
    assert CANARY not in everything()
    assert files_with(CANARY) == []
    assert Participant.objects.get(pseudonym="p2").withdrawn_date == DAY
    assert "█" in Source.objects.get(key="group").text


@pytest.fixture
def writer(transactional_db):
    """A coder in a process of its own, by whom the canaries' study is coded."""
    found = plant_for_coders(1)
    database = connection.settings_dict["NAME"]
    address = f"sqlite:///{database}"
    if connection.vendor == "postgresql":
        address = f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{database}"
    environment = {**os.environ, "DATABASE_URL": address, "ERASURES_FILE": str(settings.ERASURES_FILE)}
    environment["DJANGO_SETTINGS_MODULE"] = "realist.settings"
    process = subprocess.Popen(
        python("-m", "tests.drill_writer", "w0"), cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    )
    yield process, *found
    kill(process)


def read_lines(process, number):
    return [process.stdout.readline().strip() for _ in range(number)]


@pytest.mark.once
@pytest.mark.untraced
@pytest.mark.slow(seconds=10, reason="a coder in a process of its own, whom it kills")
def test_drill(writer, places, tmp_path, command, client):
    process, source, two = writer
    backup, newest = tmp_path / "a.backup", tmp_path / "newest.jsonl"
    before = read_lines(process, 5)
    assert command("backup", backup)[0].startswith(f"Wrote {backup}: ")
    after = read_lines(process, 5)
    kill(process)
    assert_each_act_is_whole([*before, *after])
    go(source, two)  # a withdrawal and a passage, after the backup

    settings.ERASURES_FILE.rename(newest)
    places.use_new()
    steps = restore(backup, Answer(newest))
    said = [next(steps), next(steps)]
    steps.close()  # it is interrupted
    connection.close()
    assert said[1].endswith("was loaded. It is shut until what was erased is erased again.")
    assert CANARY in everything()
    connection.close()
    assert [client.get(f"/api/v1/{kind}/").status_code for kind in ("quotes", "studies", "memos")] == [503] * 3
    assert client.get("/readyz").json()["parts"]["restore"] == NOT_FINISHED

    assert command("restore", "--finish", "--erasures", newest)[-1].startswith("The site may be opened.")

    connection.close()
    assert [client.get(path).status_code for path in ("/api/v1/quotes/", "/readyz", "/")] == [200] * 3
    assert command("verify")[-1].endswith("Nothing was found.")
    assert_each_act_is_whole(before)
    assert_stays_erased()


class Team:
    """Coders in browsers, each at a source of their own."""

    def __init__(self, machine, number, first=0):
        sources, cmoc = dict(Source.objects.values_list("key", "pk")), CMOC.objects.get().pk
        self.coding = [
            Coding(WebCoder(machine.address, f"coder{coder}"), sources[f"w{coder}"], cmoc, words_of_coder(coder), first)
            for coder in range(number)
        ]

    def start(self):
        for coder in self.coding:
            coder.start()

    @property
    def kept(self):
        return [word for coder in self.coding for word in list(coder.kept)]

    def wait_for(self, acts):
        """Wait until each has coded so many words more."""
        goal = [len(coder.kept) + acts for coder in self.coding]
        wait_until(
            lambda: all(
                coder.fault or len(coder.kept) >= number for coder, number in zip(self.coding, goal, strict=True)
            )
        )
        assert [coder.fault for coder in self.coding if coder.fault] == []

    def stop(self):
        for coder in self.coding:
            coder.over.set()
        for coder in self.coding:
            coder.join(120)

    def counts(self):
        statuses = {}
        for coder in self.coding:
            for status, number in coder.refused.items():
                statuses[status] = statuses.get(status, 0) + number
        return {"kept": len(self.kept), "unsure": sum(len(coder.unsure) for coder in self.coding), "refused": statuses}


@pytest.fixture
def machines(transactional_db, tmp_path):
    """Makes machines, and removes what they leave."""
    made = []
    with pytest.MonkeyPatch.context() as patch:

        def make(name):
            made.append(Machine(tmp_path / name, patch))
            return made[-1]

        yield make
        for machine in made:
            if machine.folder.exists():
                machine.remove()


KILLS = 4
ACTS = 10  # of each coder between two kills
CODERS = 4


def work_while_servers_are_killed(here, folder):
    """Let coders work while servers are killed, and a backup is made; return who they were, and what it must hold."""
    chance = random.Random(7)  # noqa: S311  when something is killed
    with here.in_use():
        source, two = plant_for_coders(CODERS)
        team = Team(here, CODERS)
    here.serve()
    team.start()
    try:
        for number in range(KILLS):  # by turns the server of the site and that of the database
            team.wait_for(ACTS)
            time.sleep(chance.random())
            if number % 2 and connection.vendor == "postgresql":
                here.server.kill_and_start()
            else:
                here.kill_site()
                here.serve()
        in_backup = team.kept
        assert here.manage("backup", folder / "a.backup").startswith(f"Wrote {folder / 'a.backup'}: ")
        team.wait_for(ACTS)
    finally:
        here.kill_site()
        team.stop()
    here.server.kill_and_start()
    with here.in_use():
        assert_each_act_is_whole(team.kept)
        go(source, two)  # a withdrawal and a passage, after the backup
    assert set(team.counts()["refused"]) <= {503}, team.counts()
    return team, in_backup


def restore_in_two_steps(there, backup, newest):
    """Restore on a new machine: killed first, then to the end."""
    restoring = there.start("manage.py", "restore", backup, "--erasures", newest)
    said = read_lines(restoring, 2)
    kill(restoring)
    assert said[1].endswith("was loaded. It is shut until what was erased is erased again.")
    there.manage("collectstatic", "--noinput", "-v0")
    there.serve()
    assert [there.status(path) for path in ("/", "/api/v1/quotes/", "/studies/", "/readyz")] == [503] * 4
    assert there.readiness()["restore"] == NOT_FINISHED
    assert "The site may be opened." in there.manage("restore", "--finish", "--erasures", newest)
    assert [there.status(path) for path in ("/", "/studies/", "/api/v1/quotes/", "/readyz")] == [200] * 4
    assert there.manage("verify").startswith("Verified ")


@pytest.mark.soak
@pytest.mark.untraced
def test_whole_drill(machines, tmp_path):
    began = time.monotonic()
    here = machines("here")
    here.manage("migrate", "-v0")
    here.manage("collectstatic", "--noinput", "-v0")
    team, in_backup = work_while_servers_are_killed(here, tmp_path)
    worked = time.monotonic()

    # The machine is gone. What is left: the backup, the newest list, the key.
    newest = Path(shutil.copy(here.erasures, tmp_path / "newest.jsonl"))
    here.remove()
    there = machines("there")
    restore_in_two_steps(there, tmp_path / "a.backup", newest)
    with there.in_use():
        restored = assert_each_act_is_whole(in_backup)
        assert_stays_erased()
        again = Team(there, CODERS, WORDS // 2)
    ended = time.monotonic()

    again.start()  # who work on, with the passwords that they have
    again.wait_for(2)
    again.stop()
    there.kill_site()
    there.server.kill_and_start()
    assert there.manage("verify").startswith("Verified ")
    figures = f"{team.counts()}, {len(in_backup)} acknowledged before the backup, {restored} restored"
    print(f"{connection.vendor}: {figures}; {worked - began:.0f} s of work, {ended - worked:.0f} s to restore")  # noqa: T201  what it measures
