"""Curating in the admin: what researchers do there, what they may not do, and that nobody loses work."""

import re
from html.parser import HTMLParser

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from programmes.models import (
    CMOC,
    Caveat,
    Context,
    Evidence,
    Membership,
    Participant,
    Programme,
    Quote,
    Service,
    ServiceSector,
    StaleVersionError,
    Study,
    Theory,
)
from tests.factories import (
    ContextFactory,
    MembershipFactory,
    ParticipantFactory,
    ProgrammeFactory,
    QuoteFactory,
    StudyFactory,
    TheoryFactory,
    UserFactory,
)
from tests.queries import asks


def member(role, *studies, group=None):
    """Return somebody with a role in studies, and the group that goes with it."""
    user = UserFactory(username=f"{role}-{len(studies)}")
    user.groups.add(Group.objects.get(name=group or role.capitalize()))
    for study in studies:
        MembershipFactory(study=study, user=user, role=role)
    return user


@pytest.fixture
def thompson(demo):
    return Study.objects.get(slug="thompson-2023")


@pytest.fixture
def curator(thompson, client):
    user = member("curator", thompson)
    client.force_login(user)
    return user


def change(row):
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def is_sent(field):
    """Return whether a browser sends an input: no buttons, and no boxes that are not ticked."""
    kind = field.get("type")
    return kind not in {"submit", "button"} and (kind not in {"checkbox", "radio"} or "checked" in field)


class FormReader(HTMLParser):
    """Collects what a browser would send of the forms of a page."""

    def __init__(self):
        super().__init__()
        self.data = {}
        self.select = self.area = None

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        name, value = given.get("name"), given.get("value", "")
        if tag == "select":
            self.select = name
        elif tag == "option" and self.select and "selected" in given:
            self.data[self.select] = value
        elif tag == "textarea":
            self.area = name
            self.data[name] = ""
        elif tag == "input" and name and is_sent(given):
            self.data[name] = value

    def handle_endtag(self, tag):
        if tag == "textarea":
            # A browser leaves out the first line break, and sends the others as two characters.
            self.data[self.area] = self.data[self.area].removeprefix("\n").replace("\n", "\r\n")
            self.area = None
        elif tag == "select":
            self.select = None

    def handle_data(self, data):
        if self.area:
            self.data[self.area] += data


def filled(client, address):
    """Return what a browser would send if the form were saved as it is."""
    response = client.get(address)
    assert response.status_code == 200, address
    reader = FormReader()
    reader.feed(response.content.decode())
    return reader.data


def errors_of(response):
    return [
        *(str(error) for error in response.context["adminform"].form.non_field_errors()),
        *(
            f"{name}: {message}"
            for name, messages in response.context["adminform"].form.errors.items()
            if name != "__all__"
            for message in messages
        ),
    ]


def test_groups_of_the_first_page(curator, client):
    page = client.get("/admin/").content.decode()
    assert re.findall(r'<h2 id="group-\d">([^<]+)</h2>', page) == [
        "Studies",
        "Services",
        "Theory",
        "Evidence",
        "Surveys",
        "Curation",
    ]


def test_first_page_for_somebody_without_rights(demo, client):
    client.force_login(UserFactory())
    assert "You are in the team of no study yet" in client.get("/admin/").content.decode()


def test_index_of_one_app_is_djangos_own(curator, client):
    assert client.get("/admin/programmes/").status_code == 200


@pytest.mark.slow(seconds=4, reason="opens and saves a form of every kind of record")
def test_every_form_can_be_saved_as_it_is(thompson, client, admin_user):
    client.force_login(admin_user)
    for model in admin.site._registry:
        row = model._base_manager.first()
        if row is None or not hasattr(model, "access"):
            continue
        response = client.post(change(row), filled(client, change(row)))
        assert response.status_code == 302, (model, response.status_code != 302 and errors_of(response))
        assert model._base_manager.get(pk=row.pk).version == row.version, model


