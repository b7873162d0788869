"""What groups are in Rich Text: notes, text boxes, fields, drawings, and much that is no part of the text."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from programmes.transcripts.rich_text_marks import RichTextMarks
from programmes.transcripts.rich_text_states import FieldInText, NewerForm, Story, WordsApart, WordsMet
from programmes.transcripts.rich_text_words import PARTS_OF_NOTE

if TYPE_CHECKING:
    from collections.abc import Callable

# Groups that are no part of the text, with what they are called here and where they stand.
LEFT_OUT = {
    **dict.fromkeys(("header", "headerl", "headerr", "headerf"), ("headers", "header")),
    **dict.fromkeys(("footer", "footerl", "footerr", "footerf"), ("footers", "footer")),
    **dict.fromkeys(("fldinst", "xe", "tc", "tcn"), ("field codes", "")),
    "nonesttables": ("other words", ""),
}
# Groups in which nobody writes words for others to read.
WITHOUT_WORDS = frozenset(
    re.findall(
        r"\w+",
        """
        fonttbl falt panose fontemb fontfile fname colortbl expandedcolortbl stylesheet latentstyles generator info
        userprops docvar listtable listoverridetable listpicture pn pnseclvl pntxta pntxtb hyphen rsidtbl revtbl
        protusertbl filetbl template themedata colorschememapping datastore xmlnstbl xmlname xmlattrname pgptbl pgdsctbl
        defchp defpap oldcprops oldpprops oldtprops oldsprops gridtbl wgrffmtfilter fchars lchars passwordhash
        writereservhash mailmerge nextfile bkmkstart bkmkend bkmkpub mvfmf mvfml mvtof mvtol protstart protend
        atrfstart atrfend atnref atndate atntime atnicn atnparent datafield ffname ffformat ffentrymcr ffexitmcr
        pict blipuid bliptag svb objclass objname objalias objsect objtopic objitem objtime oleclsid
        mmathPr maccPr mbarPr mboxPr mborderBoxPr mdPr meqArrPr mfPr mfuncPr mgroupChrPr mlimLowPr mlimUppPr mmPr
        mnaryPr mphantPr mradPr msPrePr msSubPr msSubSupPr msSupPr moMathParaPr mctrlPr mrPr margPr
        """,
    )
)
# Groups that say that they may be passed over, and are shown all the same.
SHOWN = {"shpinst", "shpgrp", "do", "shppict", "picprop", "nesttableprops", "moMath", "moMathPara", "formfield"}
DRAWINGS = {  # properties of them that hold words
    "wzDescription": "descriptions of pictures",
    "gtextUNICODE": "words in drawings",
    **dict.fromkeys(("wzName", "gtextFont", "metroBlob"), ""),
}
TICKED, LISTED, NOBODY_CHOSE = 1, 2, 25  # two kinds of fields in forms, and no answer, as the format numbers them
BULLET = "o"  # as Word draws one
PARTS_OF_CHOICE = 5  # as many parts as it needs the memory of


class RichTextGroups(RichTextMarks):
    """Begins and ends what stands in groups of its own."""

    # What is no part of the text.

    def without_words(self, name: str) -> None:
        """Tell nothing of the present group."""
        self.state.lists = name
        self.keep_apart(WordsApart("", self.state.sink.place))

    def other_file(self) -> None:
        """Tell that another file is within this one."""
        self.tell_here("files in the document")
        self.without_words("objdata")

    def number_of_point(self) -> None:
        """Tell the number before a point of a list, but no bullet."""
        self.leave_out("numbers of lists", end=self.end_number)

    def end_number(self, apart: WordsApart) -> None:
        """Tell what stands before a point of a list, if it is a number."""
        number = str(apart)
        bullet = number == BULLET or (self.font_in_use().is_of_symbols and len(number) == 1)
        if not bullet and any(map(str.isalnum, number)):
            self.tell(apart)

    def author(self) -> None:
        """Keep the name of a comment's author for the comment."""
        self.count_parts()
        self.leave_out("", end=lambda apart: self.authors.append(str(apart)))

    def comment(self) -> None:
        """Tell a comment, with its author."""
        self.leave_out("comments", end=self.end_comment)

    def end_comment(self, apart: WordsApart) -> None:
        """Tell the words of a comment after its author."""
        self.tell(WordsApart(apart.kind, apart.place, WordsMet([" ".join([*self.authors, str(apart)])])))
        self.authors.clear()

    def property_name(self) -> None:
        """Keep the name of a property of a drawing."""
        self.keep_apart(WordsApart("", self.state.sink.place), lambda apart: setattr(self, "property", str(apart)))

    def property_value(self) -> None:
        """Tell a property of a drawing that holds words."""
        self.keep_apart(WordsApart("", self.state.sink.place), self.end_property)

    def end_property(self, apart: WordsApart) -> None:
        """Tell a property of a drawing, unless it is a number."""
        apart.kind = DRAWINGS.get(self.property, "other words" * any(map(str.isalpha, str(apart))))
        self.property = ""
        self.tell(apart)

    # What is written in two forms.

    def shape(self) -> None:
        """Begin a drawing, whose text boxes may follow in an older form too."""
        self.state.copies = self.state.copies or NewerForm()

    def older_form(self) -> None:
        """Keep the older form of a drawing apart, which is told if its words differ."""
        self.leave_out("other words", end=partial(self.end_older_form, self.state.copies or NewerForm()))

    def in_two_forms(self) -> None:
        """Begin words that stand here for older programs, and in Unicode in a group within."""
        if self.is_text and isinstance(self.state.sink, Story):
            self.state.story, self.state.copies = self.state.sink, NewerForm()
            self.older_form()

    def in_unicode(self) -> None:
        """Begin the words in Unicode, which are the text."""
        self.state.sink = self.state.story or self.state.sink

    def end_older_form(self, newer: NewerForm, apart: WordsApart) -> None:
        """Tell the words of an older form, unless they are those of the newer one."""
        if not newer.is_like("".join(apart.words)):
            self.tell(apart)

    # Notes, text boxes and fields.

    def begin_story(self, story: Story, host: Story | None = None) -> None:
        """Begin what is read for itself; its lines belong to the present paragraph of the host, if there is one."""
        self.state.sink, self.state.in_table, self.state.tables = story, 0, 0
        self.state.ends.append(partial(self.end_story, story, host))

    def end_story(self, story: Story, host: Story | None) -> None:
        """End the last paragraph of what is read for itself."""
        self.end_apart()
        if story.words:
            self.paragraph(None)
        if host:
            host.boxes += story.all_lines()

    def note(self) -> None:
        """Begin a note, whose mark stands here and whose words stand at the end."""
        if self.is_text:
            note = Story(f"note {len(self.notes) + 1}")
            self.count_parts(PARTS_OF_NOTE)
            self.notes.append(note)
            self.put(f"[{note.name}]")
            self.begin_story(note)
        else:
            self.leave_out(self.state.kind)

    def text_box(self) -> None:
        """Begin a text box, whose lines follow the present paragraph."""
        host = self.state.sink
        if self.is_text and isinstance(host, Story):
            self.begin_story(Story(host.place), host)
        else:
            self.leave_out(self.state.kind)

    def begin_field(self) -> None:
        """Begin a field."""
        self.state.form = FieldInText()
        self.state.ends.append(partial(self.end_field, self.state.form))

    def end_field(self, form: FieldInText) -> None:
        """Put the answer of a field into the text, unless words stand there; tell the choices that are not in it."""
        chosen = form.numbers.get("ffres", NOBODY_CHOSE)
        chosen = form.numbers.get("ffdefres", 0) if chosen == NOBODY_CHOSE else chosen
        kind, shown = form.numbers.get("fftype"), "".join(form.words)
        answer = ("☒" if chosen else "☐") * (kind == TICKED)
        for at, entry in enumerate(form.entries):
            if kind == LISTED and at == chosen and (not shown.strip() or str(entry) in shown):
                answer = str(entry)
            else:
                self.tell(entry)
        if answer and not shown.strip():
            self.put(answer)

    def choice(self) -> None:
        """Keep one of the entries that a field of a form offers."""
        entry = WordsApart("choices that were not chosen", self.state.sink.place)
        form = self.state.form
        self.count_parts(PARTS_OF_CHOICE)
        self.keep_apart(entry, form.entries.append if form else self.tell)


# What is done with a group, by its first word.
GROUPS: dict[str, Callable[[RichTextGroups], None]] = {
    **dict.fromkeys(SHOWN, lambda _: None),
    **{name: partial(RichTextGroups.without_words, name=name) for name in WITHOUT_WORDS},
    **{name: partial(RichTextGroups.leave_out, kind=kind, place=place) for name, (kind, place) in LEFT_OUT.items()},
    **dict.fromkeys(("listtext", "pntext"), RichTextGroups.number_of_point),
    **dict.fromkeys(("atnid", "atnauthor"), RichTextGroups.author),
    **dict.fromkeys(("shptxt", "dptxbxtext"), RichTextGroups.text_box),
    "annotation": RichTextGroups.comment,
    "footnote": RichTextGroups.note,
    "objdata": RichTextGroups.other_file,
    "sn": RichTextGroups.property_name,
    "sv": RichTextGroups.property_value,
    "shp": RichTextGroups.shape,
    "shprslt": RichTextGroups.older_form,
    "upr": RichTextGroups.in_two_forms,
    "ud": RichTextGroups.in_unicode,
    "field": RichTextGroups.begin_field,
    "ffl": RichTextGroups.choice,
}
