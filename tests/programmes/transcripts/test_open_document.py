"""OpenDocument texts: every word of one is in the text, or told as left out of it."""

import io
import itertools
import re
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from programmes.transcripts import open_document as reader
from programmes.transcripts import open_document_parts as parts
from programmes.transcripts.open_document import read_open_document
from tests.open_document_files import open_document, part

SAID = "<text:p>I: And?</text:p>"
BOX = '<draw:frame text:anchor-type="char"><draw:text-box><text:p>{}</text:p></draw:text-box></draw:frame>'
HIDING = '<style:text-properties text:display="none"/>'
STYLES = (
    '<style:style style:family="text" style:name="Kept"><style:text-properties text:display="true"/></style:style>'
    '<style:style style:family="text" style:name="Plain"><style:text-properties/></style:style>'
    '<style:style style:family="paragraph" style:name="Point" style:list-style-name="Numbers"/>'
    '<style:style style:family="paragraph" style:name="NoNumber" style:list-style-name=""/>'
    '<style:style style:family="text" style:name="Loop" style:parent-style-name="Loop"/>'
    '<text:list-style style:name="Bullets"><text:list-level-style-bullet text:level="1"/>'
    '<text:list-level-style-number text:level="2" style:num-format="1"/></text:list-style>'
    '<number:date-style><number:text>/</number:text></number:date-style>'
)  # fmt: skip
COMMON = (
    f'<style:style style:family="text" style:name="Secret">{HIDING}</style:style>'
    '<style:style style:family="text" style:name="Secrets" style:parent-style-name="Secret"/>'
    f'<style:style style:family="paragraph" style:name="Aside">{HIDING}</style:style>'
    f'<style:style style:family="text" style:name="Plain">{HIDING}</style:style>'
    '<text:list-style style:name="Numbers"><text:list-level-style-number text:level="1" style:num-format="1"/>'
    '<text:list-level-style-number text:level="2" style:num-format=""/></text:list-style>'
    '<text:outline-style><text:outline-level-style text:level="1" style:num-format="1"/>'
    '<text:outline-level-style text:level="2" style:num-format=""/></text:outline-style>'
)


def read(body, **files):
    """Return the text of a document, and what is told as (kind, place, words)."""
    written = open_document(body, **{"styles": STYLES, "common": COMMON, **files})
    reading = read_open_document(zipfile.ZipFile(io.BytesIO(written)))
    return reading.text, [(told.kind, told.place, told.words) for told in reading.left_out]


def changed(**deletions):
    """Return the list of what was deleted, by its id."""
    regions = "".join(
        f'<text:changed-region {"xml" if key == "x" else "text"}:id="{key}"><text:deletion><office:change-info>'
        f"<dc:creator>Ada</dc:creator><dc:date>2021</dc:date></office:change-info>{words}</text:deletion>"
        "</text:changed-region>"
        for key, words in deletions.items()
    )
    return f"<text:tracked-changes>{regions}</text:tracked-changes>"


def note(citation, words):
    return (
        f"<text:note><text:note-citation>{citation}</text:note-citation>"
        f"<text:note-body><text:p> {words}</text:p></text:note-body></text:note>"
    )


def row(*cells):
    return f"<table:table-row>{''.join(cells)}</table:table-row>"


def cell(content, properties=""):
    return f"<table:table-cell {properties}>{content}</table:table-cell>"


