"""Addresses of the pages about studies, theories and evidence."""

from django.urls import path, re_path

from programmes.exchange.citations import FORMS as CITATION_FORMS
from programmes.exchange.web import FORMS as WEB_FORMS
from programmes.views import cmocs, elements, evidence, home, memos, search, services, studies, theory

urlpatterns = [
    path("", home.home, name="home"),
    path("card.png", home.card, name="home_card"),
    path("cite/", home.cite, name="cite"),
    path("accessibility/", home.accessibility, name="accessibility"),
    path("glossary/", home.glossary, name="glossary"),
    path("components/", home.components, name="components"),
    path("search/", search.search, name="search"),
    path("packages/schema/1/", home.package_schema, name="package-schema"),
    path("theories/<slug:slug>/", theory.theory, name="theory"),
    re_path(
        rf"^theories/(?P<slug>[-\w]+)/web\.(?P<form>{'|'.join(WEB_FORMS)})$",
        theory.web,
        name="web",
    ),
    path("theories/<slug:slug>/card.png", theory.card, name="theory_card"),
    path("theories/<slug:slug>/lineage/", theory.lineage, name="lineage"),
    path("theories/<slug:slug>/earlier/", theory.earlier, name="earlier"),
    path("theories/<slug:slug>/setting/", theory.setting, name="setting"),
    path("theories/<slug:slug>/evidence/", evidence.evidence, name="evidence"),
    path("theories/<slug:slug>/matrix/", evidence.matrix, name="matrix"),
    re_path(r"^theories/(?P<slug>[-\w]+)/(?P<name>matrix|support)\.csv$", evidence.table, name="table"),
    path("theories/<slug:slug>/cmocs/<int:number>/", cmocs.cmoc, name="cmoc"),
    path("theories/<slug:slug>/cmocs/<int:number>/card.png", cmocs.card, name="cmoc_card"),
    path("theories/<slug:slug>/cmocs/<int:number>/history/", cmocs.history, name="cmoc_history"),
    path("theories/<slug:slug>/cmocs/<int:number>/cite/", cmocs.cite, name="cite_cmoc"),
    re_path(
        rf"^theories/(?P<slug>[-\w]+)/cmocs/(?P<number>[0-9]+)/cite\.(?P<form>{'|'.join(CITATION_FORMS)})$",
        cmocs.citation,
        name="citation",
    ),
    path("theories/<slug:slug>/contexts/<slug:key>/", elements.context, name="context"),
    path("theories/<slug:slug>/mechanisms/<slug:key>/", elements.mechanism, name="mechanism"),
    path("theories/<slug:slug>/outcomes/<slug:key>/", elements.outcome, name="outcome"),
    path("studies/<slug:slug>/", studies.study, name="study"),
    path("studies/<slug:slug>/services/", services.services, name="services"),
    path("studies/<slug:slug>/services/<str:number>/", services.service, name="service"),
    path("studies/<slug:slug>/quotes/<slug:key>/", evidence.quote, name="quote"),
    path("studies/<slug:slug>/memos/", memos.memos, name="memos"),
    re_path(r"^studies/(?P<slug>[-\w]+)/memos\.(?P<form>csv|docx)$", memos.memos_file, name="memos_file"),
    path("studies/<slug:slug>/memos/<slug:key>/", memos.memo, name="memo"),
    path("services/", services.all_services, name="all_services"),
]
