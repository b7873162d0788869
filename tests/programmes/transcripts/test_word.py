"""Word documents: every word of one is in the text, or told as left out of it."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from programmes.transcripts import reading_process
from programmes.transcripts.read import read_transcript
from programmes.transcripts.reading import kinds_of
from tests.word_files import element, paragraph, run, word_document

SAID = paragraph("I: And?")
BOX = f"<w:txbxContent>{paragraph('{}')}</w:txbxContent>"
HIDING = element(
    "w:styles",
    '<w:style w:styleId="Secret"><w:rPr><w:vanish/></w:rPr></w:style>'
    '<w:style w:styleId="Secrets"><w:basedOn w:val="Secret"/></w:style>'
    '<w:style w:styleId="Open"><w:basedOn w:val="Secret"/><w:rPr><w:vanish w:val="0"/></w:rPr></w:style>'
    '<w:style w:styleId="Points"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
    '<w:style w:styleId="More"><w:basedOn w:val="Points"/></w:style>',
)
NUMBERING = element(
    "w:numbering",
    '<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:numFmt w:val="decimal"/></w:lvl>'
    '<w:lvl w:ilvl="1"><w:numFmt w:val="bullet"/></w:lvl></w:abstractNum>'
    '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>',
)


def read(body, **parts):
    """Return the text of a document, and what is told as (kind, place, words)."""
    reading = read_transcript("a.docx", word_document(body, **parts))
    return reading.text, [(told.kind, told.place, told.words) for told in reading.left_out]


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        ("<w:ins>{}</w:ins>", "yes"),
        ("<w:moveTo>{}</w:moveTo>", "yes"),
        ("<w:hyperlink>{}</w:hyperlink>", "yes"),
        ("<w:smartTag>{}</w:smartTag>", "yes"),
        ("<w:sdt><w:sdtPr/><w:sdtContent>{}</w:sdtContent></w:sdt>", "yes"),
        ("<w:customXml><w:dir>{}</w:dir></w:customXml>", "yes"),
        ("<m:oMath><m:r><m:t>yes</m:t></m:r></m:oMath>", "yes"),
        ("<w:r><w:ruby><w:rubyBase>{}</w:rubyBase></w:ruby></w:r>", "yes"),
        ("<w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t><w:noBreakHyphen/></w:r>", "a\tb\nc\u2011"),
        ("<w:r><w:t>y<!-- no -->e<![CDATA[s]]></w:t></w:r>", "yes"),
        ('<w:r><w:sym w:font="Symbol" w:char="03B1"/></w:r>', "α"),
        (
            '<w:r><w:fldChar><w:ffData><w:checkBox><w:checked/></w:checkBox></w:ffData></w:fldChar></w:r>'
            '<w:r><w:fldChar><w:ffData><w:checkBox><w:default w:val="1"/></w:checkBox></w:ffData></w:fldChar></w:r>'
            '<w:r><w:fldChar><w:ffData><w:checkBox/></w:ffData></w:fldChar></w:r><w:r><w:fldChar/></w:r>',
            "☒☒☐",
        ),
        ('<w:r><w:rPr><w:vanish w:val="false"/></w:rPr><w:t>yes</w:t></w:r>', "yes"),
        ('<w:r><w:rPr><w:rStyle w:val="Open"/></w:rPr><w:t>yes</w:t></w:r>', "yes"),
        ("<!-- no -->{}<?no no?>", "yes"),
    ],
)  # fmt: skip
def test_what_is_shown_is_the_text(inside, text):
    assert read(paragraph(inside.format(run("yes"))), styles=HIDING) == (text, [])


@pytest.mark.parametrize(
    ("inside", "kind"),
    [
        ("<w:del><w:r><w:delText>no</w:delText></w:r></w:del>", "deleted words"),
        ("<w:r><w:delText>no</w:delText></w:r>", "deleted words"),
        (f"<w:moveFrom>{run('no')}</w:moveFrom>", "words that were moved elsewhere"),
        (run("no", "<w:vanish/>"), "hidden words"),
        (run("no", '<w:rStyle w:val="Secrets"/>'), "hidden words"),
        ("<w:r><w:instrText>no</w:instrText></w:r>", "field codes"),
        ("<w:r><w:delInstrText>no</w:delInstrText></w:r>", "field codes"),
        ('<w:fldSimple w:instr="no"/>', "field codes"),
        ("<w:r><w:ruby><w:rt><w:r><w:t>no</w:t></w:r></w:rt></w:ruby></w:r>", "readings above characters"),
        (
            f"<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{run('no')}</w:sdtContent></w:sdt>",
            "prompts where nobody wrote",
        ),
        ('<w:r><w:drawing><wp:inline><wp:docPr descr="no"/></wp:inline></w:drawing></w:r>', "descriptions of pictures"),
        ('<w:r><w:pict><v:shape><v:textpath string="no"/></v:shape></w:pict></w:r>', "words in drawings"),
        ('<w:r><w:pict><v:shape alt="no"/></w:pict></w:r>', "descriptions of pictures"),
        ('<w:r><w:pict><v:group><v:rect title="no"/></v:group></w:pict></w:r>', "descriptions of pictures"),
    ],
)
def test_what_is_not_shown_is_told(inside, kind):
    words = paragraph(inside + run("yes"))
    assert read(SAID + words, styles=HIDING) == ("I: And?\nyes", [(kind, "paragraph 2", "no")])


@pytest.mark.parametrize(
    ("inside", "kind"),
    [
        (
            "<w:r><mc:AlternateContent><mc:Choice><w:drawing/></mc:Choice>"
            '<mc:Fallback><w:pict><v:shape alt="no"/></w:pict></mc:Fallback></mc:AlternateContent></w:r>',
            "descriptions of pictures",
        ),
        ('<w:del><w:r><w:pict><v:shape alt="no"/></w:pict></w:r></w:del>', "descriptions of pictures"),
        ('<w:hyperlink w:tooltip="no"/>', "tips of links"),
        ('<w:r><w:drawing><wp:docPr><a:hlinkClick tooltip="no"/></wp:docPr></w:drawing></w:r>', "tips of links"),
        ('<w:sdt><w:sdtPr><w:alias w:val="no"/></w:sdtPr></w:sdt>', "what is said of fields"),
        ('<w:fldChar><w:ffData><w:helpText w:val="no"/></w:ffData></w:fldChar>', "what is said of fields"),
        ('<w:tblPr><w:tblCaption w:val="no"/><w:tblDescription w:val=" "/></w:tblPr>', "descriptions of tables"),
    ],
)
def test_what_attributes_say_is_told_once(inside, kind):
    words = paragraph(inside + run("yes"))
    text, told = read(SAID + words + words)
    assert (text, {(kind, words) for kind, _, words in told}) == ("I: And?\nyes\nyes", {(kind, "no")})
    header = element("w:hdr", words)
    assert read(SAID, header1=header)[1] == [(kind, "header1", "no"), ("headers", "header1", "yes")]


def test_paragraph_of_a_hiding_style_leaves_no_empty_line():
    hidden = paragraph("no", '<w:pStyle w:val="Secret"/>')
    assert read(SAID + hidden + paragraph("") + SAID, styles=HIDING) == (
        "I: And?\n\nI: And?",
        [("hidden words", "paragraph 2", "no")],
    )


def test_paragraph_whose_end_was_deleted_goes_on_in_the_next():
    cut = paragraph("one ", "<w:rPr><w:del/></w:rPr>")
    assert read(cut + paragraph("two") + cut) == ("one two\none ", [])


def test_choice_of_a_list_is_kept_and_the_others_told():
    choices = "".join(f'<w:listEntry w:val="{entry}"/>' for entry in ("often", "seldom", "never"))
    field = (
        f'<w:r><w:fldChar><w:ffData><w:ddList><w:result w:val="{{}}"/>{choices}</w:ddList></w:ffData></w:fldChar></w:r>'
    )
    assert read(paragraph(field.format(1))) == (
        "seldom",
        [
            ("choices that were not chosen", "paragraph 1", "often"),
            ("choices that were not chosen", "paragraph 1", "never"),
        ],
    )
    assert read(SAID + paragraph(field.format(7)))[0] == "I: And?"
    assert len(read(SAID + paragraph(field.format(7)))[1]) == 3


def test_symbol_that_only_its_font_knows_is_told():
    assert read(paragraph('<w:r><w:t>x</w:t><w:sym w:font="Wingdings" w:char="F0FC"/></w:r>')) == (
        "x",
        [("symbols that only their font knows", "paragraph 1", "Wingdings F0FC")],
    )


def test_numbers_of_lists_are_told_and_bullets_are_none():
    point = '<w:numPr><w:ilvl w:val="{}"/><w:numId w:val="{}"/></w:numPr>'
    body = "".join(
        paragraph("x", properties)
        for properties in (point.format(0, 1), point.format(1, 1), point.format(0, 0), '<w:pStyle w:val="More"/>')
    )
    assert read(body, numbering=NUMBERING, styles=HIDING) == (
        "x\nx\nx\nx",
        [("numbers of lists", "paragraph 1", ""), ("numbers of lists", "paragraph 4", "")],
    )


def test_notes_stand_at_the_end_with_their_marks():
    notes = "".join(f'<w:{{0}} w:id="{at}">{paragraph(f"{{0}} {at}")}</w:{{0}}>' for at in (1, 2))
    refer = '<w:r><w:t>said</w:t><w:{}Reference w:id="1"/></w:r>'
    assert read(
        paragraph(refer.format("endnote") + refer.format("footnote")),
        footnotes=element("w:footnotes", notes.format("footnote")),
        endnotes=element("w:endnotes", notes.format("endnote")),
    ) == (
        "said[note 1]said[note 2]\n[note 1] endnote 1\n[note 2] footnote 1",
        [
            ("notes that nothing refers to", "footnotes", "footnote 2"),
            ("notes that nothing refers to", "endnotes", "endnote 2"),
        ],
    )


def test_tables_keep_merged_and_nested_cells_once():
    def row(*cells, properties=""):
        return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"

    def cell(content, properties=""):
        return f"<w:tc><w:tcPr>{properties}</w:tcPr>{content}</w:tc>"

    heads = row(cell(paragraph("Speaker")), cell(paragraph("Content")))
    nested = f"<w:tbl>{row(cell(paragraph('a')), cell(paragraph('b')))}</w:tbl>"
    body = (
        "<w:tbl>"
        + heads
        + row(cell(paragraph("Part two"), '<w:gridSpan w:val="2"/>'))
        + f"<w:sdt><w:sdtContent>{row(cell(paragraph('Sam')), cell(paragraph('One.') + nested))}</w:sdtContent></w:sdt>"
        + row(cell(paragraph("gone")), properties="<w:del/>")
        + row(cell(paragraph("Ann")), cell(paragraph("also"), "<w:cellDel/>"), cell(paragraph("Two.")))
        + "</w:tbl>"
    )
    assert read(body) == (
        "Part two\nSam: One.\na: b\nAnn: Two.",
        [("deleted words", "paragraph 7", "gone"), ("deleted words", "paragraph 8", "also")],
    )


def test_cell_outside_of_a_row_is_told():
    assert read(SAID + f"<w:tbl><w:tc>{paragraph('lost')}</w:tc></w:tbl>") == (
        "I: And?",
        [("other words", "document", "lost")],
    )


def test_text_box_stands_after_its_paragraph_once():
    choice, older = (f"<w:r>{part}</w:r>" for part in ("<w:drawing><wps:txbx>{0}</wps:txbx></w:drawing>", "{0}"))
    box = (
        f"<mc:AlternateContent><mc:Choice>{choice}</mc:Choice><mc:Fallback>{older}</mc:Fallback></mc:AlternateContent>"
    )
    same = box.format(BOX.format("in a box"))
    other = box.replace(older, run("in an older box")).format(BOX.format("in a box"))

    assert read(paragraph(run("before") + same + run(" after"))) == ("before after\nin a box", [])
    assert read(paragraph(run("before") + other)) == (
        "before\nin a box",
        [("other words", "document", "in an older box")],
    )
    assert read(paragraph(run("x") + "<mc:AlternateContent/>")) == ("x", [])


def test_what_stands_beside_the_document_is_told():
    text, told = read(
        SAID,
        header1=element("w:hdr", paragraph("Interview 7")),
        footer2=element("w:ftr", paragraph("Page 1")),
        comments=element("w:comments", f"<w:comment>{paragraph('Real name?')}</w:comment>"),
        chart1=element("c:chart", "<a:t>Sales</a:t><wp:posOffset>12</wp:posOffset>"),
        people=element("w:people", "<w:name>Ada</w:name>"),
        settings=element("w:settings", "<w:x>no word</w:x>"),
        chunk__html=b"<p>Pasted</p>",
        image1__png=b"\x89PNG",
        sheet__xlsx=b"PK",
    )
    assert text == "I: And?"
    assert told == [
        ("headers", "header1", "Interview 7"),
        ("footers", "footer2", "Page 1"),
        ("comments", "comments", "Real name?"),
        ("words in charts", "chart1", "Sales"),
        ("words beside the document", "people", "Ada"),
        ("files in the document", "/word/chunk.html", "<p>Pasted</p>"),
        ("files in the document", "/word/sheet.xlsx", ""),
    ]


def test_words_that_are_left_out_are_counted_by_kind_without_the_words():
    body = "".join(paragraph(run(word, "<w:vanish/>")) for word in ("a", "b", "c", "d", "e")) + SAID
    reading = read_transcript("a.docx", word_document(body, header1=element("w:hdr", paragraph("x"))))
    assert [str(kind) for kind in kinds_of(reading.left_out)] == [
        "hidden words: 5 (paragraph 1, paragraph 2, paragraph 3 and others)",
        "headers: 1 (header1)",
    ]


def test_document_that_declares_entities_is_refused():
    main = word_document(SAID)
    declared = word_document(SAID, header1=f'<!DOCTYPE x [<!ENTITY e "lost">]>{element("w:hdr", "&e;")}')
    assert reading_process.answer("a.docx", main, "")["text"] == "I: And?"
    assert reading_process.answer("a.docx", declared, "")["cause"] == "ValueError"


# Whatever may hold words, one within another: "{}" is where the next one stands, or a word.
WITHIN = [
    "<w:ins>{}</w:ins>", "<w:del>{}</w:del>", "<w:moveFrom>{}</w:moveFrom>", "<w:moveTo>{}</w:moveTo>",
    "<w:hyperlink>{}</w:hyperlink>", "<w:sdt><w:sdtPr/><w:sdtContent>{}</w:sdtContent></w:sdt>", "<w:p>{}</w:p>",
    "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>", "<w:r>{}</w:r>",
    "<w:r><w:rPr><w:vanish/></w:rPr>{}</w:r>", "<w:tbl><w:tr><w:tc>{}</w:tc></w:tr></w:tbl>", "<w:odd>{}</w:odd>",
    "<w:tbl><w:tr><w:trPr><w:del/></w:trPr><w:tc>{}</w:tc></w:tr></w:tbl>", "<w:txbxContent>{}</w:txbxContent>",
    "<w:drawing>{}</w:drawing>", "<w:pict>{}</w:pict>", "<w:object>{}</w:object>", "<w:ruby>{}</w:ruby>",
    "<mc:AlternateContent><mc:Choice>{}</mc:Choice></mc:AlternateContent>", "<m:oMath>{}</m:oMath>",
    "<mc:AlternateContent><mc:Choice/><mc:Fallback>{}</mc:Fallback></mc:AlternateContent>", "<w:rt>{}</w:rt>",
    '<v:shape alt="{}"/>', '<wp:docPr descr="{}"/>', '<w:hyperlink w:tooltip="{}"/>', '<w:tblCaption w:val="{}"/>',
    "<w:t>{}</w:t>", "<w:delText>{}</w:delText>", "<w:instrText>{}</w:instrText>", "<m:t>{}</m:t>", "<a:t>{}</a:t>",
]  # fmt: skip
NESTED = st.lists(st.lists(st.sampled_from(WITHIN), min_size=1, max_size=6), min_size=1, max_size=8)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(NESTED)
def test_no_planted_word_is_lost(nests):
    body = SAID
    for number, nest in enumerate(nests):
        inner = f"zq{number}zq"
        for outer in reversed(nest):
            if '="{}"' in outer and "<" in inner:  # an attribute holds words alone
                inner += outer.replace("{}", f"zq{number}zq")
            else:
                inner = outer.replace("{}", inner)
        body += inner

    text, told = read(body)

    found = " ".join([text, *(words for _, _, words in told)])
    assert [number for number in range(len(nests)) if f"zq{number}zq" not in found] == []