WHO = ("names and dates of changes and comments", "document", "Ada, 2021")


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        ("<text:span>yes</text:span>", "yes"),
        ('<text:span text:style-name="Plain">yes</text:span>', "yes"),
        ('<text:span text:style-name="Loop">yes</text:span>', "yes"),
        ('<text:span text:style-name="Secret">\n<text:span text:style-name="Kept">yes</text:span></text:span>', "yes"),
        ('<text:a xlink:href="https://example.org/">yes</text:a>', "yes"),
        ("<text:meta>y<text:meta-field>es</text:meta-field></text:meta>", "yes"),
        ("<text:ruby><text:ruby-base>yes</text:ruby-base></text:ruby>", "yes"),
        ("<odd:wrapper>yes</odd:wrapper>", "yes"),
        ("y<!-- no -->e<![CDATA[s]]><?no no?>", "yes"),
        ('a<text:tab/>b<text:line-break/>c<text:s text:c="3"/>d<text:s/>e<text:s text:c="x"/>', "a\tb\nc   d e "),
        ("<text:date>3 May</text:date>, <text:page-number>2</text:page-number>", "3 May, 2"),
        ('<text:variable-set office:string-value="yes">yes</text:variable-set>', "yes"),
        ('<text:text-input text:description="Name">yes</text:text-input>', "yes"),
        ('<text:hidden-text text:string-value="yes" text:is-hidden="false">yes</text:hidden-text>', "yes"),
        ('y<text:hidden-paragraph text:is-hidden="false"/>es', "yes"),
        ('y<text:bookmark-start text:name="b"/>es<text:bookmark-end text:name="b"/>', "yes"),
        ('y<text:bookmark-start text:name="c" loext:hidden="true"/>es', "yes"),
        ('y<text:change text:change-id="unknown"/>es<text:bookmark-end text:name="unknown"/>', "yes"),
        ('<loext:content-control loext:checkbox="true">☒</loext:content-control>', "☒"),
        ('<field:fieldmark field:type="vnd.oasis.opendocument.field.FORMCHECKBOX"><field:param '
         'field:name="Checkbox_Checked" field:value="true"/></field:fieldmark>', "☒"),
        ('<field:fieldmark field:type="vnd.oasis.opendocument.field.FORMCHECKBOX"/>', "☐"),
        ('<field:fieldmark-start field:type="vnd.oasis.opendocument.field.FORMTEXT"/>yes<field:fieldmark-end/>', "yes"),
        ("<field:fieldmark-separator/>yes<field:fieldmark-end/>", "yes"),
        ("<draw:frame><draw:image><office:binary-data>aGk=</office:binary-data></draw:image></draw:frame>yes", "yes"),
        ("<text:toc-mark/>yes", "yes"),
    ],
)  # fmt: skip
def test_what_is_shown_is_the_text(inside, text):
    assert read(f"<text:p>{inside}</text:p>") == (text, [])


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        ("  two\n\t words ", "two words "),
        ("\n  <text:span> one</text:span> <text:span> two</text:span>\n three", "one two three"),
        ("a <text:bookmark/> b<text:soft-page-break/> c", "a b c"),
        ("a <text:s/> b", "a   b"),
        ("a <text:line-break/> b", "a \n b"),
        ("a <text:date>3 May</text:date> b", "a 3 May b"),
        ("a <text:title/> b", "a  b"),
        ("a\u00a0\u2003 b", "a\u00a0\u2003 b"),
        (" ", ""),
    ],
)
def test_white_space_of_the_file_is_one_space_and_none_at_the_start(inside, text):
    assert read(f"{SAID}<text:p>{inside}</text:p>") == (f"I: And?\n{text}", [])


@pytest.mark.parametrize(
    ("inside", "kind", "words"),
    [
        ('<text:span text:style-name="Secrets">n<text:span text:style-name="Plain">o</text:span></text:span>',
         "hidden words", "no"),
        ('<text:hidden-text text:string-value="no" text:is-hidden="true">no</text:hidden-text>', "hidden words", "no"),
        ('<text:hidden-text text:condition="x" text:string-value="no"/>', "hidden words", "no"),
        ('<text:conditional-text text:string-value-if-true="no"/>', "hidden words", "no"),
        ('<text:variable-set text:display="none">no</text:variable-set>', "hidden words", "no"),
        ('<text:bookmark-start text:name="b" loext:hidden="true"/>no<text:bookmark-end text:name="b"/>',
         "hidden words", "no"),
        ("<text:ruby><text:ruby-text>no</text:ruby-text></text:ruby>", "readings above characters", "no"),
        ("<text:placeholder>no</text:placeholder>", "prompts where nobody wrote", "no"),
        ('<loext:content-control loext:showing-place-holder="true">no</loext:content-control>',
         "prompts where nobody wrote", "no"),
        ("<text:script>no</text:script>", "field codes", "no"),
        ('<text:alphabetical-index-mark text:key1="no"/>', "field codes", "no"),
        ('<text:toc-mark-start text:string-value="no"/>', "field codes", "no"),
        ("<field:fieldmark-start/>no<field:fieldmark-separator/><field:fieldmark-end/>", "field codes", "no"),
        ('<field:fieldmark-start><field:param field:name="vnd.oasis.opendocument.field.code" field:value=" no "/>'
         "</field:fieldmark-start><field:fieldmark-separator/>", "field codes", "no"),
        ("<draw:frame><svg:title>n</svg:title><svg:desc/></draw:frame>", "descriptions of pictures", "n"),
        ("<office:annotation><text:p>n</text:p><text:list><text:list-item><text:p>o</text:p></text:list-item>"
         "</text:list></office:annotation><office:annotation-end/>", "comments", "n o"),
        ("<text:number>1.</text:number>", "numbers of lists", "1."),
        ("<text:note><text:note-citation>*</text:note-citation></text:note>", "notes without words", "*"),
        ("<draw:frame><draw:object><math:math><math:mi>x</math:mi></math:math></draw:object></draw:frame>",
         "formulas", "x"),
    ],
)  # fmt: skip
def test_what_is_not_shown_is_told(inside, kind, words):
    assert read(f"{SAID}<text:p>{inside}yes</text:p>") == ("I: And?\nyes", [(kind, "paragraph 2", words)])


