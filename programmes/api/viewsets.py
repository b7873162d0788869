"""The resources of the API: the shape of each, what it can be filtered by, and by which fields it can be ordered."""

from programmes import filtersets
from programmes.api import serializers
from programmes.api.base import ResourceViewSet, resource_viewset

VIEWSETS: dict[str, type[ResourceViewSet]] = {
    viewset.serializer_class.resource: viewset
    for viewset in (
        resource_viewset(serializers.ProgrammeSerializer, filtersets.ProgrammeFilterSet, "slug", "name"),
        resource_viewset(serializers.StudySerializer, filtersets.StudyFilterSet, "slug", "title"),
        resource_viewset(serializers.ReferenceSerializer, filtersets.ReferenceFilterSet, "number", "year"),
        resource_viewset(serializers.ServiceSerializer, filtersets.ServiceFilterSet, "number", "location"),
        resource_viewset(serializers.PopulationSerializer, filtersets.PopulationFilterSet, "key"),
        resource_viewset(serializers.TheorySerializer, filtersets.TheoryFilterSet, "slug", "title"),
        resource_viewset(serializers.ContextSerializer, filtersets.ContextFilterSet, "key", "label"),
        resource_viewset(serializers.MechanismSerializer, filtersets.MechanismFilterSet, "key", "label"),
        resource_viewset(serializers.OutcomeSerializer, filtersets.OutcomeFilterSet, "key", "label"),
        resource_viewset(serializers.CMOCGroupSerializer, filtersets.CMOCGroupFilterSet, "number"),
        resource_viewset(serializers.CMOCSerializer, filtersets.CMOCFilterSet, "number", "status"),
        resource_viewset(serializers.CaveatSerializer, filtersets.CaveatFilterSet, "number", "kind"),
        resource_viewset(serializers.ReportingAnswerSerializer, filtersets.ReportingAnswerFilterSet, "item"),
        resource_viewset(serializers.CMOCLinkSerializer, filtersets.CMOCLinkFilterSet, "number", "kind"),
        resource_viewset(serializers.QuoteSerializer, filtersets.QuoteFilterSet, "key"),
        resource_viewset(serializers.EvidenceSerializer, filtersets.EvidenceFilterSet, "role"),
        resource_viewset(serializers.SubstantiveTheorySerializer, filtersets.SubstantiveTheoryFilterSet, "key", "name"),
        resource_viewset(serializers.LineageSerializer, filtersets.LineageFilterSet, "number", "kind"),
        resource_viewset(serializers.MemoSerializer, filtersets.MemoFilterSet, "key", "kind", "signed_date"),
    )
}