@pytest.mark.untraced
def test_change_with_its_reason(curator, client):
    cmoc = CMOC.objects.get(theory__slug="thompson-2023", number=5)
    data = filled(client, change(cmoc)) | {"status": "supported", "change_reason": "Two more interviews"}
    assert client.post(change(cmoc), data).status_code == 302

    saved = CMOC.objects.get(pk=cmoc.pk)
    latest = saved.history.latest()
    assert (saved.status, saved.version, latest.history_change_reason, latest.history_user) == (
        "supported",
        2,
        "Two more interviews",
        curator,
    )
    history = client.get(change(cmoc).replace("/change/", "/history/")).content.decode()
    assert "Two more interviews" in history
    assert "<ins>Supported</ins>" in history


def test_history_tells_of_what_was_nothing(curator, client):
    cmoc = CMOC.objects.get(theory__slug="thompson-2023", number=5)
    data = filled(client, change(cmoc)) | {"title": "", "change_reason": "Too long"}
    assert client.post(change(cmoc), data).status_code == 302
    history = client.get(change(cmoc).replace("/change/", "/history/")).content.decode()
    assert f"<del>{cmoc.title}</del> → <ins>nothing</ins>" in history


def cells(page, column):
    """Return the texts of one column of an admin list."""
    return re.findall(rf'<td class="field-{column}">([^<]*)</td>', page)


@pytest.mark.parametrize(
    ("address", "column", "numbers"),
    [
        ("programmes/study/", "cmoc_count", ["12"]),
        ("programmes/study/", "quote_count", ["22"]),
        ("programmes/theory/", "cmoc_count", ["12"]),
        ("programmes/service/?q=Walsall", "quote_count", ["1", "3"]),
    ],
)
def test_lists_count(curator, client, address, column, numbers):
    assert sorted(cells(client.get(f"/admin/{address}").content.decode(), column)) == sorted(numbers)


def test_deliveries_stand_below_their_service(curator, client):
    service = Service.objects.get(study__slug="thompson-2023", number="12")
    data = filled(client, change(service))
    modes = [data[f"deliveries-{row}-mode"] for row in range(int(data["deliveries-TOTAL_FORMS"]))]
    assert sorted(modes) == sorted(map(str, service.deliveries.values_list("mode", flat=True)))
    assert len(modes) > 0


def test_member_is_chosen_among_all_accounts(thompson, client):
    client.force_login(member("lead", thompson))
    stranger = UserFactory(username="stranger")
    assert f'<option value="{stranger.pk}">stranger</option>' in client.get(change(thompson)).content.decode()


@pytest.mark.untraced
def test_change_without_a_reason_is_refused(curator, client):
    cmoc = CMOC.objects.first()
    response = client.post(change(cmoc), filled(client, change(cmoc)) | {"status": "supported"})
    assert errors_of(response) == ["change_reason: Say in a few words why you change this."]


@pytest.mark.untraced
def test_reason_alone_leaves_no_trace(curator, client):
    cmoc = CMOC.objects.first()
    before = cmoc.history.count()
    sent = filled(client, change(cmoc)) | {"change_reason": "No reason at all"}
    assert client.post(change(cmoc), sent).status_code == 302
    assert (CMOC.objects.first().version, cmoc.history.count()) == (cmoc.version, before)


@pytest.mark.once
@pytest.mark.untraced
def test_what_is_there_already_and_a_day_that_cannot_be_read_are_told_with_a_remedy(curator, client):
    cmoc = CMOC.objects.get(theory__slug="thompson-2023", number=2)
    Study.objects.filter(pk=cmoc.theory.study_id).update(visibility="private")
    changed = {"number": "1", "change_reason": "Another order"}
    response = client.post(change(cmoc), filled(client, change(cmoc)) | changed)
    assert errors_of(response) == ["Another CMOC of this theory has the number “1” already: give another number."]
    theory = cmoc.theory
    changed = {"signed_date": "yesterday", "change_reason": "Another day"}
    response = client.post(change(theory), filled(client, change(theory)) | changed)
    assert errors_of(response) == ["signed_date: Write the day as year, month and day, such as 2026-03-14."]
    sector = ServiceSector.objects.first()
    with pytest.raises(ValidationError) as refused:
        ServiceSector(service=sector.service, sector=sector.sector, position=9).full_clean()
    assert refused.value.messages == [
        "Another service sector of this service and sector is there already: change that one, or choose another."
    ]


@pytest.mark.untraced
def test_reason_that_is_too_long_is_told_once(curator, client):
    cmoc = CMOC.objects.first()
    changed = {"status": "supported", "change_reason": "x" * 301}
    response = client.post(change(cmoc), filled(client, change(cmoc)) | changed)
    assert errors_of(response) == ["change_reason: This has 301 letters; at most 300 are kept."]