@pytest.mark.parametrize(
    "hidden",
    [
        '<text:p text:style-name="Aside">no</text:p>',
        '<text:p>no<text:hidden-paragraph text:is-hidden="true"/></text:p>',
        '<text:section text:display="none"><text:p>no</text:p><text:p/></text:section>',
        '<text:section text:display="condition" text:is-hidden="true"><text:p>no</text:p></text:section>',
        '<text:section text:display="none"><table:table><table:table-row><table:table-cell><text:p>no</text:p>'
        "</table:table-cell></table:table-row><table:table-row><table:table-cell/></table:table-row></table:table>"
        "</text:section>",
    ],
)
def test_what_is_hidden_leaves_no_line(hidden):
    assert read(f"{SAID}{hidden}<text:p/>{SAID}") == (
        "I: And?\n\nI: And?",
        [("hidden words", "paragraph 2", "no")],
    )


def test_section_whose_condition_does_not_hold_is_shown():
    section = '<text:section text:display="condition" text:is-hidden="false"><text:p>yes</text:p></text:section>'
    assert read(section) == ("yes", [])


def test_tracked_changes_are_read_as_if_accepted():
    body = (
        changed(a="<text:p>gone</text:p><text:p>too</text:p>", b="<text:p>never marked</text:p>", x="")
        + '<text:p>a <text:change text:change-id="a"/><text:change-start text:change-id="new"/>new'
        '<text:change-end text:change-id="new"/> <text:change-start text:change-id="x"/>old'
        '<text:change-end text:change-id="x"/>b</text:p>'
    )
    assert read(body) == (
        "a new b",
        [
            ("deleted words", "paragraph 1", "gone too"),
            ("deleted words", "paragraph 1", "old"),
            ("deleted words", "document", "never marked"),
            WHO,
        ],
    )


def test_deletion_over_paragraphs_and_tables_joins_what_is_left():
    table = f"<table:table>{row(cell('<text:p>c{}</text:p>'))}</table:table>"
    deleted = f"two{note('1', 'n')}</text:p>{table.format(BOX.format('d'))}<text:p>three"
    body = (
        changed(x="", y="")
        + f'<text:p>one <text:change-start text:change-id="x"/>{deleted}<text:change-end text:change-id="x"/>'
        f"{BOX.format('box')}four</text:p>"
        '<text:change-start text:change-id="y"/><text:p>five</text:p><text:change-end text:change-id="y"/>'
    )
    assert read(body) == (
        "one four\nbox",
        [
            ("deleted words", "paragraph 1", "1 n"),
            ("deleted words", "paragraph 1", "two"),
            ("deleted words", "paragraph 3", "d"),
            ("deleted words", "paragraph 2", "c"),
            ("deleted words", "paragraph 4", "three"),
            ("deleted words", "paragraph 6", "five"),
            WHO,
        ],
    )


def test_words_before_a_deletion_that_goes_on_to_the_end_are_kept():
    body = changed(x="") + '<text:p>one<text:change-start text:change-id="x"/></text:p><text:p>two</text:p>'
    assert read(f'{body}<text:change-end text:change-id="x"/>') == (
        "one",
        [("deleted words", "paragraph 2", "two"), WHO],
    )


def test_marks_without_names_begin_nothing():
    body = f"{changed(a='<text:p>gone</text:p>')}<text:p><text:change/><text:change-start/><text:bookmark-start/>yes"
    assert read(f"{body}<text:change-end/><text:bookmark-end/></text:p>") == (
        "yes",
        [("deleted words", "document", "gone"), WHO],
    )


def test_comment_on_a_change_is_told():
    change = "<office:change-info><dc:creator/><text:p>Why?</text:p></office:change-info>"
    body = f"<text:tracked-changes><text:changed-region><text:insertion>{change}</text:insertion></text:changed-region>"
    assert read(f"{body}</text:tracked-changes>{SAID}") == ("I: And?", [("comments", "document", "Why?")])


