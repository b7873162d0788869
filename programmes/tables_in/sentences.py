"""What the words of one printed sentence are: spans of it, by the marks that it has or by IF, THEN and BECAUSE.

The sentence itself is never changed. Between its spans stands the rest of it, letter for letter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from programmes.tables_in.heads import ACTOR, CONTEXT, MECHANISM, OUTCOME, REASONING, RESOURCE, slot_of_word

MARKS, SIGNS, IF_THEN, ARROWS, NONE = (
    "marks",
    "signs before",
    "if and then",
    "arrows",
    "no marks",
)  # how a sentence was read
LABEL = re.compile(
    r"\s*(?:\(?(?P<number>\d+(?:\.\d+)*[a-z]?)(?:[.):]+(?=\s)|(?<=\d)\)|:)\s*"
    r"|(?P<named>(?:(?:refined|revised|final|initial)\s+)?(?:CMOCs?|CMO|ICAMO|CIAMO|CIMO|SCMO|IPT|PT|Proposition|"
    r"Hypothesis|Configuration|Konfiguration|Configuraci[oó]n|Hypothese|Proposici[oó]n|Programme theory|Theory)"
    r"\s*(?:no\.?\s*|#\s*)?(?:\d+(?:[.\-]\d+)*\s?[a-z]?|[A-Z]\d*))\s*(?:[.:)–—-]+\s*|$|(?=\s(?:if|when|where|in)\b)))",
    re.IGNORECASE,
)
MARK = re.compile(r"[(\[]([^()\[\]]{1,60})[)\]]")
LETTER = re.compile(r"([CMOIAS])\s*[-–]?\s*\d*[a-z]?", re.IGNORECASE)
KIND = re.compile(r"(?:M|mechanism)?\s*\d*\s*[-–:;,/]?\s*(resource|reasoning|response)s?", re.IGNORECASE)
SIGN = re.compile(
    r"(?:^|(?<=[\s+=→➔➜⇒>;.,]))(?P<word>[CMO]|[A-Za-zÀ-ÿ]{6,14})\s?\d*\s*(?:\([CMOIAS]\d*\)(?=\s*:))?"
    r"\s*(?P<opens>[:(])\s*"
)
END_OF_SENTENCE = re.compile(r"[.!?][”\"’)]*\s+(?=[A-ZÀ-Þ“\"])")
EDGES = " \t\n,;:.–—-+=→➔➜⇒>"
ONE_LETTER = 1


@dataclass(frozen=True)
class SentenceSpan:
    """Words of a sentence that are a part of a configuration."""

    slot: str
    start: int
    end: int


@dataclass(frozen=True)
class SentenceReading:
    """A sentence with what its words are, how that is known, and what somebody must say of it."""

    text: str
    spans: tuple[SentenceSpan, ...] = ()
    how: str = NONE
    unsure: str = ""
    label: str = ""
    start: int = 0  # of what follows the label

    @property
    def pieces(self) -> list[tuple[str, str]]:
        """Return the sentence as its spans, with their slots, and what lies between them, without; none is left out.

        Who acts is named inside other words; such a span stands in them and not by itself.
        """
        found, at = [], 0
        for span in sorted(self.spans, key=lambda span: (span.start, -span.end)):
            if span.start >= at:
                found += [("", self.text[at : span.start]), (span.slot, self.text[span.start : span.end])]
                at = span.end
        return [piece for piece in [*found, ("", self.text[at:])] if piece[1]]


def label_before(text: str) -> tuple[str, int]:
    """Return the label with which a text begins, such as 1, 2a or CMOC 3, and where the rest begins."""
    found = LABEL.match(text)
    if found is None:
        return "", 0
    return " ".join((found["number"] or found["named"]).split()), found.end()


def read_sentence(text: str) -> SentenceReading:
    """Return a sentence with its spans: by marks after the words, by signs before them, by IF and THEN, or arrows."""
    label, start = label_before(text)
    for how, reader in (
        (SIGNS, spans_after_signs),
        (MARKS, spans_before_marks),
        (IF_THEN, spans_of_conditions),
        (ARROWS, spans_of_arrows),
    ):
        spans, unsure = reader(text, start)
        if spans:
            return SentenceReading(text, tuple(spans), how, unsure, label, start)
    return SentenceReading(text, (), NONE, "", label, start)


def trimmed_span(text: str, start: int, end: int) -> tuple[int, int]:
    """Return a span without blanks and marks at its ends; a quotation mark or a bracket stays."""
    while start < end and text[start] in EDGES:
        start += 1
    while end > start and text[end - 1] in EDGES:
        end -= 1
    return start, end


def slot_of_mark(words: str) -> str:
    """Return the slot that words in brackets name; nothing where they are a remark or a number of a list."""
    bare = words.strip()
    if found := KIND.fullmatch(bare):
        return RESOURCE if found[1].lower() == "resource" else REASONING
    if LETTER.fullmatch(bare):
        return slot_of_word(bare[0])
    first, sign = re.match(r"([^:;,–-]*)\s*([:;,–-]?)", bare).groups()  # type: ignore[union-attr]  # matches every text
    slot = slot_of_word(first)
    if not slot or (not sign and len(first.split()) > 2):  # noqa: PLR2004  # a word and its number
        return ""
    return slot


def marks_in(text: str) -> list[tuple[str, int, int]]:
    """Return the marks of a sentence, each with its slot and its place; brackets that are none are passed by.

    Small letters, such as (c), are marks only where others of them say so, for lists are numbered in that way too.
    """
    found = [(slot, one.start(), one.end(), one[1]) for one in MARK.finditer(text) if (slot := slot_of_mark(one[1]))]
    small = {words for _, _, _, words in found if len(words) == ONE_LETTER and words.islower()}
    if len(small & {"c", "m", "o"}) < 2 or re.search(r"\(b\)", text):  # noqa: PLR2004  # one alone may be of a list
        found = [mark for mark in found if mark[3] not in small]
    return [(slot, start, end) for slot, start, end, _ in found]


def spans_before_marks(text: str, begin: int) -> tuple[list[SentenceSpan], str]:
    """Return what stands before each mark: from the mark before it on, for who acts inside other words."""
    spans, unsure, at, any_mark = [], "", begin, begin
    for slot, start, end in marks_in(text):
        since = any_mark if slot == ACTOR else at
        ends = [found.end() for found in END_OF_SENTENCE.finditer(text, since, start)]
        if ends and slot != ACTOR:
            unsure = "a mark stands after several sentences; the last of them was read"
        first, last = trimmed_span(text, ends[-1] if ends else since, start)
        if first < last:
            spans.append(SentenceSpan(slot, first, last))
        any_mark = end
        at = at if slot == ACTOR else end
    return spans, unsure


def closing_bracket(text: str, opened: int) -> int:
    """Return where the bracket that opens at a place closes, or the end of the text."""
    depth = 0
    for at in range(opened, len(text)):
        depth += (text[at] == "(") - (text[at] == ")")
        if not depth:
            return at
    return len(text)


def spans_after_signs(text: str, begin: int) -> tuple[list[SentenceSpan], str]:
    """Return what stands after each sign such as “C:”, “Mechanism:” or “O (…)”, where two slots have one."""
    signs: list[tuple[str, re.Match[str], int]] = []
    at = begin
    while found := SIGN.search(text, at):
        slot = slot_of_word(found["word"])
        closes = closing_bracket(text, found.start("opens")) if found["opens"] == "(" else -1
        if slot and not (closes >= 0 and slot_of_mark(text[found.end("opens") : closes])):
            signs.append((slot, found, closes))
            at = max(found.end(), closes)
        else:
            at = found.end("word")
    if len({slot for slot, _, _ in signs}) < 2:  # noqa: PLR2004  # one word before a colon is no configuration
        return [], ""
    spans = []
    for number, (slot, sign, closes) in enumerate(signs):
        following = signs[number + 1][1].start() if number + 1 < len(signs) else len(text)
        first, last = trimmed_span(text, sign.end(), closes if closes >= 0 else following)
        if first < last:
            spans.append(SentenceSpan(slot, first, last))
    return spans, ""


ARROW = re.compile(r"\s*(?:→|➔|➜|⇒|->|=>)\s*")


def spans_of_arrows(text: str, begin: int) -> tuple[list[SentenceSpan], str]:
    """Return three parts between arrows as context, mechanism and outcome; who wrote them may mean something else."""
    arrows = [*ARROW.finditer(text, begin)]
    if len(arrows) != 2 or "\n" in text.strip():  # noqa: PLR2004  # between three parts
        return [], ""
    places = [(begin, arrows[0].start()), (arrows[0].end(), arrows[1].start()), (arrows[1].end(), len(text))]
    named = zip((CONTEXT, MECHANISM, OUTCOME), places, strict=True)
    spans = [SentenceSpan(slot, *trimmed_span(text, *place)) for slot, place in named]
    if any(span.start >= span.end for span in spans):
        return [], ""
    return spans, "three parts between arrows were read as context, mechanism and outcome"


IF_WORDS = "if|when|where|wherever|whenever|wenn|falls|si|cuando|quando|se|quand|lorsque|lorsqu['’]|in contexts where"
THEN_WORDS = "then|dann|entonces|alors|então"
BECAUSE_WORDS = "because|weil|porque|parce que|parce qu['’]"
CONDITION = re.compile(rf"(?:{IF_WORDS})\b\s*:?\s*", re.IGNORECASE)
THEN = re.compile(rf"[,;:\s]*\b(?:{THEN_WORDS})\b[,:]?\s*", re.IGNORECASE)
BECAUSE = re.compile(rf"[,;\s]*(?<!\w)\(?(?:{BECAUSE_WORDS})\b[,:]?\s*", re.IGNORECASE)


def spans_of_conditions(text: str, begin: int) -> tuple[list[SentenceSpan], str]:
    """Return IF as context, THEN as outcome and BECAUSE as mechanism; without THEN, IF ends at the comma."""
    condition = CONDITION.match(text, begin)
    if condition is None:
        return [], ""
    ends = END_OF_SENTENCE.search(text, condition.end())
    stop = ends.start() if ends else len(text)
    because = BECAUSE.search(text, condition.end(), stop)
    then = THEN.search(text, condition.end(), stop)
    if then is None:
        return split_at_comma(text, condition.end(), because, stop)
    context, outcome = (condition.end(), then.start()), (then.end(), stop)
    mechanism = None
    if because is not None and because.start() >= then.end():
        outcome, mechanism = (then.end(), because.start()), (because.end(), stop)
    elif because is not None:
        context, mechanism = (condition.end(), because.start()), (because.end(), then.start())
    unsure = "BECAUSE stands before THEN" if because is not None and because.start() < then.start() else ""
    return spans_at(text, context, outcome, mechanism), unsure


def split_at_comma(text: str, start: int, because: re.Match[str] | None, stop: int) -> tuple[list[SentenceSpan], str]:
    """Return the spans of a condition that has no THEN: it ends at its comma, and where it has several, who knows."""
    reach = because.start() if because is not None else stop
    commas = [found.start() for found in re.finditer(r",\s", text[start:reach])]
    if not commas:
        return [], ""
    comma = start + commas[0]
    mechanism = (because.end(), stop) if because is not None else None
    unsure = "several commas could end the condition; it was read up to the first" if len(commas) > 1 else ""
    return spans_at(text, (start, comma), (comma, reach), mechanism), unsure


def spans_at(
    text: str, context: tuple[int, int], outcome: tuple[int, int], mechanism: tuple[int, int] | None
) -> list[SentenceSpan]:
    """Return the spans of a condition, in the order of the sentence, without those that hold nothing."""
    named = [(CONTEXT, context), (OUTCOME, outcome), *([(MECHANISM, mechanism)] if mechanism else [])]
    found = [SentenceSpan(slot, *trimmed_span(text, *place)) for slot, place in named]
    return sorted((span for span in found if span.start < span.end), key=lambda span: span.start)
