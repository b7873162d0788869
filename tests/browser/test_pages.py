"""Every type of page as people meet it: accessible in each colour and width, by keyboard, and without JavaScript."""

import hashlib
import io

import pypdf
import pytest
from django.contrib.auth import get_user_model
from django.utils.timezone import localdate
from playwright.sync_api import expect

from programmes.models import CMOC, Membership, Study
from tests.browser.conftest import HEIGHT, SCREENS, faults_on_screens, screens_for
from tests.factories import CMOCContextFactory, CMOCFactory, CMOCMechanismFactory, CMOCOutcomeFactory, TheoryFactory
from tools.commands import ROOT

pytestmark = pytest.mark.browser

THEORY = "/theories/thompson-2023/"
STUDY = "/studies/thompson-2023/"
PAGES = [  # one of each template, in its fullest state
    "/",
    THEORY,
    f"{THEORY}cmocs/2/",
    f"{THEORY}cmocs/2/cite/",
    f"{THEORY}cmocs/2/history/",
    f"{THEORY}outcomes/service-engagement/",
    f"{THEORY}evidence/?quote_q=hope&role=supports",
    f"{THEORY}matrix/",
    f"{THEORY}lineage/",
    f"{THEORY}earlier/",
    f"{THEORY}setting/?sector=charity&delivery=online",
    f"{THEORY}slides/",
    "/from-where-you-stand/?sector=School&outcome=Better+wellbeing",
    "/theories/halsall-2022/",
    STUDY,
    f"{STUDY}services/",
    f"{STUDY}services/12/",
    f"{STUDY}quotes/q18/",
    f"{STUDY}memos/",
    "/surveys/thompson-2023-survey/",
    "/search/?q=trust",
    "/search/?q=nothing-of-the-kind",
    "/accessibility/",
    "/cite/",
    "/glossary/",
    "/api/v1/docs/",
]
STATES = [  # of the same templates
    "/theories/",
    "/studies/",
    f"{THEORY}?view=picture",
    f"{THEORY}?view=picture#path-cmoc-2",
    f"{THEORY}?view=picture&setting=thompson-2023,sector=school#path-outcome-hope",
    f"{THEORY}?view=table",
    f"{THEORY}?view=sources",
    f"{THEORY}?outcome=hope",
    f"{THEORY}?status=refuted",
    f"{THEORY}contexts/matched-peer/",
    f"{THEORY}mechanisms/inspiration/",
    f"{THEORY}evidence/",
    f"{THEORY}evidence/?cmoc=5&role=counters",
    f"{THEORY}setting/",
    "/theories/halsall-2022/cmocs/1/",
    f"{STUDY}memos/?about=reference",
    "/services/",
    "/search/",
    "/search/?q=empthy",
]
ERRORS = ["/nothing/", f"{THEORY}?outcome=hop"]  # one of each template
MORE_ERRORS = [
    f"{THEORY}evidence/?role=counter",
    f"{THEORY}setting/?sector=schol",
    f"{THEORY}earlier/?day=yesterday",
    f"{STUDY}memos/?kind=methd",
]
ZOOMED = 320  # pixels that 400 % zoom leaves of 1280
PHOTOGRAPHS = ROOT / ".local" / "photographs"


def faults(page, axe, address, *, every):
    """Return what axe finds on each screen, and by how much the page is wider than the screen."""
    page.goto(address)
    found = []
    page.set_viewport_size({"width": ZOOMED, "height": HEIGHT})
    if too_wide := page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"):
        found.append(f"{address} at 400 %: {too_wide} px wider than the screen")
    return found + faults_on_screens(page, axe, address, every=every)


@pytest.mark.once
@pytest.mark.parametrize(
    "addresses",
    [
        pytest.param(PAGES[::2], id="even"),  # for two processes
        pytest.param(PAGES[1::2], id="odd"),
        pytest.param(STATES, id="states", marks=pytest.mark.soak),
    ],
)
def test_every_page_is_accessible(theories, page, axe, addresses, every):
    assert [fault for address in addresses for fault in faults(page, axe, address, every=every)] == []