def test_a_refused_form_lists_what_is_to_be_put_right_with_links_to_it(curator, client):
    cmoc = CMOC.objects.get(theory__slug="thompson-2023", number=5)
    data = filled(client, change(cmoc)) | {"hedge": "certainly", "evidence-0-role": ""}
    page = client.post(change(cmoc), data).content.decode()
    summary = page[page.index('<div class="errornote refusals"') : page.index("</div>", page.index("refusals-heading"))]
    assert re.findall(r'<a href="#([^"]+)">([^<]+)</a>: ([^<]+)</li>', summary) == [
        ("id_hedge", "Hedge", "Select a valid choice. certainly is not one of the available choices."),
        ("id_change_reason", "Reason for this change", "Say in a few words why you change this."),
        ("id_evidence-0-role", "Evidence 1, Role", "This field is required."),
    ]
    assert all(f'id="{target}"' in page for target in re.findall(r'href="#([^"]+)"', summary))


@pytest.mark.untraced
def test_quote_is_linked_on_the_cmocs_form(curator, client):
    cmoc = CMOC.objects.get(theory__slug="thompson-2023", number=5)
    quote = Quote.objects.get(key="q01")
    data = filled(client, change(cmoc))
    data |= {
        "evidence-TOTAL_FORMS": 2,
        "evidence-1-position": 2,
        "evidence-1-quote": quote.pk,
        "evidence-1-role": "refines",
        "evidence-1-cmoc": cmoc.pk,
        "change_reason": "It qualifies the trust",
    }
    assert client.post(change(cmoc), data).status_code == 302
    added = Evidence.objects.get(cmoc=cmoc, quote=quote)
    assert (added.role, added.history.get().history_change_reason) == ("refines", "It qualifies the trust")


@pytest.mark.once
def test_note_is_signed_by_whoever_writes_it(curator, client):
    cmoc = CMOC.objects.get(theory__slug="thompson-2023", number=2)
    first, second = Evidence.objects.filter(cmoc=cmoc).exclude(note="").order_by("position")

    def saved(**values):
        data = filled(client, change(cmoc)) | {"change_reason": "Read again"}
        place = next(name for name, value in data.items() if name.endswith("-id") and value == str(first.pk))
        data |= {place.replace("-id", f"-{name}"): value for name, value in values.items()}
        assert client.post(change(cmoc), data).status_code == 302
        row = Evidence.objects.get(pk=first.pk)
        return row.signed_by, row.signed_date and row.signed_date.isoformat()

    today = timezone.localdate().isoformat()
    assert saved(role="refines") == ("Realist curators", "2026-11-23")
    assert saved(note="Otherwise.") == (curator.get_username(), today)
    assert saved(note="By somebody else.", signed_by="Ada", signed_date="2026-11-01") == ("Ada", "2026-11-01")
    assert saved(note="") == ("", None)
    assert Evidence.objects.get(pk=second.pk).signed_by == "Realist curators"


@pytest.mark.once
@pytest.mark.untraced
def test_what_an_address_is_made_of_stays_while_the_record_is_public(curator, client):
    cmoc = CMOC.objects.get(theory__slug="thompson-2023", number=2)

    def saved(row, **values):
        given = filled(client, change(row)) | {"change_reason": "Renumbered", **values}
        assert client.post(change(row), given).status_code == 302
        row.refresh_from_db()
        return {name: getattr(row, name) for name in values}

    kept = "It stays as it is, since the record is public"
    for row, name, value in ((cmoc, "number", 40), (cmoc.theory, "slug", "mine"), (cmoc.theory.study, "slug", "mine")):
        before = getattr(row, name)
        assert kept in client.get(change(row)).content.decode()
        assert saved(row, **{name: value}) == {name: before}
    caveat = Caveat.objects.filter(theory=cmoc.theory).exclude(cmoc=None).first()
    assert (
        client.post(
            change(caveat.cmoc), filled(client, change(caveat.cmoc)) | {"caveats-0-number": 90, "change_reason": "x"}
        ).status_code
        == 302
    )
    assert Caveat.objects.get(pk=caveat.pk).number == caveat.number
    cmoc.theory.visibility = "private"
    cmoc.theory.save()
    assert kept not in client.get(change(cmoc)).content.decode()
    assert saved(cmoc, number=40) == {"number": 40}


