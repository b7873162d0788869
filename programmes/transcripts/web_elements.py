"""What the elements of a web page are to a browser: lines, words, or something that it does not show as words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lxml import etree
from lxml.html import defs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element as Element

BLOCKS = {
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "dir", "div",
    "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "head",
    "header", "hgroup", "hr", "html", "legend", "li", "listing", "main", "marquee", "menu", "nav", "ol", "optgroup",
    "p", "plaintext", "pre", "search", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
    "xmp",
}  # fmt: skip
SPACES_KEPT = {"pre", "listing", "plaintext", "xmp", "textarea"}
# What a browser does not show, or not as words of the page.
NOT_SHOWN = {
    "script": "programs",
    "noscript": "programs",
    "style": "style sheets",
    "template": "templates",
    "title": "titles",
    "del": "deleted words",
    "rt": "readings above characters",
    "rp": "readings above characters",
    "svg": "words in drawings",
    "datalist": "choices that were not chosen",
    "annotation": "other words",  # a formula in another notation
    "annotation-xml": "other words",
    "xml": "other words",  # properties of the document, as Word writes them
    **dict.fromkeys(("iframe", "frame", "frameset", "noframes"), "frames"),
    **dict.fromkeys(("object", "applet", "audio", "video", "canvas", "noembed"), "files in the document"),
}
FILES = {"iframe", "frame", "object", "applet", "audio", "video", "embed", "source", "track"}
ADDRESSES = {"src", "data", "code"}
DESCRIPTIONS = {
    **dict.fromkeys(
        ("title", "aria-label", "aria-description", "aria-roledescription", "aria-valuetext", "aria-placeholder",
         "placeholder", "summary", "label", "abbr", "standby", "prompt"),
        "descriptions",
    ),
    "alt": "descriptions of pictures",
    "srcdoc": "frames",
}  # fmt: skip
# What Word names by its style, and LibreOffice by its title.
PARTS_OF_DOCUMENTS = {"comment": "comments", "comment-list": "comments", "header": "headers", "footer": "footers"}
COMMENTS_OF_WORD = {"msocomtxt", "msocomanchor"}  # classes of comments, and of the marks that refer to them
COMMENT_OF_GOOGLE = "#cmnt"  # begins the address of a mark that refers to a comment, and "#cmnt_ref" that back to it
KNOWN = defs.tags | {
    "bgsound", "data", "dialog", "frame", "image", "listing", "main", "menuitem", "nobr", "noembed", "noframes",
    "picture", "plaintext", "rb", "rtc", "search", "slot", "template", "xml", "xmp",
    # Of formulae:
    "math", "mfenced", "mfrac", "mi", "mmultiscripts", "mn", "mo", "mover", "mpadded", "mphantom", "mroot", "mrow",
    "ms", "mspace", "msqrt", "mstyle", "msub", "msubsup", "msup", "mtable", "mtd", "mtext", "mtr", "munder",
    "munderover", "semantics",
}  # fmt: skip
HIDING = re.compile(
    r"(?<![\w-])(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all)", re.IGNORECASE
)
BLOCK_STYLE = re.compile(
    r"(?<![\w-])(?:display\s*:\s*(?:block|flex|grid|list-item|table)|position\s*:\s*(?:absolute|fixed))\b",
    re.IGNORECASE,
)
KEEPING_SPACES = re.compile(r"(?<![\w-])white-space\s*:\s*(?P<kept>pre|break-spaces)?", re.IGNORECASE)
UNNUMBERED = re.compile(r"(?<![\w-])list-style(?:-type)?\s*:[^;]{0,80}\b(?:none|disc|circle|square)\b", re.IGNORECASE)
PART_OF_WORD = re.compile(r"(?<![\w-])mso-element\s*:\s*([\w-]+)", re.IGNORECASE)
# Comments that are marks of Word and of XML: "[if !supportLists]", "[endif]", "?xml version='1.0'?".
MARKS_OF_FORM = re.compile(r"(?:<!)?\[(?:if\b[^\]]*|endif)\](?:><!)?-*|\?xml\b.*", re.IGNORECASE | re.DOTALL)
FOREIGN = {"words in drawings", "other words"}  # kinds of what is no HTML
COLUMNS = {"td", "th"}
LISTS = {"ol", "ul", "menu", "dir"}


def words_inside(element: Element) -> Iterator[str]:
    """Yield the words of an element and of all in it, those of comments too, each with one space between words."""
    for event, part in etree.iterwalk(element, events=("start", "end", "comment", "pi")):
        tail = (part.tail or "") if event != "start" and part is not element else ""
        for words in ((part.text or "") if event != "end" else "", tail):
            if words.strip():
                yield " ".join(words.split())


def kind_not_shown(element: Element) -> str:
    """Return what kind of words an element has that a browser does not show; nothing if it shows them."""
    tag, style = str(element.tag), element.get("style", "")
    if tag in NOT_SHOWN:
        return NOT_SHOWN[tag]
    closed = tag == "dialog" and "open" not in element.attrib
    hidden_field = tag == "input" and element.get("type", "").lower() == "hidden"
    if "hidden" in element.attrib or HIDING.search(style) or closed or hidden_field:
        return "hidden words"
    of_style = PART_OF_WORD.search(style)
    part = of_style[1].lower() if of_style else element.get("title", "") if tag == "div" else ""
    if part in PARTS_OF_DOCUMENTS:
        return PARTS_OF_DOCUMENTS[part]
    of_word = COMMENTS_OF_WORD & set(element.get("class", "").lower().split())
    return "comments" if of_word or is_comment_of_google(element) else ""


def is_comment_of_google(element: Element) -> bool:
    """Return whether an element is a comment as Google Docs writes it, or the mark of one."""
    if element.tag == "a":
        return str(element.get("href", "")).startswith(COMMENT_OF_GOOGLE)
    inner = element
    for outer in ("div", "p"):  # at the end of the page, a box with a paragraph that begins with the mark
        if inner.tag == outer and len(inner):
            inner = inner[0]
    return inner.tag == "a" and str(inner.get("href", "")).startswith(f"{COMMENT_OF_GOOGLE}_ref")


def is_block(element: Element) -> bool:
    """Return whether an element stands in lines of its own."""
    return element.tag in BLOCKS or bool(BLOCK_STYLE.search(element.get("style", "")))
