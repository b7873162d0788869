r"""Reading Rich Text (.rtf): each of its words becomes part of the text, or is told as left out of it.

A file is words among marks such as `\par`, and groups in braces: what holds in a group holds in those within it. This
reads it mark by mark and keeps what holds in each group that is open. Tracked changes are read as if they had been
accepted. The words of a group that is not known here, and that says that it may be passed over, are told.
"""

from __future__ import annotations

import re
from functools import partial

from programmes.transcripts.reading import TranscriptReading
from programmes.transcripts.rich_text_groups import GROUPS, RichTextGroups
from programmes.transcripts.rich_text_marks import CONTROLS
from programmes.transcripts.rich_text_states import RichTextError, Story, WordsApart, WordsMet, with_whole_letters
from programmes.transcripts.rich_text_words import LETTERS

MOST_GROUPS = 10_000  # one within another
START = re.compile(rb"(?:\xef\xbb\xbf)?[\s\0]*\{\s*(?=\\rtf)")
MARK = re.compile(
    rb"\\(?:([A-Za-z]+)(-?\d{1,10})?\d*[ ]?|'([0-9A-Fa-f]{2})|(.?))|((?:\{\}){1,1000}|[{}])|[^\\{}]+", re.DOTALL
)


def read_rich_text(content: bytes) -> TranscriptReading:
    """Return the text of a file in Rich Text, and what of it is left out. Raises RichTextError."""
    begun = START.match(content)
    if not begun:
        raise RichTextError(r"is no Rich Text, which begins with {\rtf; save it anew, or as plain text (.txt)")
    reader = RichTextReader()
    text = reader.read(content, begun.end())
    return TranscriptReading(text, tuple(reader.left_out))


class RichTextReader(RichTextGroups):
    """Reads a file once, from its beginning to its end."""

    def read(self, content: bytes, at: int) -> str:
        """Return the text: paragraphs, tables and text boxes in order, and the notes at the end."""
        document = Story()
        self.open_group()
        self.own_state()
        self.begin_story(document)
        while mark := MARK.match(content, at):
            at = mark.end()
            word, number, code, sign, brace = mark.groups()
            if word == b"bin":
                at += self.binary(int(number or 0))
            elif word:
                self.control(word.decode(), None if number is None else int(number))
            elif code:
                self.write_bytes(bytes.fromhex(code.decode()))
            elif brace:
                self.braces(brace)
            elif sign is None:
                self.write_bytes(mark[0].translate(None, b"\r\n\0"), in_letters=True)
            else:
                self.sign(sign)
        self.flush()
        if self.around:  # in a file that was cut off
            self.tell_here("groups that have no end")
        while self.around:
            self.close_group()
        self.end_apart()
        self.tell(self.after)
        self.tell(WordsApart("comments", "document", WordsMet([" ".join(self.authors)])))
        lines = document.all_lines()
        for number, note in enumerate(self.notes, 1):
            lines.append(f"[note {number}] " + "\n".join(note.all_lines()).strip())
        return with_whole_letters("\n".join(lines))

    # What stands between the words.

    def braces(self, braces: bytes) -> None:
        """Begin a group or end one, or do both for groups without words, which are all alike."""
        if braces.startswith(b"{"):
            self.open_group()
        if braces.endswith(b"}"):
            self.close_group()

    def open_group(self) -> None:
        """Let all that holds around a group hold in it."""
        self.flush()
        self.stand_ins, self.may_pass_over = 0, False
        if len(self.around) == MOST_GROUPS:
            raise RichTextError(f"has more than {MOST_GROUPS:,} groups one in another, as no program writes them")
        self.around.append(self.state)
        if self.state.lists == "stylesheet":
            self.listed_style = 0

    def close_group(self) -> None:
        """End a group; a brace too many ends none."""
        self.flush()
        self.stand_ins, self.may_pass_over = 0, False
        if self.around:
            if self.state is not self.around[-1]:
                for end in self.state.ends:
                    end()
            self.state = self.around.pop()

    def own_state(self) -> None:
        """Let what holds in a group be its own, before any of it changes; in most groups nothing does."""
        if self.around and self.state is self.around[-1]:
            self.state = self.state.within()

    def control(self, name: str, number: int | None) -> None:
        """Do what a word after a backslash says; most of them say how words look."""
        may_pass_over, self.may_pass_over = self.may_pass_over, False
        if name in LETTERS:
            self.write(LETTERS[name])
            return
        self.stand_ins = 0
        if name in CONTROLS:
            self.flush()
            self.own_state()
            CONTROLS[name](self, number)
        elif name in GROUPS or may_pass_over:
            self.flush()
            if len(self.around) > 1:  # the document as a whole is a document
                self.own_state()
                GROUPS.get(name, partial(RichTextReader.leave_out, kind="other words"))(self)

    def sign(self, sign: bytes) -> None:
        """Do what a backslash before a letter says that is none of the alphabet."""
        if sign in {b"\r", b"\n"}:
            self.control("par", None)
        elif sign == b"*":
            self.may_pass_over = True
        elif (letter := sign.decode("latin-1")) in LETTERS:
            self.write(LETTERS[letter])
        else:
            self.write_bytes(sign)

    def binary(self, count: int) -> int:
        """Return how many bytes follow that are no marks; where they are no picture, they are a file."""
        self.flush()
        sink = self.state.sink
        if count > 0 and (isinstance(sink, Story) or sink.kind):
            self.tell_here("files in the document")
        return max(count, 0)
