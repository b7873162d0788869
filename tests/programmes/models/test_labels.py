"""What people call a configuration, and the groups under which a source sets some."""

import csv
import io
import json
import re
from pathlib import Path

import lxml.html
import pytest
from django.conf import settings

from programmes.models import CMOC
from programmes.models.short_names import cmoc_name
from tests.factories import CMOCFactory, CMOCGroupFactory, CMOCServiceFactory, ServiceFactory, TheoryFactory

DISCHARGE = "/theories/discharge/"
NUMBER_BY_ITSELF = re.compile(r"CMOC \{\{ [a-z_.]*number|CMOC \{[a-z_.]*\bnumber\}")
ALLOWED = {"programmes/models/short_names.py", "programmes/diagrams/graph.py"}
ALLOWED |= {"templates/desk/bench/_draft.html"}  # a number that is still to be given


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("", "CMOC 3"),
        ("1a", "CMOC 1a"),
        ("3.2", "CMOC 3.2"),
        ("4–7", "CMOC 4–7"),
        ("CMOC 3.2", "CMOC 3.2"),
        ("Mechanism1", "Mechanism1"),
        ("Proposition 2", "Proposition 2"),
        ("(iv)", "(iv)"),
        ("配置1", "配置1"),
    ],
)
def test_name_is_the_printed_label(label, name):
    assert cmoc_name(3, label) == name
    assert str(CMOC(number=3, label=label)) == name


@pytest.mark.parametrize("folder", ["programmes", "templates", "surveys"])
def test_only_one_function_names_a_cmoc(folder):
    root = Path(settings.BASE_DIR)
    files = [path for path in (root / folder).rglob("*.*") if path.suffix in {".py", ".html", ".svg"}]
    assert NUMBER_BY_ITSELF.search("CMOC {{ row.cmoc.number }}")
    assert NUMBER_BY_ITSELF.search('f"CMOC {cmoc.number}"')
    found = {
        path.relative_to(root).as_posix()
        for path in files
        if "migrations" not in path.parts and NUMBER_BY_ITSELF.search(path.read_text(encoding="utf-8"))
    }
    assert found <= ALLOWED


def text_of(client, address):
    return client.get(address).content.decode()


def test_label_stands_wherever_the_cmoc_is_named(universe, client):
    for address in (
        DISCHARGE,
        f"{DISCHARGE}cmocs/1/",
        f"{DISCHARGE}cmocs/1/cite/",
        f"{DISCHARGE}cmocs/1/history/",
        f"{DISCHARGE}contexts/short-stay/",
        f"{DISCHARGE}earlier/",
        "/studies/discharge-2023/services/",
        "/studies/discharge-2023/services/A/",
        f"{DISCHARGE}web.svg",
        f"{DISCHARGE}web.dot",
        f"{DISCHARGE}web.json",
        f"{DISCHARGE}web.graphml",
    ):
        page = text_of(client, address)
        assert "CMOC 1a" in page, address
        assert not re.search(r"CMOC 1\b(?!a)", page), address
    assert "Proposition 2" in text_of(client, f"{DISCHARGE}lineage/")
    assert "CMOC Proposition" not in text_of(client, f"{DISCHARGE}cmocs/4/")
    assert "CMOC 4" not in text_of(client, f"{DISCHARGE}cmocs/4/")
    assert "CMOC 2 of 6" not in text_of(client, f"{DISCHARGE}cmocs/2/")


def test_search_finds_the_label(universe, client):
    for question in ("1a", "proposition 2"):
        assert f"{DISCHARGE}cmocs/{1 if question == '1a' else 4}/" in text_of(client, f"/search/?q={question}")


def test_groups_are_headings_of_the_table_and_a_filter(universe, client):
    page = client.get(f"{DISCHARGE}?view=table")
    shown = [(group.heading, [row.cmoc.number for row in rows]) for group, rows in page.context["page"].groups]
    assert shown == [("Case A: Elmstadt", [1, 2, 3]), ("Case B: Brückenau", [5, 6])]
    assert "A town hospital with short stays." in page.content.decode()

    one = text_of(client, f"{DISCHARGE}?view=table&group=2")
    assert '<tr class="group"><th scope="rowgroup" colspan="' in one
    assert one.count("Case A: Elmstadt") == 1  # among the choices
    assert "2</strong> of 5 CMOCs shown" in one
    assert "Case B: Brückenau" in text_of(client, f"{DISCHARGE}cmocs/5/")
    nodes = json.loads(text_of(client, f"{DISCHARGE}web.json?group=2"))["nodes"]
    assert {node["group"] for node in nodes if node["kind"] == "cmoc"} == {"Case B: Brückenau"}


