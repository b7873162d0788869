"""Configurations in the order and under the headings in which a team reads them; their numbers stay."""

import pytest
from django.core.exceptions import ValidationError

from programmes.actions.decisions import Decision
from programmes.actions.order import put_before, put_in_group, standing_in_order
from programmes.models import CMOCGroup, StaleVersionError, Theory
from tests.factories import CMOCFactory, CMOCGroupFactory, TheoryFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def theory():
    theory = TheoryFactory()
    for number in range(1, 6):
        CMOCFactory(theory=theory, number=number)
    return theory


def decision(*read):
    return Decision("Tidying.", UserFactory(), {cmoc.pk: cmoc.version for cmoc in read})


def numbers(theory):
    return [cmoc.number for cmoc in standing_in_order(Theory.objects.get(pk=theory.pk))]


def cmoc(theory, number):
    return theory.cmocs.get(number=number)


def test_one_is_put_before_another_or_at_the_end(theory):
    put_before(cmoc=cmoc(theory, 4), follower=cmoc(theory, 2), decision=decision())
    assert numbers(theory) == [1, 4, 2, 3, 5]
    put_before(cmoc=cmoc(theory, 1), follower=None, decision=decision())
    assert numbers(theory) == [4, 2, 3, 5, 1]
    CMOCFactory(theory=theory, number=6)  # what is new stands last
    assert numbers(theory) == [4, 2, 3, 5, 1, 6]
    stored = Theory.objects.get(pk=theory.pk)
    assert (stored.cmoc_order, stored.history.first().history_change_reason) == (["4", "2", "3", "5", "1"], "Tidying.")
    assert not any(one.history.count() > 1 for one in stored.cmocs.all())  # nothing of what they say has changed


def test_it_goes_into_the_group_of_what_it_is_put_before(theory):
    group = CMOCGroupFactory(theory=theory, number=1)
    theory.cmocs.filter(number__in=[3, 5]).update(group=group)
    assert numbers(theory) == [3, 5, 1, 2, 4]
    put_before(cmoc=cmoc(theory, 2), follower=cmoc(theory, 5), decision=decision())
    assert (numbers(theory), cmoc(theory, 2).group) == ([3, 2, 5, 1, 4], group)
    put_before(cmoc=cmoc(theory, 3), follower=None, decision=decision())
    assert (numbers(theory), cmoc(theory, 3).group) == ([2, 5, 1, 4, 3], None)
    put_before(cmoc=cmoc(theory, 5), follower=cmoc(theory, 1), decision=decision())
    assert (numbers(theory), cmoc(theory, 5).group) == ([2, 5, 1, 4, 3], None)  # out of its group, and in its place


def test_what_cannot_be_put_there_is_refused(theory):
    for follower, said in (
        (cmoc(theory, 3), "stands there already"),
        (CMOCFactory(number=1), "does not stand in this theory any more"),
    ):
        with pytest.raises(ValidationError, match=said):
            put_before(cmoc=cmoc(theory, 2), follower=follower, decision=decision())
    with pytest.raises(ValidationError, match="stands there already"):
        put_before(cmoc=cmoc(theory, 5), follower=None, decision=decision())
    alone = CMOCFactory(number=1)
    with pytest.raises(ValidationError, match="stands there already"):
        put_before(cmoc=alone, follower=None, decision=decision())
    read = cmoc(theory, 2)
    changed = cmoc(theory, 2)
    changed.title = "Changed meanwhile"
    changed.save()
    with pytest.raises(StaleVersionError):
        put_before(cmoc=read, follower=None, decision=decision(read))
    assert Theory.objects.get(pk=theory.pk).cmoc_order == []


def test_several_are_put_under_a_heading(theory):
    both = [cmoc(theory, 2), cmoc(theory, 4)]
    group = put_in_group(cmocs=both, heading="Comes back", decision=decision(*both))
    assert (group.number, group.heading, numbers(theory)) == (1, "Comes back", [2, 4, 1, 3, 5])
    put_in_group(cmocs=[cmoc(theory, 5)], heading=" comes  BACK", decision=decision())
    assert (CMOCGroup.objects.get(), numbers(theory)) == (group, [2, 4, 5, 1, 3])
    with pytest.raises(ValidationError, match="They stand there already"):
        put_in_group(cmocs=both, heading="Comes back", decision=decision())
    put_in_group(cmocs=[cmoc(theory, 2), cmoc(theory, 3)], heading=" ", decision=decision())
    assert numbers(theory) == [4, 5, 1, 2, 3]
    put_in_group(cmocs=[cmoc(theory, 1)], heading="Stays away", decision=decision())
    assert list(CMOCGroup.objects.values_list("number", "heading")) == [(1, "Comes back"), (2, "Stays away")]