def test_preview_of_the_configuration(curator, client):
    page = client.get(change(CMOC.objects.get(theory__slug="thompson-2023", number=1))).content.decode()
    slots = re.findall(r"<strong>(Context|Mechanism|Outcome)</strong>\s*<span[^>]*>([^<]+)</span>", page)
    assert slots == [
        ("Context", "Child is matched with a similar peer"),
        ("Mechanism", "Inspired by a similar peer modelling recovery"),
        ("Outcome", "Hope"),
    ]


def test_edit_since_the_form_was_opened_is_not_overwritten(curator, client):
    cmoc = CMOC.objects.get(theory__slug="thompson-2023", number=5)
    mine = filled(client, change(cmoc)) | {"status": "contested", "change_reason": "Mine"}
    theirs = CMOC.objects.get(pk=cmoc.pk)
    theirs.hedge = "may"
    theirs.set_change_reason("Theirs")
    theirs.save()

    refused = client.post(change(cmoc), mine)

    assert refused.status_code == 409
    (message,) = errors_of(refused)
    assert re.sub(r"on \d+ \w+ \d+ at \d\d:\d\d", "on DAY", message).startswith(
        "somebody changed this record on DAY, after you opened it (hedge: “Asserted” became “Hedged”)."
    )
    assert "Nothing was overwritten" in message
    assert CMOC.objects.get(pk=cmoc.pk).status == ""


def test_first_state_has_no_difference_to_show(thompson, client):
    client.force_login(member("curator", thompson))
    study = thompson
    context = ContextFactory(theory=TheoryFactory(study=study))
    data = filled(client, change(context)) | {"label": "Mine", "change_reason": "Mine"}
    Context.objects.filter(pk=context.pk).update(version=5)
    (message,) = errors_of(client.post(change(context), data))
    assert "(see its history)" in message


def test_edit_in_the_same_moment_is_not_overwritten(curator, client, monkeypatch):
    cmoc = CMOC.objects.get(theory__slug="thompson-2023", number=5)
    data = filled(client, change(cmoc)) | {"status": "contested", "change_reason": "Mine"}

    def stale(self, *args, **kwargs):
        raise StaleVersionError("CMOC 5 was changed by somebody else since you read it")

    monkeypatch.setattr(CMOC, "save", stale)
    response = client.post(change(cmoc), data)
    assert response.status_code == 409
    assert response.context["conflict"].sentence == (
        "CMOC 5 was changed by somebody else since you read it. Nothing was overwritten."
    )
    assert ("change reason", "Mine") in response.context["entered"]


def test_record_of_another_study_cannot_be_opened_or_changed(thompson, client):
    other = TheoryFactory(visibility="private", study__visibility="private")
    client.force_login(member("curator", thompson))
    for address in (
        change(other),
        change(other).replace("/change/", "/delete/"),
        change(other).replace("/change/", "/history/"),
    ):
        assert client.get(address).status_code in {302, 404}
    assert client.post(change(other), {"title": "Mine"}).status_code in {403, 404}
    assert Theory.objects.get(pk=other.pk).title == "A theory"


def test_public_record_of_another_study_can_be_read_but_not_changed(thompson, client):
    other = TheoryFactory()
    client.force_login(member("curator", thompson))
    page = client.get(change(other))
    assert (page.status_code, b'name="_save"' in page.content) == (200, False)
    assert client.post(change(other), {"title": "Mine"}).status_code == 403
    assert client.get(change(other).replace("/change/", "/history/")).status_code == 403


def test_forged_choice_is_refused(thompson, client):
    """A form that names a record which was not offered, as a forged request would."""
    hidden = StudyFactory(visibility="private")
    client.force_login(member("curator", thompson))
    theory = Theory.objects.get(slug="thompson-2023")
    data = filled(client, change(theory)) | {"study": hidden.pk, "change_reason": "Forged"}
    response = client.post(change(theory), data)
    assert errors_of(response) == [
        "study: Select a valid choice. That choice is not one of the available choices.",
    ]