def test_theory_without_groups_says_nothing_of_them(universe, client):
    page = text_of(client, "/theories/gardens/?view=table")
    assert 'class="group"' not in page
    assert 'name="group"' not in page


def test_admin_counts_the_cmocs_of_a_group(universe, admin_client):
    page = text_of(admin_client, "/admin/programmes/cmocgroup/?q=Elmstadt")
    assert '<td class="field-cmoc_count">3</td>' in page


def test_api_gives_label_and_group(universe, client):
    row = client.get("/api/v1/cmocs/discharge:1/").json()
    assert (row["label"], row["group"], row["group_heading"]) == ("1a", "discharge:1", "Case A: Elmstadt")
    row = client.get("/api/v1/cmocs/gardens:1/").json()
    assert (row["label"], row["group"], row["group_heading"]) == ("", None, None)
    groups = client.get("/api/v1/groups/?theory=discharge").json()["results"]
    assert [(group["id"], group["heading"]) for group in groups] == [
        ("discharge:1", "Case A: Elmstadt"),
        ("discharge:2", "Case B: Brückenau"),
    ]
    table = text_of(client, "/theories/discharge/support.csv")
    assert [line["label"] for line in csv.DictReader(io.StringIO(table))] == ["1a", "1b", "", "", ""]


def test_ungrouped_cmocs_come_last_and_order_is_by_group(db, client):
    theory = TheoryFactory()
    second, first = (CMOCGroupFactory(theory=theory, number=number, heading=f"Theme {number}") for number in (2, 1))
    for number, group in ((1, second), (2, None), (3, first)):
        CMOCFactory(theory=theory, number=number, group=group)
    page = client.get(f"/theories/{theory.slug}/?view=table").context["page"]
    assert [(str(group), [row.cmoc.number for row in rows]) for group, rows in page.groups] == [
        ("Theme 1", [3]),
        ("Theme 2", [1]),
        ("None", [2]),
    ]


def test_group_of_another_theory_is_refused(db):
    group = CMOCGroupFactory()
    cmoc = CMOCFactory.build(theory=TheoryFactory(), number=1, group=group)
    with pytest.raises(Exception, match="The group belongs to another theory than the CMOC"):
        cmoc.full_clean()


def test_group_that_is_deleted_leaves_its_cmocs(db):
    cmoc = CMOCFactory()
    cmoc.group = CMOCGroupFactory(theory=cmoc.theory)
    cmoc.save()
    cmoc.group.delete()
    assert CMOC.objects.get(pk=cmoc.pk).group is None


def test_page_names_others_that_are_called_the_same(db, client):
    theory = TheoryFactory()
    for number, label, title in ((1, "1a", "Waiting"), (2, "1a", ""), (3, "3", ""), (4, "1a", "Never")):
        CMOCFactory(theory=theory, number=number, label=label, title=title)
    CMOC.objects.filter(number=4).update(status="retired")

    def told(number):
        page = lxml.html.fromstring(text_of(client, f"{address}cmocs/{number}/"))
        lines = [" ".join(line.text_content().split()) for line in page.xpath("//p[@class='locator']")]
        return [line for line in lines if "as well" in line]

    address = theory.get_absolute_url()
    assert told(1) == ["CMOC 1a, number 2 of the theory, is called CMOC 1a as well; this is number 1."]
    assert told(2) == ["Waiting, number 1 of the theory, is called CMOC 1a as well; this is number 2."]
    assert told(3) == []


def test_service_is_called_the_same_whether_quoted_or_stated(db, client):
    theory = TheoryFactory()
    cmoc = CMOCFactory(theory=theory, number=1)
    for number, name in (("A", "The ward on the hill"), ("B", "")):
        service = ServiceFactory(study=theory.study, number=number, name=name, service_type="Ward", location="Hull")
        CMOCServiceFactory(cmoc=cmoc, service=service)
    address = theory.get_absolute_url()
    names = ["The ward on the hill A", "Ward, Hull B"]

    for page in (address, f"{address}?view=table", f"{address}evidence/"):
        options = lxml.html.fromstring(text_of(client, page)).xpath("//select[@name='service_stated']/option/text()")
        assert options in ([], ["Any", *names]), page
    stated = lxml.html.fromstring(text_of(client, f"{address}cmocs/1/")).xpath(
        "//dt[.='Services stated relevant']/following-sibling::dd[1]//a"
    )
    assert [" ".join(link.text_content().split()) for link in stated] == names
    earlier = text_of(client, f"{address}cmocs/1/history/")
    assert "The ward on the hill" in earlier
