"""Counting what a person does at a screen: mouse and keyboard, and nothing else.

An act is a click, a key chord, a selection of words, a file that is chosen, or one field that is typed with the Enter
or Tab that ends it. Pages that are loaded meanwhile are counted beside the acts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playwright.sync_api import Frame, Locator, Page


class Acts:
    """The acts of one person at one page of a browser; `number` and `loads` are what came together so far."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.number = 0
        self.loads = 0
        page.on("framenavigated", self.on_navigation)

    def on_navigation(self, frame: Frame) -> None:
        """Count a page that was loaded."""
        self.loads += frame == self.page.main_frame

    def click(self, target: Locator | str) -> None:
        """Click where somebody would: in the middle of what is seen."""
        self.number += 1
        self.found(target).click()

    def press(self, keys: str) -> None:
        """Press a key, or several at once, such as Control+z; where the focus is says what it does."""
        self.number += 1
        self.page.keyboard.press(keys)

    def type(self, text: str, end: str = "Enter") -> None:
        """Type into what has the focus, and end it with a key; with no `end` it is ended by what comes next."""
        self.number += 1
        self.page.keyboard.type(text)
        if end:
            self.page.keyboard.press(end)

    def type_into(self, target: Locator | str, text: str, end: str = "Enter") -> None:
        """Click into a field and type; where it has the focus already, typing alone is one act."""
        field = self.found(target)
        if not field.evaluate("field => field === document.activeElement"):
            self.click(field)
        self.type(text, end)

    def choose_file(self, target: Locator | str, *files: str) -> None:
        """Press the button of a field for files and choose some in the window that opens: one act."""
        self.number += 1
        with self.page.expect_file_chooser() as chooser:
            self.found(target).click()
        chosen: Sequence[str] = files
        chooser.value.set_files(chosen)

    def select(self, words: str, within: Locator | str) -> None:
        """Drag the mouse over words of a text, from the left of the first letter to the right of the last one."""
        self.number += 1
        first, last = self.ends_of(words, self.found(within))
        self.page.mouse.move(*first)
        self.page.mouse.down()
        self.page.mouse.move(*last, steps=4)
        self.page.mouse.up()

    def found(self, target: Locator | str) -> Locator:
        """Return what is meant, if there is one."""
        return self.page.locator(target) if isinstance(target, str) else target

    @staticmethod
    def ends_of(words: str, within: Locator) -> tuple[tuple[float, float], tuple[float, float]]:
        """Return where on the screen words begin and end; that they are looked up is no act of anybody."""
        within.scroll_into_view_if_needed()
        places: list[list[float]] = within.evaluate(PLACES_OF_WORDS, words)
        if not places:
            message = f"The words are not there: {words}"
            raise LookupError(message)
        (left, top), (right, bottom) = places
        return (left, top), (right, bottom)


PLACES_OF_WORDS = """
(element, words) => {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  const nodes = [];
  let text = "";
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    nodes.push([text.length, node]);
    text += node.data;
  }
  const start = text.indexOf(words);
  if (start < 0) return [];
  const place = (offset, isEnd) => {
    const [begins, node] = nodes.findLast(([first, node]) => first <= offset && offset < first + node.data.length);
    const range = document.createRange();
    range.setStart(node, offset - begins);
    range.setEnd(node, offset - begins + 1);
    const box = [...range.getClientRects()].at(isEnd ? -1 : 0);
    return [isEnd ? box.right - 0.5 : box.left + 0.5, (box.top + box.bottom) / 2];
  };
  return [place(start, false), place(start + words.length - 1, true)];
}
"""