def test_record_cannot_be_moved_into_a_study_of_others(thompson, client):
    other = StudyFactory()  # public, so it can be seen, though not curated
    client.force_login(member("curator", thompson))
    quote = QuoteFactory(study=thompson, participant=None, consent="published", visibility="private")
    data = filled(client, change(quote)) | {"study": other.pk, "change_reason": "Moved"}
    assert errors_of(client.post(change(quote), data)) == ["This belongs to a study that you do not curate."]
    assert Quote.objects.get(pk=quote.pk).study == thompson


def test_form_itself_refuses_what_was_not_offered(thompson, rf):
    """The rule stands in the form too, for a field whose choices are not narrowed."""
    request = rf.get("/")
    request.user, request.session = member("curator", thompson), {}
    theory = Theory.objects.get(slug="thompson-2023")
    form_class = admin.site._registry[Theory].get_form(request, theory, change=True)
    hidden = StudyFactory(visibility="private")
    shown = form_class(instance=theory)
    data = {bound.name: bound.value() or "" for bound in shown} | {"study": hidden.pk, "change_reason": "Forged"}
    form = form_class(data, instance=theory)
    form.fields["study"].queryset = Study.objects.all()
    assert form.errors["study"] == ["Choose a record that you may see."]


def test_reader_reads(thompson, client):
    client.force_login(member("reader", thompson))
    page = client.get(change(CMOC.objects.first()))
    assert (page.status_code, b'name="_save"' in page.content) == (200, False)
    assert client.get("/admin/programmes/participant/").status_code == 403


def test_who_adds_a_study_leads_it(db, client):
    user = member("lead")
    client.force_login(user)
    programme = ProgrammeFactory()
    address = reverse("admin:programmes_study_add")
    data = filled(client, address) | {"programme": programme.pk, "title": "New", "slug": "new", "kind": "review"}
    assert client.post(address, data).status_code == 302
    study = Study.objects.get(slug="new")
    assert list(Membership.objects.values_list("study", "user", "role")) == [(study.pk, user.pk, "lead")]
    assert study.history.get().history_change_reason == "Added"


def test_lead_decides_who_is_in_the_team(thompson, client):
    lead = member("lead", thompson)
    newcomer = UserFactory()
    client.force_login(lead)
    data = filled(client, change(thompson))
    count = int(data["memberships-TOTAL_FORMS"])
    data |= {
        "memberships-TOTAL_FORMS": count + 1,
        f"memberships-{count}-user": newcomer.pk,
        f"memberships-{count}-role": "reader",
        f"memberships-{count}-study": thompson.pk,
    }
    assert client.post(change(thompson), data).status_code == 302
    assert Membership.objects.get(user=newcomer).role == "reader"


def test_curator_does_not(thompson, client):
    client.force_login(member("curator", thompson, group="Lead"))
    names = {
        entry.formset.prefix: entry.has_add_permission
        for entry in client.get(change(thompson)).context["inline_admin_formsets"]
    }
    assert names["memberships"] is False


def test_superuser_may_everything(thompson, client, admin_user):
    client.force_login(admin_user)
    formsets = client.get(change(thompson)).context["inline_admin_formsets"]
    assert [entry.has_add_permission for entry in formsets] == [True, True]


def test_chosen_records_of_others_are_not_deleted(thompson, client):
    client.force_login(member("curator", thompson))
    mine, other = ContextFactory(theory__study=thompson), ContextFactory()
    chosen = {"action": "delete_selected", "_selected_action": [mine.pk, other.pk], "post": "yes"}
    assert client.post("/admin/programmes/context/", chosen).status_code == 302
    assert list(Context.objects.filter(pk__in=[mine.pk, other.pk])) == [other]


def test_history_of_nothing(curator, client):
    assert client.get("/admin/programmes/cmoc/999999/history/").status_code == 404


def test_older_state_leads_to_the_history(curator, client):
    cmoc = CMOC.objects.first()
    address = change(cmoc).replace("/change/", "/history/")
    response = client.get(f"{address}{cmoc.history.first().pk}/")
    assert (response.status_code, response["Location"]) == (302, address)