def test_notes_stand_at_the_end_with_their_marks():
    body = (
        f"<text:p>said{note('1', 'one' + note('2', 'of a note'))} more{note('†', 'two')}</text:p>"
        f'<text:p><text:span text:style-name="Secret">no{note("3", "three")}</text:span>end{note("iv", "")}</text:p>'
    )
    assert read(body) == (
        "said[note 1] more[note 2]\nend[note 3]\n[note 1] one[note 4]\n[note 2] two\n[note 3] \n[note 4] of a note",
        [
            ("marks of notes", "paragraph 1", "†"),
            ("hidden words", "paragraph 2", "3 three"),
            ("hidden words", "paragraph 2", "no"),
        ],
    )


def test_numbers_of_lists_and_headings_are_told_and_bullets_are_none():
    def points(style, *content):
        items = "".join(f"<text:list-item>{item}</text:list-item>" for item in content)
        return f"<text:list {style}>{items}</text:list>"

    inner = points("", "<text:p>c</text:p>")
    body = (
        points('text:style-name="Numbers"', "<text:p>a</text:p><text:p>b</text:p>", inner)
        + points('text:style-name="Bullets"', "<text:p>d</text:p>" + inner.replace(">c<", ">e<"))
        + points("", '<text:p text:style-name="Point">f</text:p>', "<text:p>g</text:p>")
        + '<text:list text:style-name="Numbers"><text:list-header><text:p>h</text:p></text:list-header>'
        '<text:list-item text:style-override="Bullets"><text:p>i</text:p></text:list-item>'
        "<text:list-item><text:number>7)</text:number><text:p>j</text:p></text:list-item>"
        "<text:list-item><table:table><table:table-row><table:table-cell><text:p>k</text:p></table:table-cell>"
        "</table:table-row></table:table></text:list-item></text:list>"
        '<text:h text:outline-level="1">l</text:h><text:h text:outline-level="2">m</text:h>'
        '<text:h text:outline-level="1" text:is-list-header="true">n</text:h>'
        '<text:h text:outline-level="1" text:style-name="NoNumber">o</text:h>'
        '<text:h text:outline-level="1"><text:number>3</text:number>p</text:h>'
        '<text:numbered-paragraph text:style-name="Bullets" text:level="2"><text:p>q</text:p></text:numbered-paragraph>'
        '<text:numbered-paragraph text:level="999999999"><text:p>r</text:p></text:numbered-paragraph><text:p>s</text:p>'
    )
    text, told = read(body)
    assert text.split("\n") == list("abcdefghijklmnopqrs")
    assert told == [
        ("numbers of lists", f"paragraph {ord(letter) - ord('a') + 1}", number)
        for letter, number in {"a": "", "e": "", "f": "", "j": "7)", "l": "", "p": "3", "q": ""}.items()
    ]


def test_tables_keep_merged_and_nested_cells_once():
    nested = f"<table:table>{row(cell('<text:p>a</text:p>'), cell('<text:p>b</text:p>'))}</table:table>"
    body = (
        "<table:table><table:title>Who</table:title><table:table-column/><table:table-header-rows>"
        + row(cell("<text:p>Speaker</text:p>"), cell("<text:p>Content</text:p>"))
        + "</table:table-header-rows><text:soft-page-break/><table:table-rows>"
        + row(cell("<text:p>Part two</text:p>", 'table:number-columns-spanned="2"'), "<table:covered-table-cell/>")
        + row(
            cell("<text:p>Sam</text:p>", 'table:number-rows-spanned="2"'),
            cell(f"<text:p>One.</text:p>{nested}"),
            "<odd:x/>",
        )
        + row(
            "<table:covered-table-cell><text:p>under</text:p></table:covered-table-cell>", cell("<text:p>Two.</text:p>")
        )
        + "</table:table-rows></table:table>"
    )
    assert read(body) == (
        "Part two\nSam: One.\na: b\nTwo.",
        [("descriptions of tables", "paragraph 1", "Who"), ("hidden words", "paragraph 8", "under")],
    )


def test_rows_and_cells_that_stand_for_several_are_shown_as_often(monkeypatch):
    monkeypatch.setattr(reader, "MOST_REPEATED", 14)
    twice = cell("<text:p>ab</text:p>", 'table:number-columns-repeated="2"')
    many = cell("<text:p>cd</text:p>", 'table:number-columns-repeated="1000000"')
    rows = row(twice).replace("-row>", '-row table:number-rows-repeated="2">', 1)
    assert read(f"<table:table>{rows}{row(many)}</table:table>") == (
        "ab: ab\nab: ab\ncd: cd: cd",
        [("repetitions", "paragraph 2", "999,997 × cd")],
    )


