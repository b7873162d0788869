"""An empty appendix: the heads of one, two examples, and rows to fill in."""

import io

import docx
import openpyxl
import pytest

from programmes.pages.appendix_form import BLANK_ROWS, EXAMPLES
from programmes.vocabulary import TheoryForm

pytestmark = [pytest.mark.django_db, pytest.mark.once]
ENDS = ["Who acts", "Who benefits", "Services stated relevant"]
SLOTS = {
    "cmo": ["Context", "Mechanism", "Outcome", *ENDS],
    "icamo": ["Intervention", "Context", "Actor", "Mechanism", "Outcome", *ENDS[1:]],
    "scmo": ["Strategy", "Context", "Mechanism", "Outcome", *ENDS],
    "cimo": ["Context", "Intervention", "Mechanism", "Outcome", *ENDS],
    "if-then": ["If", "Then", "Because", *ENDS],
    "narrative": ENDS,
}
OTHERS = {
    "Quotes": ["CMOC no.", "Role", "Quote", "Speaker", "Source", "Line"],
    "Caveats": ["CMOC no.", "Outcome", "Kind", "Text"],
    "Services": ["Service", "Name", "Type", "Sector", "Location", "Programme"],
}


def answer(client, form, query=""):
    response = client.get(f"/our-table.{form}{query}")
    assert response.status_code == 200
    return io.BytesIO(response.content)


def expected(form):
    return {"CMOCs": ["CMOC no.", "Group", "Title", "Statement", *SLOTS[form]], **OTHERS}


@pytest.mark.parametrize("form", TheoryForm.values)
def test_workbook_and_word_have_the_heads_of_the_form(client, form):
    book = openpyxl.load_workbook(answer(client, "xlsx", f"?form={form}"))
    heads = {name: [cell.value for cell in book[name][1]] for name in book.sheetnames if name != "About"}
    assert heads == expected(form)
    document = docx.Document(answer(client, "docx", f"?form={form}"))
    assert [[cell.text for cell in table.rows[0].cells] for table in document.tables] == [*expected(form).values()]


def test_examples_stand_in_the_first_rows_and_others_are_empty(client):
    document = docx.Document(answer(client, "docx"))
    rows = [[cell.text for cell in row.cells] for row in document.tables[0].rows]
    assert [row[0] for row in rows] == ["CMOC no.", "Example 1", "Example 2", *[""] * BLANK_ROWS]
    assert rows[2] == ["Example 2", "", EXAMPLES[1]["Title"], EXAMPLES[1]["Statement"], "a room is quiet", "Not stated",
                       "people talk\npeople stay", "", "", ""]  # fmt: skip
    assert len(document.tables[3].rows) == 1 + BLANK_ROWS
    book = openpyxl.load_workbook(answer(client, "xlsx"))
    assert [row[0] for row in book["Quotes"].iter_rows(min_row=2, values_only=True)] == ["Example 1"] * 2
    assert book.properties.keywords == "realist-appendix-1"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("form=cmos", '"cmos" is no form of a theory; did you mean "cmo"?'),
        ("of=cmo", '"of" is not known to this page and was left out; known are form'),
    ],
)
def test_form_that_is_none_is_refused(client, query, said):
    response = client.get(f"/our-table.docx?{query}")
    assert (response.status_code, response.content.decode()) == (400, said)
