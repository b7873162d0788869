import re

import pytest

from tests.factories import RespondentRoleFactory, SurveyFactory


def page_of(client, survey):
    return client.get(survey.get_absolute_url()).content.decode()


def test_roles_as_bars_with_denominators(demo, client):
    page = client.get("/surveys/thompson-2023-survey/").content.decode()
    shown = re.findall(
        r'<th scope="row"[^>]*>([^<]+)</th>\s*<td>.*?width="([\d.]+)".*?</td>\s*<td>(\d+ of \d+)</td>', page, re.DOTALL
    )
    assert sum(int(words.split()[0]) for _, _, words in shown) == 14
    assert shown[0][2].endswith(" of 14")
    assert [float(width) for _, width, _ in shown] == [
        round(100 * int(words.split()[0]) / 14, 1) for _, _, words in shown
    ]
    assert '<span class="missing">Not stated</span>' in page


@pytest.mark.parametrize(("whole", "said"), [(None, False), (5, True)])
def test_roles_of_some_respondents(db, client, whole, said):
    survey = SurveyFactory(respondents=whole)
    RespondentRoleFactory(survey=survey, respondents=3)
    page = page_of(client, survey)
    assert (f"Roles are given for 3 of {whole} participants." in page) is said
    assert f"3 of {whole or 3}" in page


def test_survey_that_nobody_answered(db, client):
    survey = SurveyFactory()
    RespondentRoleFactory(survey=survey, respondents=0)
    assert 'width="0"' in page_of(client, survey)


def test_private_survey_is_not_there(db, client):
    assert client.get(SurveyFactory(visibility="private").get_absolute_url()).status_code == 404