@pytest.mark.once
@pytest.mark.parametrize("address", [f"{THEORY}cmocs/2/", THEORY, f"{STUDY}quotes/q18/"])
def test_what_curators_added_is_hidden_together(theories, page, address):
    page.goto(address)
    added = page.locator(".curators:visible")
    before, names = added.count(), page.locator('main [data-words="curator"]:visible').count()
    page.get_by_label("Hide what curators added").check()
    assert (before > 0, added.count()) == (True, 0)
    assert page.locator('main [data-words="authors"]:visible').count() > 0 < names
    page.get_by_label("Hide what curators added").uncheck()
    assert added.count() == before


@pytest.mark.once
def test_error_pages_are_accessible(theories, page, axe, watch, every):
    watch.expect("Failed to load resource: the server responded with a status of 40")
    addresses = [*ERRORS, *(MORE_ERRORS if every else ())]
    assert [fault for address in addresses for fault in faults(page, axe, address, every=every)] == []


@pytest.mark.once
def test_large_theory_and_long_text_are_accessible(transactional_db, page, axe, every):
    theory = TheoryFactory(title="Donaudampfschifffahrtsgesellschaft" * 5)
    for _ in range(31):
        cmoc = CMOCFactory(theory=theory, statement="x" * 400)
        CMOCContextFactory(cmoc=cmoc)
        CMOCMechanismFactory(cmoc=cmoc)
        CMOCOutcomeFactory(cmoc=cmoc)
    addresses = (theory.get_absolute_url(), cmoc.get_absolute_url())
    assert [fault for address in addresses for fault in faults(page, axe, address, every=every)] == []


def curator():
    user = get_user_model().objects.create_superuser("lead", password="a password of the test")
    Membership.objects.create(study=Study.objects.first(), user=user, role="lead")
    return user


@pytest.mark.once
def test_admin_is_accessible(theories, page, sign_in, axe, every):
    sign_in(page.context, curator())
    cmoc = CMOC.objects.get(theory__slug="thompson-2023", number=2)
    form = f"/admin/programmes/cmoc/{cmoc.pk}/"
    addresses = ["/admin/", "/admin/programmes/cmoc/", f"{form}change/", f"{form}history/"]
    addresses += [f"{form}{screen}/" for screen in ("split", "move", "rename", "review")]
    other = CMOC.objects.get(theory=cmoc.theory, number=3)
    addresses += [f"/admin/programmes/cmoc/merge/?cmoc={cmoc.pk}&cmoc={other.pk}"]
    addresses += [f"/admin/programmes/theory/{cmoc.theory_id}/matrix/?by=sector"]
    found = []
    for address in addresses:
        page.goto(address)
        found += faults_on_screens(page, axe, address, fits=False, every=every)  # wide tables scroll
    assert found == []


@pytest.mark.once
def test_components_are_accessible_and_photographed(theories, page, sign_in, axe, every):
    sign_in(page.context, curator())
    assert faults(page, axe, "/components/", every=every) == []
    PHOTOGRAPHS.mkdir(parents=True, exist_ok=True)
    taken = set()
    for name, (colour, width) in SCREENS.items():
        page.emulate_media(color_scheme=colour)
        page.set_viewport_size({"width": width, "height": HEIGHT})
        picture = page.screenshot(path=PHOTOGRAPHS / f"components-{name}.png", full_page=True)
        taken.add(hashlib.sha256(picture).hexdigest())
    assert len(taken) == len(SCREENS)
    assert page.locator("main section").count() >= 10


@pytest.mark.once
def test_components_are_for_staff(theories, client):
    assert client.get("/components/").status_code == 302


@pytest.mark.once
def test_facets_refresh_in_place(theories, page):
    page.goto(f"{THEORY}evidence/")
    page.evaluate("window.still = true")
    counters = page.get_by_label("Counters 3 quotes")
    counters.focus()
    page.keyboard.press("Space")
    page.wait_for_url("**role=counters**")
    expect(page.locator(".results blockquote")).to_have_count(3)
    assert page.locator("#found").inner_text() == "3 of 22 quotes found."
    assert page.evaluate("window.still") is True
    assert page.evaluate("document.activeElement.value") == "counters"
    page.reload()
    assert page.locator("#found").inner_text() == "3 of 22 quotes found."
    page.go_back()
    expect(page.locator(".results blockquote")).to_have_count(22)
    assert page.evaluate("Object.keys(localStorage)") == []  # nothing of what is read is kept


