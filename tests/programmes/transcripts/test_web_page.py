"""Web pages as programs export transcripts: what a browser shows is the text, and all other words are told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programmes.transcripts.reading import TranscriptReading
from programmes.transcripts.web_page import WebPageError, read_web_page

NO_SCRIBE = """<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.0//EN" "http://www.w3.org/TR/REC-html40/strict.dtd">
<html >
<head >
<meta charset="UTF-8" />
<meta name="qrichtext" content="1" />
<style type="text/css" >
p, li { white-space: pre-wrap; }
</style>
<meta name="audio_source" content="recordings/Interview 7.m4a" /></head>
<body style="font-family: 'Arial'" >
<div class="WordSection1" ><p style="font-weight: 600" >Interview 7</p><p ><span style="color: #909" >Transcribed with
noScribe vers. 0.7<br />Audio file: Interview 7.m4a</span></p><p ></p><p ><a name="ts_690_2070_S00" >S00: <span
style="color: #78909C" >[00:00:00]</span> We  waited,	and.</a><a name="ts_2070_3000_S00" > For long.</a></p><p
style="-qt-paragraph-type:empty;"><br /></p>
<p ><a name="ts_3000_4000_S01" >S01: (..)  Yes &amp; no.</a></p></div></body>
</html>"""
WORD = """<html><head><meta http-equiv=Content-Type content="text/html; charset=windows-1252">
<meta name=Generator content="Microsoft Word 15 (filtered)"><title>Interview 3</title><style>
<!--
 /* Font Definitions */
 @font-face
	{font-family:"Cambria Math";}
-->
</style></head><body lang=EN-GB style='word-wrap:break-word'><div class=WordSection1>

<p class=MsoNormal><b>I:</b> How was
it?<a href="#_ftn1" name="_ftnref1" title=""><span class=MsoFootnoteReference>[1]</span></a></p>

<p class=MsoNormal>&nbsp;</p>

<p class=MsoListParagraph style='text-indent:-18.0pt'>1.<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;&nbsp;
</span>Good <s>enough</s> <del cite="mailto:Ann">at first</del><ins>later</ins><span
style='display:none;mso-hide:all'>secret</span><![if !supportLists]>.<![endif]><a class=msocomanchor
id="_anchor_1" href="#_msocom_1">[A1]</a></p>

