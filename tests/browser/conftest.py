"""Fixtures of the browser tests: a Chromium whose every complaint fails the test, and axe."""

import functools
import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Request, expect, sync_playwright

from tools.programs import find_chromium

FLAGS = [
    "--no-sandbox",  # Chromium refuses root otherwise, and CI runs as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SCREENS = {
    "light-wide": ("light", 1280),
    "light-narrow": ("light", 360),
    "dark-wide": ("dark", 1280),
    "dark-narrow": ("dark", 360),
}
HEIGHT = 900

expect.set_options(timeout=60_000)  # milliseconds: a busy machine is no fault


RESULTS = {
    "resultTypes": ["violations"],  # what is well need not be described in full
    "preload": False,  # axe would copy style sheets into the page, which the site's policy forbids
}
WCAG_2_2_AA = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], **RESULTS}
# All that can differ between light and dark.
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}, **RESULTS}


@dataclass
class Watch:
    """What a page complained of; a test ends well only if that is nothing."""

    host: str
    complaints: list[str] = field(default_factory=list)
    expected: list[re.Pattern[str]] = field(default_factory=list)

    def expect(self, pattern: str) -> None:
        """Allow a complaint that the test provokes on purpose, such as the console's line for a 404."""
        self.expected.append(re.compile(pattern))

    def unexpected(self) -> list[str]:
        return [line for line in self.complaints if not any(pattern.search(line) for pattern in self.expected)]

    def on_console(self, message: ConsoleMessage) -> None:
        # Chromium reports a breach of the Content-Security-Policy as a console error.
        self.complaints.append(f"console {message.type}: {message.text}")

    def on_page_error(self, error: Exception) -> None:
        self.complaints.append(f"page error: {error}")

    def on_request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in {"http", "https", "ws", "wss"} and address.netloc != self.host:
            self.complaints.append(f"request to another host: {request.url}")

    def follow(self, context: BrowserContext) -> None:
        context.on("console", self.on_console)
        context.on("weberror", lambda error: self.on_page_error(error.error))
        context.on("request", self.on_request)


def then_wait_for_the_page(act: Callable[..., Any]) -> Callable[..., Any]:
    """Let an act that may lead to another page end when all of that page is there, its scripts too.

    Otherwise the next line of a test sees half of it where the machine is busy.
    """

    @functools.wraps(act)
    def patient(self: Page | Locator, *args: Any, **options: Any) -> Any:
        answer = act(self, *args, **options)
        (self if isinstance(self, Page) else self.page).wait_for_load_state()
        return answer

    return patient


@pytest.fixture(scope="session")
def chromium():
    """The browser, started once for each test process."""
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        for part, name in itertools.product((Page, Locator), ("click", "press")):
            patch.setattr(part, name, then_wait_for_the_page(getattr(part, name)))
        patch.setattr(Page, "wait_for_selector", then_wait_for_the_page(Page.wait_for_selector))
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def watch(live_server):
    """Fails the test at its end for anything that its pages complained of."""
    watch = Watch(urlsplit(live_server.url).netloc)
    yield watch
    assert watch.unexpected() == []


@pytest.fixture
def theories(transactional_db, process_database):
    """The two demo theories, for the site that the browser sees."""
    process_database.switch_to("demo")


@pytest.fixture
def open_context(chromium: Browser, live_server, watch: Watch):
    """Opens browser contexts, for example `open_context(colour="dark", width=360, javascript=False)`."""
    opened: list[BrowserContext] = []

    def open_one(colour: str = "light", width: int = 1280, *, javascript: bool = True, **options: Any):
        context = chromium.new_context(
            base_url=live_server.url,
            color_scheme=colour,
            viewport={"width": width, "height": HEIGHT},
            java_script_enabled=javascript,
            **options,
        )
        context.set_default_timeout(60_000)  # a busy machine is no fault
        watch.follow(context)
        opened.append(context)
        return context

    yield open_one
    for context in opened:
        context.close()


@pytest.fixture
def page(open_context) -> Page:
    """A page in light colours, 1280 px wide."""
    return open_context().new_page()


@pytest.fixture(params=SCREENS)
def screen_page(request, open_context) -> Page:
    """A page in light and dark, 1280 and 360 px wide: the test runs four times."""
    colour, width = SCREENS[request.param]
    return open_context(colour, width).new_page()


@pytest.fixture
def sign_in(client, live_server):
    """Signs a person in to the site in the browser: `sign_in(page.context, user)`."""

    def sign_one_in(context: BrowserContext, user) -> None:
        client.force_login(user)
        session = client.cookies["sessionid"]
        context.add_cookies([{"name": "sessionid", "value": session.value, "url": live_server.url}])

    return sign_one_in


@pytest.fixture(
    params=[pytest.param(False, id="some screens"), pytest.param(True, id="every screen", marks=pytest.mark.soak)]
)
def every(request) -> bool:
    """Whether pages are looked at on every screen: the test runs once on some, and in the full size on all."""
    return request.param


@pytest.fixture
def axe():
    """Returns what axe finds on a page, one line for each rule and element; an accessible page gives [].

    `axe(page, COLOURS)` asks only for the colours, where everything else was asked for in others.
    """
    script = Axe().axe_script

    def find(page: Page, options: dict[str, Any] = WCAG_2_2_AA) -> list[str]:
        if not page.evaluate("'axe' in window"):
            page.evaluate(script)
        # A colour that still fades from light to dark is nobody's colour.
        page.evaluate("document.getAnimations().forEach(animation => animation.finish())")
        violations = page.evaluate("options => axe.run(document, options).then(found => found.violations)", options)
        return [
            f"{violation['id']}: {node['target'][0]}: {node['failureSummary']}"
            for violation in violations
            for node in violation["nodes"]
        ]

    return find


def screens_for(name: str, *, every: bool) -> list[tuple[str, int]]:
    """Return the screens to see a page on: every one, or one that changes from page to page."""
    screens = [*SCREENS.values()]
    return screens if every else [screens[sum(name.encode()) % len(screens)]]


def faults_on_screens(page: Page, axe: Any, name: str, *, every: bool, fits: bool = True) -> list[str]:
    """Return what is wrong with a page in each colour and width: what axe finds, and whether it fits the screen."""
    found = []
    for turn, (colour, width) in enumerate(screens_for(name, every=every)):
        page.emulate_media(color_scheme=colour)
        page.set_viewport_size({"width": width, "height": HEIGHT})
        rules = COLOURS if turn and colour == "dark" else WCAG_2_2_AA
        found += [f"{name} {colour} {width}: {line}" for line in axe(page, rules)]
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        found += [f"{name} {colour} {width}: {over} px wider than the screen"] if fits and over > 0 else []
    return found