@pytest.mark.once
def test_facets_without_javascript(theories, open_context):
    page = open_context(javascript=False).new_page()
    page.goto(f"{THEORY}evidence/")
    page.get_by_label("Counters 3 quotes").check()
    page.fill("#facet-q", "team")
    page.click(".facets button")
    page.wait_for_url("**role=counters**")
    assert page.locator("#found").inner_text() == "1 of 22 quotes found."


@pytest.mark.once
def test_reading_by_keyboard(theories, page):
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.goto(f"{THEORY}?view=picture")
    box = page.locator(".web a[href='#path-cmoc-1']")
    box.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**#path-cmoc-1")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/cmocs/1/**")
    assert page.locator("h1").inner_text().endswith("CMOC 1")


@pytest.mark.once
@pytest.mark.parametrize(("colour", "width"), [("light", 1280), ("dark", ZOOMED)])
def test_term_is_explained_where_it_stands_by_keyboard_and_without_javascript(theories, open_context, colour, width):
    page = open_context(colour, width, javascript=False, reduced_motion="reduce").new_page()
    page.goto("/")
    meaning = page.locator("#meaning-mechanism")
    assert not meaning.is_visible()
    page.locator(".lead .term").nth(1).focus()
    page.keyboard.press("Enter")
    expect(meaning).to_be_visible()
    box = meaning.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    page.keyboard.press("Escape")
    expect(meaning).to_be_hidden()
    page.click(".lead .term >> nth=1")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/glossary/#mechanism")


@pytest.mark.once
def test_open_meanings_are_accessible_and_leave_the_page_as_wide(theories, page, axe, every):
    found = []
    for address in ("/", THEORY, f"{THEORY}cmocs/2/"):
        page.goto(address)
        for colour, width in [*screens_for(address, every=every), ("light", ZOOMED)]:
            page.emulate_media(color_scheme=colour)
            page.set_viewport_size({"width": width, "height": HEIGHT})
            page.locator(".term:visible").first.click()
            assert page.locator(".meaning:popover-open").count() == 1
            if every or width != ZOOMED:
                found += [f"{address} {colour} {width}: {line}" for line in axe(page)]
            over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            found += [f"{address} {width}: {over} px too wide"] if over > 0 else []
            page.keyboard.press("Escape")
    assert found == []


@pytest.mark.once
def test_without_javascript(theories, open_context):
    page = open_context(javascript=False).new_page()
    for view, shown, said in (
        ("answer", ".claim", "1 of 12 claims (CMOCs)."),
        ("picture", ".web-figure > .web .web-cmoc", "1 of 12 CMOCs shown. The quotes that fit"),
    ):
        page.goto(f"{THEORY}?view={view}")
        page.click("text=Show only some")
        page.select_option("#filter-outcome", "hope")
        page.click("form.filters button")
        page.wait_for_url("**outcome=hope**")
        assert page.locator("[role=status]").inner_text() in {said, said.removesuffix(" The quotes that fit")}
        assert page.locator(shown).count() == 1


