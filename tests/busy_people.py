"""People who do everything that the site can do, each in a thread, and remember what the site said that it has kept."""

from __future__ import annotations

import itertools
import json
import re
import threading
import time
from typing import TYPE_CHECKING

from tests.programmes.package.test_loads_beside_work import package_of
from tests.sent_forms import sent_untouched
from tests.web_coders import BUSY, Refused, WebCoder

if TYPE_CHECKING:
    from pathlib import Path

    from tests.machines import Machine

CMOCS = "/admin/programmes/cmoc"
GIVE = "/admin/programmes/source/from-files/"
EVENT = re.compile(r"/admin/programmes/lineageevent/(\d+)/change/")
CONFLICT = 409  # somebody else was faster: a sentence, and all that was entered


class Busy(threading.Thread):
    """Does one thing after another, from the first to the last of `acts` or for ever, until told to stop."""

    pause = 0.0  # seconds after each act
    acts: object = None  # what there is to do; numbers where it is for ever

    def __init__(self, over: threading.Event) -> None:
        super().__init__(daemon=True)
        self.over = over
        self.kept: list = []  # of what the site, or a command, said that it is done
        self.refused: list = []  # with a sentence
        self.fault: BaseException | None = None

    def run(self) -> None:
        try:
            for one in self.acts if self.acts is not None else itertools.count():
                if self.over.is_set():
                    return
                try:
                    self.kept.append(self.act(one))
                except Refused as error:
                    if error.args[0] not in {BUSY, CONFLICT}:
                        raise
                    self.refused.append(error.args[0])
                self.over.wait(self.pause)
        except BaseException as error:  # noqa: BLE001  told by whoever started the thread
            self.fault = error

    def act(self, one):
        raise NotImplementedError  # everybody has acts of their own


class Browsing(Busy):
    """Somebody with a browser, who has signed in."""

    def __init__(self, over: threading.Event, machine: Machine, username: str, **things) -> None:
        super().__init__(over)
        self.browser = WebCoder(machine.address, username)
        self.__dict__.update(things)
        self.browser.sign_in()

    def form(self, path: str) -> dict:
        """Return what a browser would send of the page at an address."""
        status, page = self.browser.ask(path)
        if status != 200:
            raise Refused(status, page)
        return {name: values for name, values in sent_untouched(page).items() if name != "csrfmiddlewaretoken"}


class Uploader(Browsing):
    """Gives a transcript, looks at it and confirms it."""

    pause = 1.0

    def act(self, one):
        status, page = self.browser.give_file(
            GIVE,
            f"talk-{one}.txt",
            f"I: What came in talk {one}?\nP9: Upload{one} came.",
            study=self.study,
            encoding="",
        )
        if status != 302:
            raise Refused(status, page)
        path = f"{GIVE}waiting/"
        if self.browser.ask(path)[0] == 302:  # a withdrawal has taken it away
            raise Refused(CONFLICT)
        sent = self.form(path)
        self.browser.send(path, **{name: values for name, values in sent.items() if name != "throw"})
        return f"talk-{one}"


class Editor(Browsing):
    """Renames a CMOC, and puts it to reviewers."""

    pause = 1.5

    def act(self, one):
        path = f"{CMOCS}/{self.cmoc}/rename/"
        self.browser.send(path, **{**self.form(path), "title": f"Title {one}", "reason": f"Renamed {one}"})
        self.browser.ask(f"{CMOCS}/{self.cmoc}/review/", {"csrfmiddlewaretoken": self.browser.token, "ask": "yes"})
        return f"Renamed {one}"


class Reviewer(Browsing):
    """Reads the wording of a CMOC, and says what is to be said of it."""

    pause = 0.7

    def act(self, one):
        path = f"{CMOCS}/{self.cmoc}/review/"
        shown = self.form(path)
        if "read" not in shown:  # there is nothing to say again of what it says now
            raise Refused(CONFLICT)
        sent = {"read": shown["read"], "verdict": "disagree", "comment": f"Comment {one}"}
        self.browser.send(path, **sent)
        return f"Comment {one}"