def test_participant_withdraws(thompson, client):
    client.force_login(member("curator", thompson))
    participant = Participant.objects.get(pseudonym="p13")
    address = "/admin/programmes/participant/"
    chosen = {"action": "withdraw", "_selected_action": [participant.pk]}

    page = client.post(address, chosen)
    assert (page.status_code, b"Nobody can bring it back" in page.content) == (200, True)
    assert b"Say in a few words why." in client.post(address, chosen | {"reason": " "}).content
    assert Quote.objects.filter(participant=participant).exists()

    response = client.post(address, chosen | {"reason": "Asked by letter"}, follow=True)
    assert [str(message) for message in response.context["messages"]] == [
        "Withdrawn: p13. Their words are erased, in the history too."
    ]
    withdrawn = Participant.objects.get(pk=participant.pk)
    assert (withdrawn.withdrawn_date, Quote.objects.filter(participant=withdrawn).count()) == (timezone.localdate(), 0)


def test_participant_of_others_is_not_withdrawn(thompson, client):
    other = ParticipantFactory()
    user = member("curator", thompson)
    MembershipFactory(study=other.study, user=user, role="curator")
    client.force_login(user)
    Membership.objects.filter(study=other.study).update(role="curator")
    admin_class = admin.site._registry[Participant]
    assert admin_class.actions == ("withdraw",)
    Membership.objects.filter(study=other.study).delete()
    chosen = {"action": "withdraw", "_selected_action": [other.pk], "reason": "x"}
    client.post("/admin/programmes/participant/", chosen)
    assert Participant.objects.get(pk=other.pk).withdrawn_date is None


@pytest.mark.untraced
@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (
            "programmes/cmoc/",
            "session, user, permission, permission, theory, count cmoc, count cmoc, membership, evidence, study",
        ),
        (
            "programmes/quote/",
            "session, user, permission, permission, study, count quote, count quote, membership, membership, study",
        ),
    ],
)
def test_queries_of_lists_do_not_grow(curator, client, address, expected):
    for more in (0, 1, 20):
        for _ in range(more):
            QuoteFactory(study=Study.objects.get(slug="thompson-2023"), participant=None, consent="published")
        with asks(expected):
            assert client.get(f"/admin/{address}").status_code == 200


@pytest.mark.untraced
def test_queries_of_the_cmoc_form(curator, client):
    ContentType.objects.get_for_model(CMOC)  # Django keeps it from then on
    address = change(CMOC.objects.get(theory__slug="thompson-2023", number=2))
    client.get(address)  # and its study is at hand
    with asks(
        "session, user, evidence, theory, study, permission, permission, any cmoc, any cmoc, any cmoc, any cmoc, "
        "cmoccontext, cmocmechanism, cmocoutcome, cmocactor, cmocbeneficiary, cmocservice, cmocstrategy, "
        "cmocintervention, evidence, caveat, "
        "reading, membership, cmoccontext + 8, study, theory, context, mechanism, outcome, population, population, "
        "quote, quote, quote, caveat"
    ):
        client.get(address)


def test_programme_page(curator, client):
    programme = Programme.objects.first()
    assert client.get(change(programme)).status_code == 200


@pytest.mark.untraced
def test_links_between_site_and_admin(curator, client):
    cmoc = CMOC.objects.select_related("theory").get(theory__slug="thompson-2023", number=1)
    assert change(cmoc) in client.get(cmoc.get_absolute_url()).content.decode()
    assert reverse("admin:view_on_site", args=[_type(cmoc), cmoc.pk]) in client.get(change(cmoc)).content.decode()


def _type(row):
    return ContentType.objects.get_for_model(row).pk


def test_form_of_a_study_leaves_it_a_lead(thompson, client):
    lead = member("lead", thompson)
    client.force_login(lead)
    data = filled(client, change(thompson)) | {"change_reason": "Off to other work"}
    said = "Nobody would lead this study. Make somebody else a lead first."
    for refused in ({"memberships-0-role": "curator"}, {"memberships-0-DELETE": "on"}):
        answer = client.post(change(thompson), data | refused)
        assert (answer.status_code, said in answer.content.decode()) == (200, True)
    other = UserFactory()
    added = {"memberships-TOTAL_FORMS": "2", "memberships-1-user": other.pk, "memberships-1-role": "lead"}
    both = data | added | {"memberships-0-role": "curator", "memberships-1-study": thompson.pk, "memberships-1-id": ""}
    assert client.post(change(thompson), both).status_code == 302
    assert dict(thompson.memberships.values_list("user", "role")) == {lead.pk: "curator", other.pk: "lead"}
