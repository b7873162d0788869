"""What records of theories of other forms are called in the search."""

from django.utils.html import strip_tags

from programmes.models import Quote
from programmes.search.find import search
from tests.factories import UserFactory


def first_hit(question, kind):
    kinds = {group.name: group for group in search(question, UserFactory()).kinds}
    return strip_tags(kinds[kind].hits[0].title) if kind in kinds else None


def test_labels_lead_to_their_cmoc_and_documents_to_their_quotes(universe):
    assert first_hit("CMOC 1a", "CMOCs").endswith("CMOC 1a")
    assert first_hit("1a", "CMOCs").endswith("CMOC 1a")
    document = (
        Quote.objects.filter(source__kind="document")
        .exclude(source__reference=None)
        .select_related("study", "source__reference")[0]
    )
    title = first_hit(f"quote {document.key}", "Quotes")
    assert title.startswith(document.source.reference.name_in_credit)
