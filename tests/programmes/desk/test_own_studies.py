"""The first page of the desk, beginning a study, and the study at hand in the admin."""

import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from programmes.desk.study_at_hand import AT_HAND
from programmes.models import CMOC, Programme, Study
from tests.factories import (
    CMOCFactory,
    MembershipFactory,
    ProgrammeFactory,
    QuoteFactory,
    SourceFactory,
    StudyFactory,
    TheoryFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(client):
    user = UserFactory(username="ada")
    client.force_login(user)
    return user


def study_of(user, title, role="lead", **values):
    return MembershipFactory(user=user, role=role, study__title=title, study__visibility="private", **values).study


def lines(page):
    found = re.findall(r'<h2><a href="([^"]+)"[^>]*>(.*?)</a></h2>\s*<p[^>]*>(.*?)</p>', page)
    return [(address, bare(title), bare(told)) for address, title, told in found]


def bare(shown):
    return re.sub("<[^>]+>", "", shown)


def test_desk_is_for_who_signed_in(client):
    assert client.get("/desk/")["Location"] == "/desk/sign-in/?next=/desk/"


def test_without_a_study_the_desk_asks_for_the_title_of_one(client, ada):
    StudyFactory(visibility="public")  # of others: it is nobody's own
    page = client.get("/desk/").content.decode()
    assert (lines(page), 'name="title"' in page) == ([], True)
    assert client.post(reverse("desk-begin"), {"title": "  "}).status_code == 400
    answer = client.post(reverse("desk-begin"), {"title": "Link workers"})
    assert answer["Location"] == "/desk/studies/link-workers/"
    assert client.get("/desk/")["Location"] == "/desk/studies/link-workers/"
    assert 'name="title"' in client.get("/desk/studies/new/").content.decode()


def test_studies_are_listed_with_what_waits_in_each(client, ada):
    first, second = study_of(ada, "A first one"), study_of(ada, "Second", "reader")
    CMOCFactory(theory=TheoryFactory(study=first))
    StudyFactory(visibility="public")
    assert lines(client.get("/desk/").content.decode()) == [
        (reverse("desk-study", args=[first.slug]), "A first one", "You are lead here · private · 1 thing waits"),
        (reverse("desk-study", args=[second.slug]), "Second", "You are reader here · private · nothing waits"),
    ]


def test_only_study_opens_at_once_unless_all_are_asked_for(client, ada):
    study = study_of(ada, "One")
    assert client.get("/desk/")["Location"] == reverse("desk-study", args=[study.slug])
    assert len(lines(client.get("/desk/?all").content.decode())) == 1


def listed_in(client, address):
    return re.findall(r'<th class="field-(?:title|number)"><a [^>]*>([^<]+)</a>', client.get(address).content.decode())


def test_lists_of_the_admin_are_about_the_study_at_hand_or_about_all_of_ones_own(client, ada):
    first, second = study_of(ada, "First"), study_of(ada, "Second")
    TheoryFactory(study=first, title="T one")
    TheoryFactory(study=second, title="T two")
    TheoryFactory(title="Of others, and public")
    theories = "/admin/programmes/theory/"
    assert listed_in(client, theories) == ["T one", "T two"]
    client.get(reverse("desk-study", args=[second.slug]))
    assert listed_in(client, theories) == ["T two"]
    assert listed_in(client, "/admin/programmes/study/") == ["Second"]
    answer = client.post("/desk/at-hand/", {"study": "", "next": theories})
    assert (answer["Location"], listed_in(client, theories)) == (theories, ["T one", "T two"])
    client.post("/desk/at-hand/", {"study": first.slug})
    assert listed_in(client, theories) == ["T one"]


def test_record_takes_its_study_at_hand_where_that_is_ones_own(client, ada):
    first, second = study_of(ada, "First"), study_of(ada, "Second")
    theory = TheoryFactory(study=second)
    public = TheoryFactory()
    client.get(reverse("desk-study", args=[first.slug]))
    assert client.get(reverse("admin:programmes_theory_change", args=[public.pk])).status_code == 200
    assert client.session[AT_HAND] == first.pk
    client.get(reverse("admin:programmes_programme_change", args=[first.programme.pk]))
    assert client.session[AT_HAND] == first.pk
    client.get(reverse("admin:programmes_theory_change", args=[theory.pk]))
    assert client.session[AT_HAND] == second.pk
    client.get(reverse("admin:programmes_study_change", args=[first.pk]))
    assert client.session[AT_HAND] == first.pk
    assert client.get(reverse("admin:programmes_theory_change", args=[0])).status_code == 302
    source = SourceFactory(study=second, text="Yes.", sha256="0" * 64)
    client.get(reverse("admin:programmes_source_speakers", args=[source.pk]))
    assert client.session[AT_HAND] == second.pk


def offered(client, model, field, **more):
    asked = {"app_label": "programmes", "model_name": model, "field_name": field, "term": "", **more}
    return [row["text"] for row in client.get("/admin/autocomplete/", asked).json()["results"]]


def test_pickers_offer_the_study_at_hand_and_an_open_form_its_own(client, ada):
    first, second = study_of(ada, "First"), study_of(ada, "Second")
    QuoteFactory(study=first, key="q-first")
    QuoteFactory(study=second, key="q-second")
    QuoteFactory(key="q-other")
    assert offered(client, "evidence", "quote") == ["q-first", "q-second"]
    client.get(reverse("desk-study", args=[second.slug]))
    assert offered(client, "evidence", "quote") == ["q-second"]
    assert offered(client, "evidence", "quote", at_hand=first.pk) == ["q-first"]
    assert offered(client, "evidence", "quote", at_hand=QuoteFactory().study.pk) == ["q-first", "q-second"]
    page = client.get(reverse("admin:programmes_memo_add")).content.decode()
    assert f'data-ajax--url="/admin/autocomplete/?at_hand={second.pk}"' in page


def test_programmes_are_picked_from_all_and_listed_with_ones_own(client, ada):
    own = study_of(ada, "First", study__programme=ProgrammeFactory(name="Own"))
    StudyFactory(programme=ProgrammeFactory(name="Of others"))
    StudyFactory(programme=ProgrammeFactory(name="Hidden"), visibility="private")
    ProgrammeFactory(name="Without a study")
    StudyFactory(programme=own.programme)
    names = sorted(Programme.objects.seen_in_teams_of(ada).values_list("name", flat=True))
    assert names == ["Own", "Without a study"]
    assert [row.name for row in Programme.objects.seen_in_teams_of(ada).of_study(own.pk)] == ["Own"]
    assert not Programme.objects.seen_in_teams_of(AnonymousUser()).exists()
    assert offered(client, "study", "programme") == ["Of others", "Own", "Without a study"]


def test_study_that_is_no_longer_ones_own_is_not_at_hand(client, ada):
    study = study_of(ada, "First")
    client.get(reverse("desk-study", args=[study.slug]))
    ada.memberships.all().delete()
    assert listed_in(client, "/admin/programmes/study/") == []
    client.post("/desk/at-hand/", {"study": study.slug})
    assert AT_HAND not in client.session or client.session[AT_HAND] is None


@pytest.mark.parametrize(
    ("asked", "led"),
    [
        ("/admin/programmes/cmoc/", "/admin/programmes/cmoc/"),
        ("/admin/", "/admin/"),
        ("/admin/programmes/cmoc/1/change/", "/admin/"),
        ("https://elsewhere.example/", "/admin/"),
        ("//elsewhere.example/admin/programmes/cmoc/", "/admin/programmes/cmoc/"),
        ("/theories/", "/admin/"),
        ("nowhere", "/admin/"),
        ("", "/admin/"),
    ],
)
def test_way_on_from_another_study_is_a_list_of_the_admin(client, ada, asked, led):
    assert client.post("/desk/at-hand/", {"study": "", "next": asked})["Location"] == led


def test_head_of_the_admin_names_the_study_at_hand_and_the_others(client, ada):
    first = study_of(ada, "First")
    page = client.get("/admin/").content.decode()
    assert "Study at hand: </span>First</summary>" in page
    second = study_of(ada, "Second")
    assert "Study at hand: </span>All of your studies</summary>" in client.get("/admin/").content.decode()
    client.get(reverse("desk-study", args=[second.slug]))
    page = client.get("/admin/").content.decode()
    assert "Study at hand: </span>Second</summary>" in page
    assert re.findall(r'name="study" value="([^"]*)"', page) == [first.slug, ""]


def test_somebody_without_a_study_is_told_so_in_the_admin(client, ada):
    page = client.get("/admin/").content.decode()
    assert "Study at hand" not in page
    assert re.findall(r'href="/admin/programmes/(\w+)/add/"', page) == ["programme", "study"]


def test_rows_seen_in_teams(ada):
    cmoc = CMOCFactory(theory=TheoryFactory(study=study_of(ada, "First", "reader"), visibility="private"))
    CMOCFactory()
    assert list(CMOC.objects.seen_in_teams_of(ada)) == [cmoc]
    assert CMOC.objects.seen_in_teams_of(UserFactory(is_superuser=True)).count() == 2
    assert not Study.objects.seen_in_teams_of(UserFactory(is_active=False)).exists()