def test_columns_that_a_cell_covers_are_counted_together():
    covered = '<table:covered-table-cell table:number-columns-repeated="2"/>'
    wide = cell("<text:p>a</text:p>", 'table:number-columns-spanned="3"')
    body = f"<table:table>{row(wide, covered, cell('<text:p>b</text:p>'))}{row(covered, cell('<text:p>c</text:p>'))}"
    assert read(f"{body}</table:table>") == ("a: b\n: : c", [])


def test_cell_outside_of_a_row_is_told():
    assert read(f"{SAID}<table:table>{cell('<text:p>lost</text:p>')}</table:table>") == (
        "I: And?",
        [("other words", "document", "lost")],
    )


def test_text_boxes_and_shapes_stand_after_their_paragraph():
    shape = "<draw:g><draw:custom-shape><text:p>in a shape</text:p></draw:custom-shape></draw:g>"
    body = f"{BOX.format('on the page')}<text:p>before{BOX.format('in a box')}{shape} after</text:p>"
    assert read(body) == ("on the page\nbefore after\nin a box\nin a shape", [])


def test_choice_of_a_list_is_kept_and_the_others_told():
    def labels(selected="false"):
        return (
            f'<text:label text:value="often" text:current-selected="{selected}"/>'
            '<text:label text:value="never" text:current-selected="false"/>'
        )

    items = "".join(
        f'<loext:list-item loext:{name}="{value}"/>' for name, value in (("display-text", "often"), ("value", "never"))
    )
    params = "".join(
        f'<field:param field:name="Dropdown_{name}" field:value="{value}"/>'
        for name, value in (("ListEntry", "often"), ("ListEntry", "never"), ("Selected", "{}"))
    )
    field = f"<field:fieldmark>{params}</field:fieldmark>"
    for shown in (
        f"<text:drop-down>{labels()}often</text:drop-down>",
        f"<text:drop-down>{labels('true')}</text:drop-down>",
        f"<loext:content-control>{items}often</loext:content-control>",
        field.format(0),
    ):
        assert read(f"<text:p>{shown}</text:p>") == (
            "often",
            [("choices that were not chosen", "paragraph 1", "never")],
        )
    assert read(f"{SAID}<text:p>{field.format(2)}</text:p>") == (
        "I: And?",
        [("choices that were not chosen", "paragraph 2", word) for word in ("often", "never")],
    )


def test_answers_in_forms_stand_where_their_fields_are():
    controls = {
        "a": '<form:text xml:id="a" form:value="no" form:current-value="Good"/>',
        "b": '<form:textarea form:id="b"><text:p>On the</text:p><text:p>whole</text:p></form:textarea>',
        "c": '<form:checkbox form:id="c" form:label="again" form:current-state="checked"/>',
        "d": '<form:checkbox form:id="d" form:label="never" form:state="checked" form:current-state="unchecked"/>',
        "e": '<form:radio form:id="e" form:label="yes" form:selected="true"/>',
        "f": '<form:listbox form:id="f"><form:option form:label="nurse" form:current-selected="true"/>'
        '<form:option form:value="friend" form:selected="true"/><form:option form:label="aunt"/></form:listbox>',
        "g": '<form:combobox form:id="g" form:value="Leeds"><form:item form:label="York"/>'
        '<form:item form:label="Leeds"/></form:combobox>',
        "h": '<form:fixed-text form:id="h" form:label="How was it?"/>',
        "i": '<form:button form:id="i" form:label="Send"/>',
        "j": '<form:password form:id="j" form:value="1234"/>',
        "k": '<form:date form:id="k" form:value="no"/>',
    }
    unseen = '<form:text form:value="unseen"/><form:hidden form:value="secret"/><form:form form:name="none"/>'
    shapes = "".join(
        f'<draw:control draw:control="{key}" text:anchor-type="{"as-char" if key in "ac" else "paragraph"}">'
        f"<svg:desc>{key * (key == 'a')}</svg:desc></draw:control>"
        for key in ("a", *"bcdefghijaz")
    )
    hidden = '<text:section text:display="none"><draw:control draw:control="k"/></text:section>'
    forms = f"<office:forms><form:form>{''.join(controls.values())}{unseen}</form:form></office:forms>"
    assert read(f"{forms}<text:p>It was: {shapes}</text:p>{hidden}") == (
        "It was: Good☒ again\nOn the whole\n☐ never\n☒ yes\nnurse, friend\nLeeds\nHow was it?",
        [
            ("what is said of fields", "paragraph 1", "no"),
            ("descriptions of pictures", "paragraph 1", "a"),
            ("choices that were not chosen", "paragraph 1", "aunt"),
            ("choices that were not chosen", "paragraph 1", "York"),
            ("labels of buttons", "paragraph 1", "Send"),
            ("hidden words", "paragraph 1", "1234"),
            ("descriptions of pictures", "paragraph 1", "a"),
            ("hidden words", "paragraph 1", "no"),
            ("other words", "document", "unseen"),
            ("hidden words", "document", "secret"),
        ],
    )