@pytest.mark.once
@pytest.mark.parametrize(("colour", "width"), [("light", 1280), ("dark", 360)])
def test_path_of_a_box_lights_up_with_what_is_said_of_it(theories, open_context, colour, width):
    page = open_context(colour, width, javascript=False, reduced_motion="reduce").new_page()
    page.goto(f"{THEORY}?view=picture")
    assert page.locator(".web-path:visible").count() == 0
    picture = page.locator(".web-figure > .web")
    assert picture.bounding_box()["height"] <= HEIGHT
    page.click(".web-figure > .web a[href='#path-cmoc-2'] rect >> nth=0")
    panel = page.locator(".web-path:visible")
    assert panel.get_attribute("id") == "path-cmoc-2"
    assert "A peer who speaks up for a young person" in panel.inner_text()
    assert panel.locator("blockquote:visible").count() == 2
    lit, whole = panel.locator(".web-lit").bounding_box(), picture.bounding_box()
    assert all(abs(lit[side] - whole[side]) < 1 for side in ("x", "y", "width", "height"))
    fill = "element => getComputedStyle(element).fill"
    other = page.locator(".web-figure > .web a[href='#path-context-matched-peer'] .web-context")
    own = panel.locator(".web-lit .web-context")
    assert other.evaluate(fill) != own.evaluate(fill)
    panel.locator("[rel=next]").click()
    assert page.locator(".web-path:visible").get_attribute("id") == "path-cmoc-3"
    page.locator(".web-path:visible >> text=Show the whole picture").click()
    assert page.locator(".web-path:visible").count() == 0


@pytest.mark.once
def test_jump_bar_leads_through_a_claim_on_a_phone(theories, open_context):
    page = open_context("light", 360).new_page()
    page.goto(f"{THEORY}cmocs/2/")
    bar = page.locator(".jump")
    assert bar.locator("a").all_inner_texts() == ["2 for", "1 against", "4 caveats", "Picture", "More"]
    assert not page.locator(".web-small").is_visible()
    assert page.locator("blockquote.statement").is_visible()
    bar.locator("text=1 against").click()
    page.wait_for_url("**#role-counters")
    assert page.locator(".counters blockquote").is_visible()
    assert bar.is_visible()
    page.set_viewport_size({"width": 1280, "height": HEIGHT})
    assert (bar.is_visible(), page.locator(".web-small").is_visible()) == (False, True)


@pytest.mark.once
def test_five_clicks_from_home_to_the_words(theories, page):
    page.goto("/")
    page.click('a:text-is("Hope")')
    page.click("text=CMOC 1 >> nth=0")
    page.wait_for_url("**/cmocs/1/")
    assert page.locator(".supports blockquote").count() == 2


SHIFTS = """() => new Promise((resolve) => new PerformanceObserver((list) => resolve(
  list.getEntries().map((entry) => entry.value))).observe({type: "layout-shift", buffered: true})
  || setTimeout(() => resolve([]), 500))"""


@pytest.mark.once
def test_nothing_moves_while_a_page_loads(theories, page):
    for address in ("/", "/theories/thompson-2023/", "/theories/thompson-2023/cmocs/5/"):
        page.goto(address, wait_until="networkidle")
        assert page.evaluate(SHIFTS) == [], address


FONTS_OF_PICTURE = """async () => {
  await document.fonts.ready;
  return [...document.fonts].map((font) => [font.family, font.status]);
}"""


@pytest.mark.once
def test_downloaded_picture_brings_its_font(theories, client, page, tmp_path):
    picture = tmp_path / "web.svg"
    picture.write_bytes(client.get(f"{THEORY}web.svg").content)
    page.goto(picture.as_uri())
    assert page.evaluate(FONTS_OF_PICTURE) == [["Atkinson Hyperlegible Next", "loaded"]]


@pytest.mark.once
def test_reader_gets_no_cookie(theories, open_context):
    context = open_context()
    page = context.new_page()
    for address in ("/", THEORY, f"{STUDY}quotes/q01/", "/search/?q=hope"):
        page.goto(address)
    assert context.cookies() == []


def test_curating_in_the_browser(theories, page, sign_in):
    sign_in(page.context, curator())
    cmoc = CMOC.objects.get(theory__slug="thompson-2023", number=5)
    page.goto(f"/admin/programmes/cmoc/{cmoc.pk}/change/")
    page.select_option("#id_status", "supported")
    page.click("input[name=_save]")
    page.wait_for_selector("text=Say in a few words why you change this.")
    page.fill("#id_change_reason", "Two more interviews")
    page.click("input[name=_save]")
    page.wait_for_selector(".messagelist .success")
    page.goto(f"/admin/programmes/cmoc/{cmoc.pk}/history/")
    assert "Two more interviews" in page.inner_text("#change-history")
    assert CMOC.objects.get(pk=cmoc.pk).status == "supported"


