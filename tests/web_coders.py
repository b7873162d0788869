"""Coders who sign in to a site that is served and code one word after another, whatever happens to the site."""

from __future__ import annotations

import contextlib
import http.client
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections import Counter
from http.cookiejar import CookieJar

PASSWORD = "a long password of the drill"
BROKEN = (urllib.error.URLError, http.client.HTTPException, ConnectionError, TimeoutError)
BUSY = 503  # while something is down
SECONDS = 60  # that an answer may take


class Refused(Exception):  # noqa: N818  an answer, and no fault
    """The site answers something else than a redirect: its status and its page."""


class StayHere(urllib.request.HTTPRedirectHandler):
    """A redirect is the answer: what was sent is kept."""

    def redirect_request(self, *_):
        return None


class WebCoder:
    """Somebody with a browser."""

    def __init__(self, address: str, username: str) -> None:
        self.address, self.username = address, username
        self.cookies = CookieJar()
        self.browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies), StayHere)
        self.answers: Counter[tuple[int, bool]] = Counter()  # by status, and whether it says when to ask again

    def ask(self, path: str, sent: dict | None = None) -> tuple[int, str]:
        body = urllib.parse.urlencode(sent, doseq=True).encode() if sent is not None else None
        return self.answer_to(urllib.request.Request(self.address + path, body))  # noqa: S310  our own server

    def give_file(self, path: str, name: str, content: str, **sent: object) -> tuple[int, str]:
        """Send a form with a file."""
        seam = uuid.uuid4().hex
        parts = [
            f'name="{field}"\r\n\r\n{value}' for field, value in {"csrfmiddlewaretoken": self.token, **sent}.items()
        ]
        parts.append(f'name="file"; filename="{name}"\r\nContent-Type: text/plain\r\n\r\n{content}')
        body = "".join(f"--{seam}\r\nContent-Disposition: form-data; {part}\r\n" for part in parts) + f"--{seam}--\r\n"
        headers = {"Content-Type": f"multipart/form-data; boundary={seam}"}
        return self.answer_to(urllib.request.Request(self.address + path, body.encode(), headers))  # noqa: S310  our own

    def answer_to(self, request: urllib.request.Request) -> tuple[int, str]:
        """Return the status of an answer and what it says: its page, or where it leads."""
        try:
            with self.browser.open(request, timeout=SECONDS) as answer:
                status, headers, said = answer.status, answer.headers, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                status, headers, said = error.code, error.headers, error.read().decode()
        self.answers[status, "Retry-After" in headers] += 1
        return status, headers.get("Location") or said

    @property
    def token(self) -> str:
        """Return what every form of this browser has; without one it must open a page first."""
        return next((cookie.value or "" for cookie in self.cookies if cookie.name == "csrftoken"), "")

    def send(self, path: str, **sent: object) -> str:
        """Send a form, and return where its answer leads. Raises Refused unless it is answered as kept."""
        status, page = self.ask(path, {"csrfmiddlewaretoken": self.token, **sent})
        if status != 302:
            raise Refused(status, page)
        return page

    def sign_in(self) -> None:
        self.ask("/admin/login/")
        self.send("/admin/login/?next=/admin/", username=self.username, password=PASSWORD)

    def code(self, source: int, cmoc: int, word: str, start: int) -> None:
        self.send(
            f"/admin/programmes/source/{source}/code/",
            passage=word,
            start=start,
            end=start + len(word),
            role="supports",
            cmocs=cmoc,
            slot="context",
            memo_kind="theory",
            memo=f"On {word}",
        )


class Coding(threading.Thread):
    """A coder at work on a source, from one of its words to its last, until told to stop."""

    def __init__(self, coder: WebCoder, source: int, cmoc: int, words: list[str], first: int) -> None:
        super().__init__(daemon=True)
        self.first = first  # words before it are coded already
        self.coder, self.source, self.cmoc, self.words = coder, source, cmoc, words
        self.kept: list[str] = []  # words of which the site said that they are coded
        self.unsure: list[str] = []  # the connection broke before there was an answer
        self.refused: dict[object, int] = {}  # by status
        self.over = threading.Event()
        self.fault: BaseException | None = None

    def run(self) -> None:
        try:
            self.until_done(self.coder.sign_in)
            place = 0
            for number, word in enumerate(self.words):
                if self.over.is_set():
                    return
                if number >= self.first:
                    self.try_word(word, place)
                place += len(word) + 1
        except BaseException as error:  # noqa: BLE001  told by whoever started the thread
            self.fault = error

    def until_done(self, act) -> None:
        """Do something again until the site is there."""
        while not self.over.is_set():
            with contextlib.suppress(Refused, *BROKEN):
                act()
                return
            time.sleep(0.1)

    def try_word(self, word: str, place: int) -> None:
        try:
            self.coder.code(self.source, self.cmoc, word, place)
        except Refused as error:
            status = error.args[0]
            if status != BUSY:
                raise
            self.refused[status] = self.refused.get(status, 0) + 1
            time.sleep(0.1)
        except BROKEN:
            self.unsure.append(word)
            time.sleep(0.1)
        else:
            self.kept.append(word)