def test_what_is_no_words_is_not_told():
    data = "<draw:frame><draw:image><office:binary-data>aGk=</office:binary-data></draw:image></draw:frame>"
    assert read(
        f"<text:p>{data}</text:p>{SAID}", meta_dot_xml=part("office:document-meta", "<dc:date>now</dc:date>")
    ) == (
        "\nI: And?",
        [],
    )


def test_indexes_are_text_and_what_they_are_made_of_is_told():
    body = (
        "<text:table-of-content><text:table-of-content-source><text:index-title-template>Contents"
        "</text:index-title-template></text:table-of-content-source><text:index-body><text:index-title>"
        "<text:p>Contents</text:p></text:index-title><text:p>One<text:tab/>3</text:p></text:index-body>"
        "</text:table-of-content>"
    )
    assert read(body) == ("Contents\nOne\t3", [("field codes", "paragraph 1", "Contents")])


def test_values_that_fields_do_not_show_are_told():
    def declared(name, value):
        return f'<text:user-field-decl text:name="{name}" office:string-value="{value}"/>'

    declarations = "".join(declared(*pair) for pair in (("a", "Ada"), ("b", "Ben"), ("c", "Cat")))
    got = '<text:user-field-get text:name="{}">{}</text:user-field-get>'
    body = f"<text:user-field-decls>{declarations}</text:user-field-decls><text:p>{got.format('a', 'Ada')}"
    assert read(f"{body}{got.format('b', '?')}</text:p>") == (
        "Ada?",
        [("values of fields", "document", "Ben"), ("values of fields", "document", "Cat")],
    )


def test_what_stands_beside_the_document_is_told():
    chart = "<office:body><office:chart><chart:title><text:p>Sales</text:p></chart:title></office:chart></office:body>"
    text, told = read(
        '<text:p>I: And?<draw:frame><draw:object xlink:href="./Chart"/></draw:frame><draw:frame>'
        '<draw:object xlink:href="./Sum/"/><draw:object xlink:href="./Sum"/><draw:object xlink:href="away"/>'
        "</draw:frame><draw:object-ole><office:binary-data>aGk=</office:binary-data></draw:object-ole></text:p>"
        "<xforms>model</xforms>",
        common="<number:text>, </number:text><text:notes-configuration><text:note-continuation-notice-forward>more"
        "</text:note-continuation-notice-forward></text:notes-configuration>",
        pages="<style:master-page><style:header><text:p>Interview 7</text:p></style:header>"
        "<style:footer-left><text:p>Page <text:page-number>1</text:page-number></text:p></style:footer-left>"
        "<draw:frame><text:p>drawn</text:p></draw:frame></style:master-page>",
        meta_dot_xml=part(
            "office:document-meta", "<dc:title>Ada's interview</dc:title><meta:generator>x</meta:generator>"
        ),
        settings_dot_xml="no word",
        Chart__content_dot_xml=part("office:document-content", chart),
        Sum__content_dot_xml=part("math:math", "<math:mi>x</math:mi><math:mo>=</math:mo>"),
        Sheet__content_dot_xml=part("office:document-content", "<text:p>cell</text:p>"),
        Sheet__styles_dot_xml=part("office:document-styles", "<text:p>1</text:p>"),
        Basic__macro_dot_xml="<!DOCTYPE x>",
        Old__content_dot_xml="<!DOCTYPE math><math>y</math>",
        Versions__Version1="PK",
        Pictures__one_dot_png="PNG",
        Thumbnails__small="PNG",
        Configurations2__=b"",
    )
    assert text == "I: And?"
    assert told == [
        ("files in the document", "document", ""),
        ("words in charts", "paragraph 1", "Sales"),
        ("formulas", "paragraph 1", "x ="),
        ("other words", "document", "model"),
        ("headers", "header", "Interview 7"),
        ("footers", "footer-left", "Page 1"),
        ("other words", "frame", "drawn"),
        ("other words", "styles", "more"),
        ("properties of the document", "document", "Ada's interview"),
        ("words beside the document", "Sheet/content.xml", "cell"),
        ("words beside the document", "Sheet/styles.xml", "1"),
        ("files in the document", "Basic/macro.xml", "<!DOCTYPE x>"),
        ("files in the document", "Old/content.xml", "<!DOCTYPE math><math>y</math>"),
        ("files in the document", "Versions/Version1", ""),
    ]