@pytest.mark.once
def test_printed_page_shows_everything_and_no_navigation(theories, page):
    page.goto(f"{THEORY}cmocs/2/")
    page.emulate_media(media="print")
    assert not page.locator(".masthead").is_visible()
    assert page.locator(".counters blockquote").is_visible()
    assert page.locator(".attribution").first.is_visible()
    page.emulate_media(media="screen")
    page.locator(".term").first.click()
    page.emulate_media(media="print")
    assert not page.locator(".meaning:popover-open").is_visible()


@pytest.mark.once
def test_forced_colours_keep_the_words(theories, open_context):
    page = open_context(forced_colors="active").new_page()
    for address in ("/", THEORY, f"{THEORY}cmocs/2/"):
        page.goto(address)
        assert page.locator("h1").is_visible()


ON_A_PHONE = [
    THEORY,
    f"{THEORY}?view=table",
    f"{THEORY}cmocs/2/",
    f"{THEORY}contexts/matched-peer/",
    f"{THEORY}evidence/",
    f"{THEORY}matrix/",
    f"{THEORY}setting/?sector=health",
    f"{STUDY}services/",
    STUDY,
    "/surveys/thompson-2023-survey/",
]
# What needs more than its width, pictures apart.
SCROLLS = """[...document.querySelectorAll('main *')]
  .filter(part => part.scrollWidth > part.clientWidth + 1 && getComputedStyle(part).overflowX !== 'visible')
  .filter(part => !part.querySelector('svg') && !part.matches('input, select, svg, svg *'))
  .filter(part => getComputedStyle(part).clipPath === 'none' && !part.closest('.unseen, thead'))
  .map(part => part.outerHTML.slice(0, 120))"""


@pytest.mark.once
def test_nothing_but_a_picture_scrolls_sideways_on_a_phone(theories, open_context):
    page = open_context("light", 360).new_page()
    found = {}
    for address in ON_A_PHONE:
        page.goto(address)
        found[address] = page.evaluate(SCROLLS)
    assert {address: parts for address, parts in found.items() if parts} == {}
    page.goto(f"{THEORY}?view=table")
    assert page.locator("td[data-head^='What follows']").first.is_visible()
    page.goto(f"{THEORY}evidence/")
    assert not page.locator("#facet-q").is_visible()
    page.click("text=Show only some")
    assert page.locator("#facet-q").is_visible()


def printed(page, address):
    page.goto(address)
    sheets = pypdf.PdfReader(io.BytesIO(page.pdf(format="A4"))).pages
    return [" ".join(sheet.extract_text().split()) for sheet in sheets]


@pytest.mark.once
@pytest.mark.parametrize("query", ["sector=health&who=child", "delivery=one-to-one", "who=child&outcome=hope"])
def test_answer_from_ones_own_setting_is_one_sheet(theories, page, query):
    (sheet,) = printed(page, f"{THEORY}setting/?{query}")
    assert f"{THEORY}setting/?{query}" in sheet
    assert "Who was not asked" in sheet
    assert "Meeting somebody like them" in sheet


@pytest.mark.once
def test_paper_keeps_every_word_and_says_where_it_is_from(theories, page):
    quotes = printed(page, f"{THEORY}evidence/")
    text = " ".join(quotes)
    assert (text.count("Supports "), text.count("Counters "), text.count("Refines ")) == (17, 3, 2)
    table = printed(page, f"{THEORY}?view=table")
    claim = printed(page, f"{THEORY}cmocs/10/")
    for sheets, address in ((quotes, "evidence/"), (table, "?view=table"), (claim, "cmocs/10/")):
        assert len(sheets) > 1
        for sheet in sheets:
            assert f"{THEORY}{address} · {localdate():%-d %B %Y} · Thompson" in sheet
    heads = "CMOC Context Why Mechanism What follows Outcome"
    assert [heads in sheet for sheet in table] == [True, True]
    assert "What it is made of" in " ".join(claim)
    assert "A role that asks for lived experience." in " ".join(claim)