class Merger(Browsing):
    """Merges two CMOCs, and takes it back."""

    pause = 1.0

    def act(self, one):
        path = f"{CMOCS}/merge/?" + "&".join(f"cmoc={pk}" for pk in self.cmocs)
        sent = {**self.form(path), "title-1": f"Merged {one}", "reason": f"Merged {one}"}
        sent.pop("preview", None)
        self.browser.send(path, **sent)
        _, page = self.browser.ask(f"/admin/programmes/lineageevent/?q=Merged+{one}")
        event = max(map(int, EVENT.findall(page)))
        self.take_back(f"/admin/programmes/lineageevent/{event}/reverse/", f"Taken back {one}")
        return f"Merged {one}", f"Taken back {one}"

    def take_back(self, path, reason):
        """Take a decision back, however often others are faster."""
        while True:
            try:
                self.browser.send(path, **{**self.form(path), "reason": reason})
            except Refused as error:
                if error.args[0] not in {BUSY, CONFLICT} or self.over.is_set():
                    raise
                time.sleep(0.2)
            else:
                return


class Eraser(Browsing):
    """Withdraws one participant after the other, and erases a name of each source that stays."""

    pause = 12.0

    def act(self, one):
        person, source, name = one
        self.browser.send(
            "/admin/programmes/participant/", action="withdraw", _selected_action=person, reason="They asked by letter."
        )
        self.browser.send(
            f"/admin/programmes/source/{source}/erase/", passage=name, everywhere="on", erase="yes", reason="A name"
        )
        return one


class Reader(Busy):
    """Reads pages and lists, one after the other; nothing of what is answered is kept."""

    pause = 0.15

    def __init__(self, over: threading.Event, machine: Machine, paths, username: str = "") -> None:
        super().__init__(over)
        self.browser, self.acts = WebCoder(machine.address, username), itertools.cycle(paths)
        if username:
            self.browser.sign_in()

    def act(self, one):
        status, page = self.browser.ask(one)
        assert status in {200, 429, BUSY}, (status, one, page[:2000])
        return one


class Guesser(Busy):
    """Tries passwords of accounts that there are, and of others."""

    pause = 0.5

    def __init__(self, over: threading.Event, machine: Machine, names) -> None:
        super().__init__(over)
        self.machine, self.acts = machine, itertools.cycle(names)

    def act(self, one):
        guesser = WebCoder(self.machine.address, one)
        self.browser = guesser
        guesser.ask("/admin/login/")
        sent = {"csrfmiddlewaretoken": guesser.token, "username": one, "password": "not this one"}
        status, _ = guesser.ask("/admin/login/?next=/admin/", sent)
        assert status in {200, 429, BUSY}, status
        return status


class Command(Busy):
    """Runs a command of the site again and again, as an operator would."""

    def __init__(self, over: threading.Event, machine: Machine, folder: Path) -> None:
        super().__init__(over)
        self.machine, self.folder = machine, folder

    def command(self, *words):
        """Run a command, and return what it said; raises AssertionError where it fails."""
        return self.machine.manage(*words)


class Loader(Command):
    """Loads a package of a study that is never the same."""

    pause = 2.0

    def act(self, one):
        document = package_of(300)
        document["study"]["title"] = f"Load {one}"
        for row in document["quotes"][: 50 * (one % 3)]:
            row["label_as_printed"] = f"[#{one}]"
        path = self.folder / "package.json"
        path.write_text(json.dumps(document), encoding="utf-8")
        self.command("load_package", path)
        return f"Load {one}"


class Keeper(Command):
    """Makes backups, and tidies up."""

    pause = 15.0

    def act(self, one):
        self.command("tidy")
        path = self.folder / f"{one}.backup"
        self.command("backup", path)
        return path
