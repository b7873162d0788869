"""Whoever waits in vain for a load, in a browser, is answered 503 with all that they typed, and can send it again."""

import html
import re
import threading
import urllib.error
import urllib.parse
import urllib.request

import pytest
from django.conf import settings
from django.db import connection
from django.urls import reverse

from programmes.models import Membership, Memo, Quote, Source, Theory
from programmes.package.read import Load
from tests.factories import CMOCFactory, UserFactory
from tests.programmes.package.test_loads_beside_work import SECONDS, load, package_of
from tests.programmes.upkeep.test_drill import Machine

MEMO = 'She said "hope" \N{EM DASH} <b>twice</b>,\r\nand looked up.'
TOKEN = "t" * 32  # as a page of ours would have put into the form


def send(address, form, cookies):
    """Send a form as a browser does; return the status, the seconds after which to try again, and the page."""
    data = urllib.parse.urlencode({**form, "csrfmiddlewaretoken": TOKEN}).encode()
    request = urllib.request.Request(address, data, {"Cookie": f"csrftoken={TOKEN}; {cookies}"})  # noqa: S310  our own server
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310  as above
            return answer.status, answer.headers["Retry-After"], answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers["Retry-After"], error.read().decode()


def hidden_fields(page):
    """Return what the form that is shown would send again."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page)
    return {name: html.unescape(value) for name, value in found}


@pytest.mark.soak  # it waits in vain for ten seconds; test_trouble tries the same within one process
@pytest.mark.django_db(transaction=True)
def test_who_waits_in_vain_for_a_load_keeps_what_they_typed(client, tmp_path, monkeypatch):
    load(package_of(3))
    cmoc = CMOCFactory(theory=Theory.objects.get(), number=7)
    user = UserFactory(is_staff=True, is_superuser=True)
    Membership.objects.create(study=cmoc.theory.study, user=user, role="curator")
    client.force_login(user)
    session = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    source = Source.objects.get()
    start = source.text.index("hope came back")
    typed = {
        "role": "supports",
        "memo_kind": "theory",
        "passage": "hope came back",
        "start": str(start),
        "end": str(start + len("hope came back")),
        "cmocs": str(cmoc.pk),
        "memo": MEMO,
    }
    holds, goes_on = threading.Event(), threading.Event()
    written, changed = Load.write, []

    def write_slowly(loading, plan, writer, **values):
        written(loading, plan, writer, **values)
        holds.set()
        goes_on.wait(SECONDS)

    def load_slowly():
        try:
            changed.append(load(package_of(3, label_as_printed="[#]")).total("updated"))
        finally:
            connection.close()

    monkeypatch.setattr(Load, "write", write_slowly)
    machine = Machine(tmp_path / "here", connection.settings_dict["NAME"])
    assert machine.manage("collectstatic", "--noinput", "-v0") == (0, "")
    loading = threading.Thread(target=load_slowly)
    with machine.serving() as address:
        screen = address + reverse("admin:programmes_source_code", args=[source.pk])
        loading.start()
        holds.wait(SECONDS)
        status, again, page = send(screen, typed, session)
        assert (status, again) == (503, "5")
        assert "Nothing was saved. Such as loading a package." in page
        assert (Quote.objects.count(), Memo.objects.count()) == (3, 0)
        goes_on.set()
        loading.join(SECONDS)
        kept = hidden_fields(page)
        assert {name: kept.get(name) for name in typed} == typed
        status, again, _ = send(screen, kept, session)
    assert (status, again, changed) == (200, None, [3])
    memo = Memo.objects.get()
    assert (memo.text, memo.quote.text) == (MEMO.replace("\r\n", "\n"), "hope came back")
    assert set(Quote.objects.exclude(pk=memo.quote_id).values_list("label_as_printed", flat=True)) == {"[#]"}
