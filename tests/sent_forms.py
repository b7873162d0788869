"""What a browser sends when somebody opens a form and saves it untouched, as the HTML standard has it."""

from __future__ import annotations

import re
from html.parser import HTMLParser

LINE_ENDS = re.compile("\r\n|\r|\n")
NOT_SENT = {"submit", "button", "image", "reset", "file"}


class SentForm(HTMLParser):
    """The fields of one form of a page, by its id or, without one, of the last form that has fields."""

    def __init__(self, page: str, form: str = "") -> None:
        super().__init__()
        self.form, self.inside = form, not form
        self.sent: dict[str, list[str]] = {}
        self.area = ""  # the text area that is open
        self.words: list[str] = []
        self.select: dict[str, str | None] | None = None
        self.options: list[tuple[str, bool]] = []
        self.feed(LINE_ENDS.sub("\n", page))  # what a parser does before it looks at anything

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "form":
            self.inside = not self.form or given.get("id") == self.form
        if not self.inside or "disabled" in given:
            return
        name, kind = given.get("name") or "", given.get("type", "text")
        if tag == "input" and name and kind not in NOT_SENT:
            if kind not in {"checkbox", "radio"}:
                shown = given.get("value") or ""
                self.send(name, shown if kind == "hidden" else LINE_ENDS.sub("", shown))
            elif "checked" in given:
                self.send(name, given.get("value") or "on")
        elif tag == "textarea":
            self.area, self.words = name, []
        elif tag == "select":
            self.select, self.options = given, []
        elif tag == "option" and self.select is not None:
            self.options.append((given.get("value") or "", "selected" in given))

    def handle_data(self, data):
        if self.area:
            self.words.append(data)

    def handle_endtag(self, tag):
        if tag == "form":
            self.inside = False
        elif tag == "textarea" and self.area:
            self.send(self.area, "".join(self.words).removeprefix("\n"))  # a first line that is empty is never shown
            self.area = ""
        elif tag == "select" and self.select is not None:
            chosen = [value for value, selected in self.options if selected]
            if not chosen and "multiple" not in self.select and self.options:
                chosen = [self.options[0][0]]
            for value in chosen:
                self.send(self.select.get("name") or "", value)
            self.select = None

    def send(self, name: str, value: str) -> None:
        self.sent.setdefault(name, []).append(LINE_ENDS.sub("\r\n", value))


def sent_untouched(page: str, form: str = "") -> dict[str, list[str]]:
    """Return what a browser sends of a form that nobody touched."""
    return SentForm(page, form).sent