<table class=MsoTableGrid border=1><tr><td width=60><p class=MsoNormal>Speaker</p></td><td><p>Content</p></td></tr>
<tr><td><p>Ann</p></td><td><p>Hi.</p><table><tr><td>a</td><td>b</td></tr></table></td></tr></table>
</div>
<div style='mso-element:comment-list'><hr class=msocomoff><div style='mso-element:comment'>
<div id="_com_1" class=msocomtxt><p class=MsoCommentText>Real name?</p></div></div></div>
<div id=ftn1><p class=MsoFootnoteText><a href="#_ftnref1" name="_ftn1" title="">[1]</a> In May.</p></div>
<div style='mso-element:footer'><p>Page 1</p></div>
</body></html>"""
GOOGLE_DOCS = """<html><head><meta content="text/html; charset=UTF-8" http-equiv="content-type"><style type="text/css">
ol.lst-kix_1-0{list-style-type:none}.c1{color:#000}</style></head><body class="c2 doc-content"><div><p class="c0">
<span>Header</span></p></div><p class="c0"><span class="c1">Ann: Hi</span><sup><a href="#ftnt1" id="ftnt_ref1">[1]</a>
</sup><sup><a href="#cmnt1" id="cmnt_ref1">[a]</a></sup></p><ol class="lst-kix_1-0" start="1"><li>One</li><li>Two
<ul><li>Three</li></ul></li></ol><hr><div><p><a href="#ftnt_ref1" id="ftnt1">[1]</a><span>&nbsp;In May.</span></p></div>
<div class="c5"><p class="c6"><a href="#cmnt_ref1" id="cmnt1">[a]</a><span>Is it?</span></p><p>Yes.</p></div>
<p><a href="#cmnt_ref2" id="cmnt2">[b]</a>And this?</p></body></html>"""
O_TRANSCRIBE = (
    '<p><span class="timestamp" contenteditable="false" data-timestamp="3.26">00:03</span>&nbsp;Ann: Hi.<br></p>'
    "<div>Ben: <b>Yes</b>.<br><br>No.</div>"
)


def read(page):
    """Return the lines of a page, and what is told as (kind, place, words)."""
    reading = read_web_page(page)
    return reading.text.split("\n"), [(told.kind, told.place, told.words) for told in reading.left_out]


@pytest.mark.parametrize(
    ("page", "lines", "told"),
    [
        (
            NO_SCRIBE,
            ["Interview 7", "Transcribed with", "noScribe vers. 0.7", "Audio file: Interview 7.m4a",
             "S00: [00:00:00] We  waited,\tand. For long.", "", "S01: (..)  Yes & no."],
            [
                ("style sheets", "head", "p, li { white-space: pre-wrap; }"),
                ("descriptions of the page", "head", "recordings/Interview 7.m4a"),
            ],
        ),
        (
            WORD,
            ["I: How was it?[1]", "", "1. Good enough later.", "Ann: Hi.", "a: b", "[1] In May."],
            [
                ("descriptions of the page", "head", "Microsoft Word 15 (filtered)"),
                ("titles", "head", "Interview 3"),
                ("style sheets", "head", '<!-- /* Font Definitions */ @font-face {font-family:"Cambria Math";} -->'),
                ("deleted words", "paragraph 2", "at first"),
                ("hidden words", "paragraph 2", "secret"),
                ("comments", "paragraph 2", "[A1]"),
                ("comments", "paragraph 9", "Real name?"),
                ("footers", "paragraph 10", "Page 1"),
            ],
        ),
        (
            GOOGLE_DOCS,
            ["Header", "Ann: Hi[1]", "One", "Two", "Three", "[1] In May."],
            [
                ("style sheets", "head", "ol.lst-kix_1-0{list-style-type:none}.c1{color:#000}"),
                ("comments", "paragraph 2", "[a]"),
                ("numbers of lists", "paragraph 3", ""),
                ("numbers of lists", "paragraph 4", ""),
                ("comments", "paragraph 7", "[a] Is it? Yes."),
                ("comments", "paragraph 7", "[b] And this?"),
            ],
        ),
        (O_TRANSCRIBE, ["00:03 Ann: Hi.", "Ben: Yes.", "", "No."], []),
    ],
)  # fmt: skip
def test_files_of_programs(page, lines, told):
    assert read(page) == (lines, told)


@pytest.mark.parametrize(
    ("page", "lines"),
    [
        ("plain\n text", ["plain text"]),
        ("", [""]),
        ("<p>a</p>\n\n<div><p> b <b> c</b> d </p></div>e<span> f</span>", ["a", "b c d", "e f"]),
        ("<p>a<p>b<div>c</div>d<h1>e</h1>f", ["a", "b", "c", "d", "e", "f"]),
        ("a<br>b<br><br>c<p><br></p><p></p><p>d<br></p>e", ["a", "b", "", "c", "", "d", "e"]),
        ("<p>a</p><p>&nbsp;</p><p>b&nbsp;&nbsp;c\xa0</p>", ["a", "", "b c"]),
        ("<p>&lt;b&gt; &hellip; &#8217;&#146; &nosuch; R&D a<3 b < c</p>", ["<b> … ’’ &nosuch; R&D a<3 b < c"]),
        ("<pre>\na\n  b\tc\n</pre>d<b style='white-space:pre-wrap'>e\nf  <i style='white-space:normal'>g  h</i></b>",
         ["a", "  b\tc", "de", "f  g h"]),
        ("<style>/* a */ p, .x { color: red; white-space:pre-line } p{white-space:normal}</style>", [""]),
        ("<div style='display:inline-block'>a</div>b<span style='display: block'>c</span>d", ["a", "b", "c", "d"]),
        ("<span style='left:9px;position:absolute'>a</span><span style='position:absolute'>b</span>", ["a", "b"]),
        ("a<custom-tag>b</custom-tag><o:p>c</o:p><wbr>d", ["abcd"]),
        ("<q>a</q> <sup>1</sup><ruby>漢<rb>字</rb></ruby>", ["“a” 1漢字"]),
        ("<math><mi>x</mi><mo>=</mo><mn>2</mn></math>", ["x=2"]),
        ("<details><summary>a</summary>b</details><dialog open>c</dialog>", ["a", "b", "c"]),
        ("<ul><li>a<li>b</ul><ol style='list-style:none'><li>c</ol><ol><li style='list-style-type: none'>d</ol><li>e",
         ["a", "b", "c", "d", "e"]),
        ("<table><caption>a</caption>b<tr>c<td>d<td>e<tr><td colspan=2>f<tr><td> <tr></table>g",
         ["a", "b", "c", "d: e", "f", "g"]),
        ("<table><td>a</table><td>b</td><tr><td>c<p>", ["a", "b", "c"]),
        ("<table><thead><tr><th>Content<th>Speaker<tbody><tr><td>Hi.<br>Ho.<td>Ann</table>", ["Ann: Hi.", "Ho."]),
        ("Name: <input value=Ann><input><input type=checkbox checked>Tea<input type=RADIO>No<input type=file value=''>",
         ["Name: Ann ☒ Tea ☐ No"]),
        ("<textarea>\na <b>\n  c</textarea>d", ["a <b>", "  cd"]),
        ("a<select><option selected>b</select>c<select multiple></select>", ["a b c"]),
        ("<?xml version='1.0' encoding='utf-16'?><html><body><p>a<?xml:namespace prefix=o ?>b</body></html>", ["ab"]),
        ("<!--[if !mso]><!-->a<!--<![endif]--><![if !supportEmptyParas]>b<![endif]>", ["ab"]),
        ("<html><body><p>a</p></body></html>\n<p>b</p>c<!DOCTYPE html>", ["a", "b", "c"]),
        ("<a href='#cmnt'>a</a>", [""]),
        ("<div>a<p><!-- --><a href='#x'>b</a></p></div><div></div>", ["a", "b"]),
        ("<p title='' alt=' '>a<img alt='...'><meta name=x content=12></p>", ["a"]),
        ("a\ufdd0b", ["ab"]),
        ("<select><option>a", ["a"]),
        ("<textarea>a", ["a"]),
    ],
)  # fmt: skip
def test_what_is_shown_is_the_text(page, lines):
    assert read(page)[0] == lines
    assert [told for told in read(page)[1] if told[0] not in {"style sheets", "comments"}] == []


@pytest.mark.parametrize(
    ("inside", "told"),
    [
        ("<del>no</del>", [("deleted words", "no")]),
        ("<script>no</script>", [("programs", "no")]),
        ("<noscript><p>no</noscript>", [("programs", "no")]),
        ("<style>no</style>", [("style sheets", "no")]),
        ("<link rel=Stylesheet href=no.css><link rel=icon href=x>", [("style sheets", "no.css")]),
        ("<template><p>no<b>w</b></template>", [("templates", "no w")]),
        ("<p hidden>no<!-- w --><img alt=pic></p>", [("hidden words", "no w"), ("descriptions of pictures", "pic")]),
        ("<b style='color:red; DISPLAY : none'>no</b>", [("hidden words", "no")]),
        ("<b style='visibility:hidden'>no</b>", [("hidden words", "no")]),
        ("<dialog>no</dialog>", [("hidden words", "no")]),
        ("<input type=hidden value=no>", [("hidden words", "no")]),
        ("<div hidden><input value=no></div>", [("hidden words", "no")]),
        ("<!-- no -->", [("comments", "no")]),
        ("<?php no ?>", [("comments", "?php no ?")]),
        ("<![CDATA[no]]>", [("comments", "[CDATA[no]]")]),
        ("<!--[if gte mso 9]><xml>no</xml><![endif]-->", [("comments", "[if gte mso 9]><xml>no</xml><![endif]")]),
        ("<xml><o:author>no</o:author></xml>", [("other words", "no")]),
        ("<p style='mso-element:header'>no</p>", [("headers", "no")]),
        ("<span style='mso-element:field-begin'></span>", []),
        ("<div title=footer><p>no</p></div>", [("footers", "no"), ("descriptions", "footer")]),
        ("<ruby><rp>(</rp><rt>no</rt></ruby>", [("readings above characters", "no")]),
        ("<svg><title>no</title><text>w</text><path/></svg>", [("words in drawings", "no w")]),
        ("<math><annotation>no</annotation></math>", [("other words", "no")]),
        ("<iframe src=no.html srcdoc='<p>w'>x</iframe>", [("frames", "x"), ("frames", "no.html"), ("frames", "<p>w")]),
        ("<object data=no.pdf>w</object>", [("files in the document", "w"), ("files in the document", "no.pdf")]),
        ("<audio><source src=no.mp3>w</audio>", [("files in the document", "w"), ("files in the document", "no.mp3")]),
        ("<img src=x alt='A cat' title=no>", [("descriptions of pictures", "A cat"), ("descriptions", "no")]),
        ("<b aria-label=no></b><input placeholder=w>", [("descriptions", "no"), ("descriptions", "w")]),
        ("<meta name=author content=no>", [("descriptions of the page", "no")]),
        ("<input type=submit value=no><input type=checkbox value=w hidden>",
         [("descriptions", "no"), ("hidden words", "w")]),
        ("<datalist><option>no</datalist>", [("choices that were not chosen", "no")]),
        ("<select multiple>w<optgroup label=l><option>no</select>",
         [("descriptions", "l"), ("choices that were not chosen", "no"), ("other words", "w")]),
        ("<select size=3><option>no</select>", [("choices that were not chosen", "no")]),
        ("<laughs><unv.>", [("marks that no browser knows", "<laughs>"), ("marks that no browser knows", "<unv.>")]),
        ("<y and z>", [("marks that no browser knows", "<y and z>")]),
        ("<del><sighs></del>", [("marks that no browser knows", "<sighs>")]),
        ("<style>.x { color: red }\n/* a */ .y, p {\n display:none }</style>",
         [("style sheets", ".x { color: red } /* a */ .y, p { display:none }"),
          ("rules that may hide words", ".y, p {display:none}")]),
    ],
)  # fmt: skip
def test_what_is_not_shown_is_told(inside, told):
    page = f"<p>I: And?</p><p>{inside}Yes.</p>"
    assert read(page) == (["I: And?", "Yes."], [(kind, "paragraph 2", words) for kind, words in told])


def test_choice_of_a_list_is_kept_and_the_others_told():
    options = "<option>often<option selected>seldom<option selected>never"
    lists = f"<select>{options}</select><select multiple>{options}</select><select><option>x<option>y</select>"
    assert read(lists) == (
        ["never seldom, never x"],
        [("choices that were not chosen", "paragraph 1", words) for words in ("often", "seldom", "often", "y")],
    )


def test_frames_and_comments_beside_the_page_are_told():
    page = "<!-- a --><html><frameset><frame src=b.html title=c><noframes>d</noframes></frameset></html><!-- e -->"
    assert read(page) == (
        [""],
        [
            ("comments", "paragraph 1", "a"),
            ("frames", "paragraph 1", "d"),
            ("frames", "paragraph 1", "b.html"),
            ("descriptions", "paragraph 1", "c"),
            ("comments", "paragraph 1", "e"),
        ],
    )


def test_words_of_a_title_that_does_not_end_are_told():
    assert read("<title>a <p>b</p>") == ([""], [("titles", "head", "a <p>b</p>")])
    assert read("<p>a</p><!-- b <p>c</p>") == (["a"], [("comments", "paragraph 2", "b <p>c</p>")])


@pytest.mark.parametrize(
    "page",
    ["<p>a <b", "<p>a\ufdd0</p", "<p title='a>words</p>", "<!-- a", "<!--[if x]>", "<div>" * 3000 + "a"],
)
def test_page_that_breaks_off_is_refused(page):
    with pytest.raises(WebPageError) as caught:
        read_web_page(page)
    assert str(caught.value).startswith(
        "cannot be read to its end: it breaks off in a tag, or has more than 2,000 parts"
    )


def test_parts_may_be_deep_within_one_another():
    depth = 1800
    assert read_web_page("<table><tr><td>" * (depth // 3) + "a") == TranscriptReading("a")
    assert read_web_page("<b>" * depth + "a") == TranscriptReading("a")


# Whatever may hold words, one within another: "@" is where the next one stands, or a word.
WITHIN = [
    "<p>@</p>", "<div>@</div>", "<b>@</b>", "<del>@</del>", "<s>@</s>", "<p hidden>@</p>", "<pre>@</pre>", "<li>@</li>",
    "<ol><li>@</li></ol>", "<table><tr><td>@</td></tr></table>", "<table>@</table>", "<tr>@</tr>", "<td>@</td>",
    "<select>@</select>", "<option>@</option>", "<select multiple><option>@</select>", "<textarea>@</textarea>",
    "<script>@</script>", "<style>@</style>", "<style>p{display:none;@}</style>", "<title>@</title>", "<svg>@</svg>",
    "<template>@</template>", "<noscript>@</noscript>", "<iframe>@</iframe>", "<object>@</object>", "<odd>@</odd>",
    "<!-- @ -->", "<?x @ ?>", "<![CDATA[@]]>", "<dialog>@</dialog>", "<math><mi>@</mi></math>",
    "<a href='#cmnt1'>@</a>",
    "<div><p><a href='#cmnt_ref1'>a</a>@</p></div>", "<span style='display:none'>@</span>", "<p>@", "<b>@", "@<br>",
    "<body>@</body>", "<html>@</html>", "</body></html>@", "<head>@</head>", "<xmp>@</xmp>", "<form>@</form>", "</p>@",
    "<frameset>@</frameset>", "<noframes>@</noframes>", "<video>@</video>", "<embed>@", "<ruby>@<rt>@</ruby>", "<td>@",
    "<datalist>@</datalist>", "<caption>@</caption>", "<button>@</button>", "<label>@</label>", "<xml>@</xml>",
    "<details>@</details>", "<fieldset><legend>@</legend></fieldset>", "<dl><dt>@<dd>@</dl>", "@ &amp; <3 @",
]  # fmt: skip
BARE = [
    "<img alt='@'>", "<img title='@'>", "<p aria-label='@'>", "<input value='@'>", "<input type=hidden value='@'>",
    "<input type=checkbox value='@'>", "<input type=submit value='@'>", "<input placeholder='@'>", "<option label='@'>",
    "<iframe srcdoc='@'></iframe>", "<meta name=x content='@'>", "<object data='@'></object>", "@",
]  # fmt: skip
NEST = st.tuples(st.lists(st.sampled_from(WITHIN), max_size=6), st.sampled_from(BARE))


@given(st.lists(NEST, min_size=1, max_size=8))
def test_no_planted_word_is_lost(nests):
    page = ""
    for outers, inner in nests:
        nested = inner
        for outer in reversed(outers):
            nested = outer.replace("@", nested)
        page += nested
    first, *others = page.split("@")
    planted = [f"zq{number}zq" for number in range(len(others))]

    reading = read_web_page(first + "".join(word + other for word, other in zip(planted, others, strict=True)))

    found = " ".join([reading.text, *(told.words for told in reading.left_out)])
    assert [word for word in planted if word not in found] == []
