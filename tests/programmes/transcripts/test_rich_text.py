"""Rich Text: every word of a file is in the text, or told as left out of it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programmes.transcripts import rich_text_states, rich_text_words
from programmes.transcripts.reading import TranscriptReading
from programmes.transcripts.rich_text import MOST_GROUPS, RichTextError, read_rich_text

FONTS = (
    r"{\fonttbl{\f0\froman\fcharset0{\*\panose 0202}Times New Roman;}{\f1\fnil\fcharset2 Wingdings{\*\falt Any};}"
    r"{\f2\fcharset204 Arial Cyr;}{\f3\fcharset128 MS Mincho;}{\f4\fcharset77 Geneva;}{\f5\fcharset238\cpg1253 Arial;}"
    r"{\f6\cpg950\fcharset134 Mingliu;}{\f7\fcharset1 Any;}{\f8\fcharset129 Batang;}{\f9\fcharset255 Terminal;}}"
)
ADVICE = "; save it anew, or as plain text (.txt)"


def read(body, start=r"\ansi\ansicpg1252\deff0", fonts=FONTS):
    """Return the text of a file, and what is told as (kind, place, words)."""
    file = body if isinstance(body, bytes) else body.encode("latin-1")
    reading = read_rich_text(b"{\\rtf1" + (start + fonts).encode() + b"\n" + file + b"}")
    return reading.text, [(told.kind, told.place, told.words) for told in reading.left_out]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (r"One.\par Two.\par", "One.\nTwo."),
        ("A\\\nB\\\r\n\\\nC\\\n", "A\nB\n\nC"),  # as TextEdit writes the ends of paragraphs
        ("on\r\ne\0 line", "one line"),
        (r"a\tab b\line c\page d\column e\~f\-g\_h" + "\\\ti", "a\tb\nc\nd\ne\u00a0f\u00adg\u2011h\ti"),
        (r"\lquote a\rquote \ldblquote b\rdblquote \emdash \endash \bullet \emspace ", "‘a’“b”—–•\u2003"),
        (r"\{a\\b\} \:\'zz", r"{a\b} :'zz"),
        (r"one\sect two\par\sect three", "one\ntwo\nthree"),
        (r"{\b one}{\i\revised\revauth1  two\caps  three}\shad0  four", "one two three four"),
        (r"a\u233?b\u-1234 ?c\u8217\'92d", "aéb\ufb2ec’d"),
        (r"\u-10179\'3f\u-8704\'3f \u128512?", "😀 😀"),
        (r"\uc0\u233e{\uc2\u20013\'92\'86}\u233e", "ée中ée"),
        (r"\u233\par a\u8220\ldblquote b\u233{c}\u233\\d", "é\na“béc\u00e9d"),
        (r"\u b", "b"),
        (r"{\v0 y}{\v\plain es}", "yes"),
        (r"\'e9\'80", "é€"),
        (r"{\f2 \'cf\'f0\'e8}{\f3 \'93\'fa\'96\'7b}", "При日本"),
        (b"{\\f3\\lang1041 \x93\\lang1033\xfa{\\'96\\lang1041\\'7b}}", "日本"),
        (r"{\f3 \'83A\'83\\\'83\{\'83\'7d}", "アソボマ"),  # the second byte of a letter may be one of ASCII
        (r"{\f4 \'8e\'d5}{\f5 \'e1}{\f6 \'a4\'a4}{\f7 \'e9}{\f8 \'b0\'a1}{\f9 \'82}{\f99 \'e9}", "é’α中é가éé"),
        (r"{\f1  }x", " x"),
        (r"{\field{\*\fldinst{}}{\fldrslt shown}}{\object{\result pasted}}", "shownpasted"),
        (r"{\upr{Caf?}{\*\ud{Caf\u233?}}}", "Café"),
        (r"{\*\bkmkstart a}b{\*\bkmkend a}{\pict\pngblip 0a0b{\*\blipuid 0c}}{\*\shppict{\pict\bin3 }}{}}c", "bc"),
        (r"{\mmath{\*\moMath{\mf{\mfPr{\mtype lin}}{\mnum{\mr x}}{\mden{\mr\mnor 2}}}}}", "x2"),
        (r"{\info{\title T}{\author A}}{\*\generator G;}{\*\rsidtbl\rsid1}{\stylesheet{\s0 Normal;}}x", "x"),
        (r"\pict 0a\header b\*\new c", "0abc"),  # outside of any group it would be the whole document
    ],
)
def test_what_is_shown_is_the_text(body, text):
    assert read(body) == (text, [])


@pytest.mark.parametrize(
    ("start", "body", "text"),
    [
        ("", rb"\'e9", "é"),
        (r"\mac", rb"\'8e", "é"),
        (r"\pc", rb"\'82", "é"),
        (r"\pca", rb"\'d5", "ı"),
        (r"\ansi\ansicpg0", rb"\'e9", "é"),
        (r"\ansi\ansicpg1251", rb"\'cf", "П"),
        (r"\ansi\ansicpg10000{\fonttbl{\f0\fcharset0 A;}}", rb"don\'d5t", "don’t"),
        (r"\ansi\ansicpg65001{\fonttbl\f0\fcharset0 A;\f1\fcharset204 B;}", "é {\\f1 \\'cf}“".encode(), "é П“"),
        (r"\ansi\ansicpg936", "中\\'d6\\'d0".encode("gbk"), "中中"),
        (r"\ansi\deff1{\fonttbl{\f0 A;}{\f1\fcharset204 B;}}", rb"\'cf{\f0 \'cf\plain \'cf}", "ПÏП"),
    ],
)
def test_letters_are_read_in_the_code_page_that_holds(start, body, text):
    assert read(body, start, fonts="") == (text, [])


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (b"", r"is no Rich Text, which begins with {\rtf" + ADVICE),
        (b"Hello {\\rtf1}", r"is no Rich Text, which begins with {\rtf" + ADVICE),
        (
            rb"{\rtf1 a\par b\'81}",
            f"has the byte 81 in paragraph 2, which is no letter in its code page (1252){ADVICE}",
        ),
        (
            rb"{\rtf1\ansicpg932 {\footnote \'93}\'fa}",
            f"has the byte 93 in note 1, which is no letter in its code page (932){ADVICE}",
        ),
        (
            rb"{\rtf1\ansicpg10005 a\'e9}",
            f"has letters in the code page 10005, which is not known here{ADVICE}",
        ),
        (rb"{\rtf1 a\u1114112 ?}", "has a letter with the number 1114112 in paragraph 1, which Unicode does not have"),
        (
            b"{\\rtf1" + b"{" * MOST_GROUPS,
            "has more than 10,000 groups one in another, as no program writes them",
        ),
    ],
)
def test_what_cannot_be_read_without_a_guess_is_refused(file, sentence):
    with pytest.raises(RichTextError, match=f"^{re.escape(sentence)}$"):
        read_rich_text(file)


@pytest.mark.parametrize(
    ("inside", "kind", "words"),
    [
        (r"{\v no}", "hidden words", "no"),
        (r"{\v n}{\b\v o}\v \'81 \u-10179?\v0 ", "hidden words", "no\x81 \\x3d\\xd8"),
        (r"{\deleted no}", "deleted words", "no"),
        (r"{\deleted no\par no}", "deleted words", "no no"),
        (r"{\mvf no}", "words that were moved elsewhere", "no"),
        (r"{\*\fldinst no}", "field codes", "no"),
        (r"{\field{\*\fldinst A {\field{\*\fldinst B }{\fldrslt C}}}{\fldrslt}}", "field codes", "A B C"),
        (r"{\xe{\v no}}", "field codes", "no"),
        (r"{\*\unknown{\b n}o\par}", "other words", "no"),
        (r"{\listtext\pard 1.\tab}", "numbers of lists", "1."),
        (r"{\pntext\f1 12\tab}", "numbers of lists", "12"),
        (r"{\*\atnid A}{\*\atnauthor Ann}\chatn{\*\annotation{\*\atndate 9}\pard Why?\par}", "comments", "A Ann Why?"),
        (r"{\pict{\*\picprop{\sp{\sn wzDescription}{\sv A ward}}}00}", "descriptions of pictures", "A ward"),
        (r"{\shp{\*\shpinst{\sp{\sn gtextUNICODE}{\sv Pub}}{\sp{\sn wzName}{\sv Box}}}}", "words in drawings", "Pub"),
        (r"{\shp{\*\shpinst{\sp{\sn new}{\sv no}}{\sp{\sn shapeType}{\sv 75}}}}", "other words", "no"),
        (r"{\object\objemb{\*\objclass X}{\*\objdata 01\bin2 }}02}}", "files in the document", ""),
        (r"{\*\new\bin2 }}}", "files in the document", ""),
        (r"{\f1\'fc \'f1a}", "symbols that only their font knows", "Wingdings F0FC F0F1 a"),
        (r"{\f1\u-3844\'fc}", "symbols that only their font knows", "Wingdings F0FC"),
        (r"{\u-3844?}", "symbols that only their font knows", "Times New Roman F0FC"),
        (r"{\upr{other}{\*\ud{}}}", "other words", "other"),
        (r"{\shprslt{\*\do{\dptxbxtext older\par}}}", "other words", "older"),
        (r"{\v{\footnote no}}", "hidden words", "no"),
        (r"{\deleted{\shptxt no}{\upr{}{\*\ud}}}", "deleted words", "no"),
        (r"{\*\ffl no}\fftype2 ", "choices that were not chosen", "no"),
        (r"{\uc5\u188(1/4)}", "letters for older programs", "(1/4)"),
    ],
)  # fmt: skip
def test_what_is_not_shown_is_told(inside, kind, words):
    text, told = read(rf"I: And?\par {inside}yes")
    assert (text.replace("¼", ""), told) == ("I: And?\nyes", [(kind, "paragraph 2", words)])


def test_headers_and_footers_are_told_with_their_tables_and_drawings():
    assert read(
        r"{\header{\shp{\*\shpinst{\sp{\sn gtextUNICODE}{\sv DRAFT}}{\shptxt Box\par}}}\trowd a\cell b\cell\row}"
        r"{\footerf Page {\field{\*\fldinst PAGE }{\fldrslt 2}}{\footnote n}}Hello"
    ) == (
        "Hello",
        [
            ("words in drawings", "header", "DRAFT"),
            ("headers", "header", "Box a b"),
            ("footers", "footer", "Page PAGE 2n"),
        ],
    )


def test_hidden_words_are_told_run_by_run_and_by_paragraph():
    assert read(r"{\v a}{\b\v b}c{\v d\par e}{\deleted f}\par{\v g}\par\par h") == (
        "c\n\nh",
        [
            ("hidden words", "paragraph 1", "ab"),
            ("hidden words", "paragraph 1", "d"),
            ("hidden words", "paragraph 2", "e"),
            ("deleted words", "paragraph 2", "f"),
            ("hidden words", "paragraph 3", "g"),
        ],
    )


def test_paragraph_whose_end_was_deleted_goes_on_in_the_next():
    assert read(r"one {\deleted\par}two\par three{\deleted\par}") == ("one two\nthree", [])


def test_styles_may_hide():
    styles = (
        r"{\stylesheet{Normal;}{\s15\v Secret;}{\s16\sbasedon15 Secrets;}{\s17\sbasedon15\v0 Open;}{\*\cs18\v Mark;}"
        r"{\*\ts19\v Grid;}{\s20\sbasedon21 A;}{\s21\sbasedon20 B;}}"
    )
    assert read(
        styles + r"\pard\s0 a{\cs18 b}\par\pard\s16 c{\v0 d}{\cs17 e}\par\pard\s17 f\par\s20 g{\cs18\cs10 h}\plain i"
    ) == (
        "a\nd\nf\nghi",
        [
            ("hidden words", "paragraph 1", "b"),
            ("hidden words", "paragraph 2", "c"),
            ("hidden words", "paragraph 2", "e"),
        ],
    )


def test_notes_stand_at_the_end_with_their_marks():
    assert read(
        r"said{\super\chftn{\*\footnote\pard\plain\chftn  One.\par Two.\par}} so{\footnote\ftnalt See{\footnote that}.}"
    ) == ("said[note 1] so[note 2]\n[note 1] One.\nTwo.\n[note 2] See[note 3].\n[note 3] that", [])


def test_text_boxes_stand_after_their_paragraph_once():
    same = (
        r"{\shp{\*\shpinst{\sp{\sn fFlipH}{\sv 0}}{\shptxt\pard In a\par box: \'e9\par}}"
        r"{\shprslt{\*\do\dptxbx{\dptxbxtext\pard In a\par box: \'e9\par}}}}"
    )
    assert read(rf"before {same}after\par next") == ("before after\nIn a\nbox: é\nnext", [])
    assert read(rf"x{same.replace('box', 'bag', 1)}") == (
        "x\nIn a\nbag: é",
        [("other words", "paragraph 1", "In a box: é")],
    )
    assert read(r"{\*\do\dptxbx{\dptxbxtext older\par}}\par{\shp{\shptxt end{\shp{\shptxt inner}}}}") == (
        "\nolder\n\nend\ninner",
        [],
    )


def test_answers_in_forms_are_the_text_and_other_choices_are_told():
    def form(properties, result=""):
        field = rf"{{\*\formfield{{\fftypetxt0{{\*\ffname F}}{properties}}}}}{{\*\datafield 00}}"
        return rf"{{\field{{\*\fldinst {field}}}{{\fldrslt {result}}}}} "

    entries = r"{\*\ffl often}{\*\ffl never}"
    assert read(
        form(r"\fftype1\ffres1")
        + form(r"\fftype1\ffres25\ffdefres1")
        + form(r"\fftype1\ffres25")
        + form(r"\fftype0", "typed")
        + form(rf"\fftype2\ffres1\ffdefres0{entries}")
        + form(rf"\fftype2\ffres25{entries}", "often")
        + form(rf"\fftype2\ffres7{entries}", "something")
        + form(entries)
    ) == (
        "☒ ☒ ☐ typed never often something  ",
        [
            ("choices that were not chosen", "paragraph 1", entry)
            for entry in ("often", "never", "often", "never", "often", "never")
        ],
    )


def test_bullets_are_no_numbers_of_lists():
    assert read(
        r"{\listtext\f1 n\tab}a\par{\pntext\f0\'b7\tab}b\par{\listtext o\tab}c\par{\listtext\f3\'96\tab}d\par"
        r"{\listtext\tab}"
    ) == ("a\nb\nc\nd", [])


ROW = r"\trowd\cellx1\cellx2 "


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (rf"x\par{ROW}\intbl a\cell b\cell\row{ROW}\intbl c\par d\cell\cell\row\pard y", "x\na: b\nc\nd: \ny"),
        (rf"{ROW}a\cell b\par c\cell\row\pard y", "a: b\nc\ny"),  # as programs write it that do not say \intbl
        (rf"{ROW}\intbl a\cell b\row\pard y", "a: b\ny"),
        (rf"{ROW}\intbl a\cell b\par\row\pard y", "a: b\ny"),
        (rf"{ROW}\intbl a\cell b", "a: b"),
        (rf"{ROW}a\cell b", "a: b"),
        (rf"{ROW}\intbl a\cell b\cell\pard\par y", "a: b: \ny"),
        (r"\trowd\clmgf\cellx1\clmrg\cellx2\cellx3\intbl a\cell\cell b\cell\row", "a: b"),
        (r"\trowd\clmgf\cellx1\clmrg\cellx2\intbl a\cell lost\cell\row", "a: lost"),
        (r"\row\nestrow\pard x", "x"),
        (
            r"\pard\intbl out\par\pard\intbl\itap2 a\nestcell{\nonesttables\par}b\nestcell"
            r"{\*\nesttableprops\trowd\cellx1\cellx2\nestrow}{\nonesttables\par}\pard\intbl\cell right\cell"
            rf"{{{ROW}\row}}\pard after",
            "out\na: b: right\nafter",
        ),
        (r"\pard\intbl a\nestcell b\nestcell\nestrow\cell c\cell\row", "a: b: c"),
        (r"\itap99\intbl deep\nestcell\nestrow\pard x", "deep\nx"),
        (rf"{ROW}\intbl Speaker\cell Content\cell\row\intbl Ann\cell Yes.\cell\row", "Ann: Yes."),
        (rf"{ROW}\intbl a{{\shptxt box\par}}\cell{{\shptxt end}}\row{ROW}\intbl\cell\cell\row", "a\nbox: \nend\n: "),
        (rf"{ROW}\intbl a{{\footnote\trowd\intbl n\cell m\cell\row}}\cell b\cell\row", "a[note 1]: b\n[note 1] n: m"),
    ],
)  # fmt: skip
def test_tables_are_lines(body, text):
    assert read(body) == (text, [])


def test_row_that_was_deleted_is_no_line():
    assert read(rf"{ROW}\intbl{{\deleted a\cell b\cell}}\row{ROW}\intbl c\cell{{\deleted d}}\cell\row") == (
        "c: ",
        [
            ("deleted words", "paragraph 1", "a"),
            ("deleted words", "paragraph 2", "b"),
            ("deleted words", "paragraph 4", "d"),
        ],
    )


def cut_off(place):
    """Return what is told of a file that lacks a brace at its end."""
    return ("groups that have no end", place, "")


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        (rb"{\rtf1 a\par b", "a\nb", [cut_off("paragraph 2")]),
        (b"{\\rtf1 a\\", "a", [cut_off("paragraph 1")]),
        (rb"{\rtf1 a{\b b{\i c", "abc", [cut_off("paragraph 1")]),
        (rb"{\rtf1 a{\header b", "a", [cut_off("header"), ("headers", "header", "b")]),
        (rb"{\rtf1 a{\pict 0a0b", "a", [cut_off("paragraph 1")]),
        (rb"{\rtf1 a\bin99 b", "a", [("files in the document", "paragraph 1", ""), cut_off("paragraph 1")]),
        (rb"{\rtf1 a\bin-9 b\bin0}", "ab", []),
        (b"\xef\xbb\xbf \r\n{\r\n\\rtf1 a}\r\n\0", "a", []),
        (rb"{\rtf1 a}} b{\rtf1{\fonttbl{\f0 F;}}\'e9\par c}\}", "a", [("other words", "after the end", "bé c}")]),
        (rb"{\rtf1{\fonttbl a;\par b}", "", [("other words", "paragraph 1", "a; b"), cut_off("paragraph 1")]),
        (rb"{\rtf1 a{\*\atnauthor Ann}}", "a", [("comments", "document", "Ann")]),
        (rb"{\rtf1 a{\footnote b\header c}}", "a[note 1]\n[note 1] b", [("headers", "header", "c")]),
        (rb"{\rtf1\ansicpg10005{\header \'e9}a}", "a", [("headers", "header", "é")]),
    ],
)  # fmt: skip
def test_damaged_files_are_read_as_far_as_they_go(file, text, told):
    reading = read_rich_text(file)
    assert (reading.text, [(entry.kind, entry.place, entry.words) for entry in reading.left_out]) == (text, told)


def test_half_a_letter_is_left_for_the_text_to_be_refused():
    assert read_rich_text(rb"{\rtf1 a\u-10179?b}") == TranscriptReading("a\ud83db")


# Whatever may hold words, one within another: "{}" is where the next one stands, or a word.
WITHIN = [
    r"{\v {}}", r"{\deleted {}}", r"{\mvf {}}", r"{\revised {}}", r"{\plain {}}", r"{\b {}\par}", r"{\f1 {}}",
    r"{\f3 {}}", r"{\header {}}", r"{\footer {}}", r"{\footnote {}}", r"{\footnote\ftnalt {}\par}",
    r"{\*\annotation {}}", r"{\*\atnid {}}", r"{\*\atnauthor {}}", r"{\listtext {}\tab}", r"{\pntext {}}",
    r"{\*\unknown {}}", r"{\xe {}}", r"{\field{\*\fldinst {}}{\fldrslt x}}", r"{\field{\*\fldinst x}{\fldrslt {}}}",
    r"{\mmath{\*\moMath{\mr {}}}}",
    r"{\field{\*\fldinst{\*\formfield\fftype2\ffres1{\*\ffl a}{\*\ffl {}}}}{\fldrslt }}", r"{\cs9 {}}", r"{\s9 {}}",
    r"{\field{\*\fldinst{\*\formfield\fftype2{\*\ffl {}}}}{\fldrslt x}}", r"{\*\ffl {}}", r"{\object{\result {}}}",
    r"{\shp{\*\shpinst{\shptxt {}\par}}{\shprslt x}}", r"{\shp{\*\shpinst{\shptxt x}}{\shprslt {}}}", r"{\u233?{}}",
    r"{\upr{x}{\*\ud {}}}", r"{\upr{ {}}{\*\ud x}}", r"{\*\do{\dptxbxtext {}}}", r"{\sp{\sn a}{\sv {}}}",
    r"{\pict{\sp{\sn wzDescription}{\sv {}}}}", r"\trowd\cellx1\clmrg\cellx2\intbl x\cell {}\cell\row\pard ",
    r"\itap2\intbl x\nestcell {}\nestcell\nestrow\pard ", r"{\nonesttables {}\par}", r"\intbl x\cell {}\pard ", r"{}}",
    r"{\info{\title x}}{}", r"\pard {}\par ", r"{\ansicpg932 {}}", r"{\bin3 }}}{}}",
]  # fmt: skip
NESTED = st.lists(st.lists(st.sampled_from(WITHIN), min_size=1, max_size=6), min_size=1, max_size=8)


@given(NESTED)
def test_no_planted_word_is_lost(nests):
    body = r"{\stylesheet{\s9\v S;}}"
    for number, nest in enumerate(nests):
        inner = f"zq{number}zq"
        for outer in reversed(nest):
            inner = outer.replace("{}", inner)
        body += inner

    text, told = read(body)

    found = " ".join([text, *(words for _, _, words in told)])
    assert [number for number in range(len(nests)) if f"zq{number}zq" not in found] == []


NAMES = ["par", "u8217", "u-10179", "f1", "f3", "v", "pard", "plain", "fftype1", "ffl", "upr", "ud", "shprslt", "bin2"]
OPEN = ["{", r"{\*", r"{\*\ud", r"{\upr", r"{\sv", r"{\fonttbl", r"{\stylesheet\s1\v", r"{\shp{\shprslt", r"{\footnote"]
PIECES = st.sampled_from([*WITHIN, *(f"\\{name}" for name in NAMES), *OPEN, "}", "\\", "\n", "'", r"\'93", "é", "a "])


@given(st.lists(PIECES, max_size=30))
def test_whatever_stands_in_a_file_it_is_read_or_refused_in_a_sentence(pieces):
    assert all(outcome(("{\\rtf1" + FONTS + "".join(pieces)).encode("latin-1")))


def outcome(file):
    """Return the sentence by which a file is refused, or what is told of it."""
    try:
        return [told.kind and told.place for told in read_rich_text(file).left_out]
    except RichTextError as error:
        return [str(error)]


def test_many_short_words_become_one(monkeypatch):
    monkeypatch.setattr(rich_text_states, "MOST_PIECES", 2)
    words = rich_text_states.WordsMet()
    for letter in "abcde":
        words.add(letter)
    assert words == ["ab", "cd", "e"]


def test_more_than_is_kept_until_the_end_is_refused(monkeypatch):
    monkeypatch.setattr(rich_text_words, "MOST_PARTS", 1)
    with pytest.raises(RichTextError, match="has too many lines, notes, or words that are left out"):
        read(r"a\par b\par c")
