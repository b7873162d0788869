"""The pass over a transcript in the browser: found, replaced, the key taken, the text added; each step accessible."""

import pytest

from programmes.models import Source
from tests.browser.conftest import faults_on_screens
from tests.factories import StudyFactory, UserFactory

pytestmark = pytest.mark.browser

TEXT = "Interviewer: Hello Sam. 🙂\nSarah Jones: Sam met Sarah in Leeds,\nnear SAMS."


@pytest.mark.once
def test_pass_in_the_browser(transactional_db, page, sign_in, axe, every):
    study = StudyFactory(slug="study")
    sign_in(page.context, UserFactory(is_superuser=True, is_staff=True))
    page.goto("/admin/programmes/source/add/")
    page.click("text=Replace what leads back to people")
    assert faults_on_screens(page, axe, "begun", every=every) == []
    page.fill("#id_text", TEXT)
    page.click("text=Find what leads back to people")
    page.wait_for_selector("text=What may lead back to a person")
    assert page.get_by_label("Instead of Sarah Jones").input_value() == "[name 2]"
    assert page.get_by_label("Instead of Sarah", exact=True).input_value() == "[name 2]"
    assert faults_on_screens(page, axe, "found", every=every) == []
    page.get_by_label("Instead of Leeds").fill("[a northern town]")
    page.click("text=Replace and show the text")
    page.wait_for_selector("text=The text as it will be added")
    assert "Line 3: SAMS" in page.inner_text("#content")
    assert faults_on_screens(page, axe, "replaced", every=every) == []
    with page.expect_download() as download:
        page.click("text=1. Download the key")
    assert "Leeds,[a northern town]" in download.value.path().read_text(encoding="utf-8")
    page.click("text=2. Add the text as a source")
    page.wait_for_selector("#id_text")
    page.select_option("#id_kind", "interview")
    page.fill("#id_key", "i1")
    page.fill("#id_title", "Interview 1")
    page.evaluate(
        "id => document.querySelector('#id_study').append(new Option('study', id, true, true))", str(study.pk)
    )
    page.click("input[name=_save]")
    page.wait_for_selector(".messagelist .success")
    assert Source.objects.get().text == (
        "Interviewer: Hello [name 1]. 🙂\n[name 2]: [name 1] met [name 2] in [a northern town],\nnear SAMS."
    )
