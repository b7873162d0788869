"""A search for nothing finds everything."""

from django.db.models import Q

from programmes.models import Quote
from programmes.search.index import matches


def test_without_terms_every_record_fits():
    assert matches(Quote, []) == Q()
