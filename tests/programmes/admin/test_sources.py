"""Sources in the admin."""

from django.urls import reverse

from tests.factories import ParticipantFactory, SourceFactory, UserFactory


def test_consent_stands_beside_a_source(db, client):
    client.force_login(UserFactory(is_superuser=True, is_staff=True))
    speaker = ParticipantFactory(consent_scope="team-only")
    told = SourceFactory(study=speaker.study, participant=speaker)
    untold = SourceFactory(study=speaker.study)
    page = client.get(reverse("admin:programmes_source_changelist")).content.decode()
    for source, words in ((told, speaker.get_consent_scope_display()), (untold, "no participant is named")):
        assert page.count(f'<td class="field-consent">{words}</td>') == 1
        form = client.get(reverse("admin:programmes_source_change", args=[source.pk])).content.decode()
        assert f'<div class="readonly">{words}</div>' in form