def test_document_without_styles_or_a_body_or_words_is_empty():
    files = {"styles.xml": None, "META-INF/manifest.xml": None}
    bare = {"content.xml": part("office:document-content", "<text:p>lost</text:p>")}
    assert read("", **files) == ("", [])
    assert read("", **files, **bare) == ("", [("other words", "document", "lost")])


ENCRYPTED = part("manifest:manifest", "<manifest:file-entry><manifest:encryption-data/></manifest:file-entry>")
OLDER = '<!DOCTYPE manifest PUBLIC "-//OpenOffice.org//DTD Manifest 1.0//EN" "Manifest.dtd"><manifest/>'
ANEW = "Open it in the program that it comes from, save it anew, and give it again"
WHERE = f"is damaged, or made in a way that is not known here (in {{}}). {ANEW}"


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"META-INF/manifest.xml": ENCRYPTED}, "has a password. Open it, save it without one, and give it again"),
        ({"META-INF/manifest.xml": ENCRYPTED, "content.xml": None},
         "has a password. Open it, save it without one, and give it again"),
        ({"content.xml": None}, f"is no OpenDocument text (.odt). {ANEW}"),
        ({"META-INF/manifest.xml": ""}, WHERE.format("META-INF/manifest.xml")),
        ({"content.xml": ""}, WHERE.format("content.xml")),
        ({"content.xml": "<a><b></a>"}, WHERE.format("content.xml")),
        ({"content.xml": "<a>" * 300 + "</a>" * 300}, WHERE.format("content.xml")),
        ({"content.xml": '<!DOCTYPE x [<!ENTITY e "lost">]><x>&e;</x>'}, WHERE.format("content.xml")),
        ({"content.xml": '<!DOCTYPE x><x xml:id="1"/>'}, WHERE.format("content.xml")),
        ({"content.xml": '<x xml:id="1">y<z></x>'}, WHERE.format("content.xml")),
        ({"styles.xml": "\0"}, WHERE.format("styles.xml")),
        ({"meta.xml": "&e;"}, WHERE.format("meta.xml")),
    ],
)  # fmt: skip
def test_file_that_cannot_be_read_is_refused(files, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        read(SAID, **files)


@pytest.mark.parametrize(
    "words",
    [
        '<text:p xml:id="1">yes</text:p>',
        '<text:p xml:id="a"><text:span xml:id="a">yes</text:span></text:p>',
        "<text:p><none:span none:style='x'>yes</none:span></text:p>",
    ],
)
def test_faults_by_which_no_word_is_lost_are_no_reason_to_refuse(words):
    assert read(words) == ("yes", [])


def test_document_type_of_an_older_list_of_parts_is_no_reason_to_refuse():
    assert read(SAID, **{"META-INF/manifest.xml": OLDER}) == ("I: And?", [])


def test_part_that_is_packed_badly_is_refused():
    written = bytearray(open_document(SAID, compression=zipfile.ZIP_STORED))
    at = written.index(b"I: And?")
    written[at : at + 1] = b"U"
    with pytest.raises(ValueError, match="is damaged, or made in a way"):
        read_open_document(zipfile.ZipFile(io.BytesIO(written)))


def test_two_parts_of_one_name_are_refused():
    written = io.BytesIO(open_document(SAID))
    with zipfile.ZipFile(written, "a") as packed, pytest.warns(UserWarning, match="Duplicate name"):
        packed.writestr("content.xml", "<x/>")
    with zipfile.ZipFile(written) as packed, pytest.raises(ValueError, match="two parts in it have one name"):
        read_open_document(packed)


@pytest.mark.parametrize("says", ["Memory allocation failed", "unknown error"])
def test_want_of_memory_is_no_damage(monkeypatch, says):
    def parsed(content):
        raise parts.etree.XMLSyntaxError(says, None, 0, 0)

    monkeypatch.setattr(parts, "parsed", parsed)
    with pytest.raises(MemoryError):
        read(SAID)


# Whatever may hold words, one within another: "{}" is where the next one stands, or a word.
WITHIN = [
    *(f"<{name}>{{}}</{name}>" for name in (
        "text:p", "text:h", "text:span", "text:a", "text:meta", "text:date", "text:placeholder", "text:ruby-base",
        "text:ruby-text", "text:ruby", "text:note", "text:note-body", "text:note-citation", "text:list",
        "text:list-item", "text:list-header", "text:number", "text:numbered-paragraph", "text:section", "text:script",
        "text:index-body", "text:table-of-content-source", "text:tracked-changes", "text:conditional-text",
        "text:drop-down", "text:hidden-text", "text:hidden-paragraph", "text:s", "text:tab", "text:change",
        "text:toc-mark", "text:unknown", "text:user-field-decls", "office:annotation", "office:forms",
        "office:change-info", "office:script", "dc:creator", "table:table", "table:table-row", "table:table-cell",
        "table:covered-table-cell", "table:table-header-rows", "table:title", "table:shapes", "draw:frame",
        "draw:text-box", "draw:image", "draw:custom-shape", "draw:control", "draw:object", "dr3d:scene", "svg:title",
        "svg:desc", "math:math", "form:textarea", "form:hidden", "loext:content-control", "field:fieldmark",
        "field:fieldmark-start", "field:fieldmark-separator", "field:fieldmark-end", "odd:element",
    )),
    '<text:span text:style-name="Secret">{}</text:span>', '<text:span text:style-name="Kept">{}</text:span>',
    '<text:p text:style-name="Aside">{}</text:p>', '<text:section text:display="none">{}</text:section>',
    '<text:p>{}<text:hidden-paragraph text:is-hidden="true"/></text:p>',
    '<text:list text:style-name="Numbers">{}</text:list>',
    "<text:note><text:note-citation>1</text:note-citation><text:note-body>{}</text:note-body></text:note>",
    '<text:change-start text:change-id="r"/>{}', '{}<text:change-end text:change-id="r"/>',
    '<text:bookmark-start text:name="h" loext:hidden="true"/>{}', '{}<text:bookmark-end text:name="h"/>',
    '<text:changed-region text:id="r"><text:deletion>{}</text:deletion></text:changed-region>',
    '<text:changed-region text:id="q"><text:deletion>{}</text:deletion></text:changed-region>',
    '<text:p>x<text:change text:change-id="q"/>{}</text:p>', '<draw:control draw:control="f">{}</draw:control>',
    '<form:textarea form:id="f">{}</form:textarea>', '<form:text form:id="f" form:value="{}"/>',
    '<form:text form:id="f" form:value="{}" form:current-value="other"/>',
    '<form:checkbox form:id="f" form:label="x" form:value="{}"/>', '<form:text form:id="f" form:title="{}"/>',
    '<form:textarea form:id="f" form:value="{}"><text:p>other</text:p></form:textarea>',
    '<loext:content-control loext:showing-place-holder="true">{}</loext:content-control>',
    '<text:p><text:drop-down><text:label text:value="{}"/>x</text:drop-down></text:p>',
    '<text:p><text:hidden-text text:string-value="{}"/></text:p>',
    '<text:user-field-decl text:name="u" office:string-value="{}"/>', '<form:checkbox form:label="{}"/>',
    '<table:table-cell table:number-columns-repeated="2">{}</table:table-cell>',
]  # fmt: skip
NESTED = st.lists(st.lists(st.sampled_from(WITHIN), min_size=1, max_size=6), min_size=1, max_size=8)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(NESTED, st.sampled_from(["body", "head", "object"]))
def test_no_planted_word_is_lost(nests, where):
    words = (f"zq{number}zq" for number in itertools.count())
    xml = ""
    for nest in nests:
        inner = next(words)
        for outer in reversed(nest):
            if '="{}"' not in outer:
                inner = f"{outer.replace('{}', inner)}{next(words)}"
            elif where == "body":  # what attributes hold is told of what is not itself left out
                xml += outer.replace("{}", next(words))
        xml += inner
    count = xml.count("zq") // 2

    if where == "body":
        text, told = read(SAID + xml)
    elif where == "head":
        text, told = read(SAID, pages=f"<style:master-page><style:header>{xml}</style:header></style:master-page>")
    else:
        text, told = read(SAID, Object__content_dot_xml=part("office:document-content", xml))

    found = " ".join([text, *(words for _, _, words in told)])
    assert [number for number in range(count) if f"zq{number}zq" not in found] == []
