"""Addresses of the pages about studies, theories and evidence."""

from django.urls import path, re_path

from programmes.api.endings import with_endings
from programmes.api.token_readers import read_with_token
from programmes.formats.citations import CITATION_FORMATS
from programmes.formats.slides import SLIDE_FORMATS
from programmes.formats.web import WEB_FORMATS
from programmes.models.configuration import ELEMENTS
from programmes.pages import (
    about,
    appendix,
    appendix_form,
    as_of,
    citations,
    cmocs,
    components,
    elements,
    evidence,
    history,
    home,
    lineage,
    matrix,
    memos,
    own_setting,
    packages,
    quote_table,
    quotes,
    search,
    services,
    slides,
    standing,
    studies,
    study_list,
    theory,
    theory_list,
)

urlpatterns = with_endings(
    [
        path("", home.home, name="home"),
        path("from-where-you-stand/", standing.front_door, name="front-door"),
        path("card.png", home.home_card, name="home_card"),
        path("cite/", about.cite, name="cite"),
        path("accessibility/", about.accessibility, name="accessibility"),
        path("glossary/", about.glossary, name="glossary"),
        path("components/", components.component_list, name="components"),
        path("search/", search.search_page, name="search"),
        path("packages/schema/<int:version>/", about.package_schema_file, name="package-schema"),
        re_path(
            rf"^our-table\.(?P<form>{'|'.join(appendix_form.EMPTY_FORMATS)})$",
            appendix_form.empty_appendix_file,
            name="empty-appendix",
        ),
        path("theories/", theory_list.theory_list, name="theories"),
        path("theories/<slug:slug>/", theory.theory_detail, name="theory"),
        re_path(
            rf"^theories/(?P<slug>[-\w]+)/web\.(?P<form>{'|'.join(WEB_FORMATS)})$",
            theory.web_file,
            name="web",
        ),
        path("theories/<slug:slug>/slides/", slides.theory_slides, name="slides"),
        re_path(r"^theories/(?P<slug>[-\w]+)/slides\.(?P<form>pdf)$", slides.slide_file, name="slides-pdf"),
        re_path(
            rf"^theories/(?P<slug>[-\w]+)/slides/(?P<number>[0-9]{{1,4}})\.(?P<form>{'|'.join(SLIDE_FORMATS)})$",
            slides.slide_file,
            name="slide",
        ),
        path("theories/<slug:slug>/card.png", theory.theory_card, name="theory_card"),
        path("theories/<slug:slug>/lineage/", lineage.theory_lineage, name="lineage"),
        path("theories/<slug:slug>/earlier/", as_of.theory_as_of, name="earlier"),
        path("theories/<slug:slug>/setting/", own_setting.theory_in_own_setting, name="setting"),
        path("theories/<slug:slug>/evidence/", evidence.evidence_list, name="evidence"),
        re_path(
            rf"^theories/(?P<slug>[-\w]+)/quotes\.(?P<form>{'|'.join(quote_table.TABLE_FORMATS)})$",
            quote_table.quote_table_file,
            name="quote_table",
        ),
        path("theories/<slug:slug>/package.json", read_with_token(packages.package_file), name="package"),
        path(
            "theories/<slug:slug>/package.json.sha256",
            read_with_token(packages.package_checksum),
            name="package-checksum",
        ),
        path("theories/<slug:slug>/appendix/", appendix.appendix_choices, name="appendix-choices"),
        re_path(
            rf"^theories/(?P<slug>[-\w]+)/appendix\.(?P<form>{'|'.join(appendix.APPENDIX_FORMATS)})$",
            appendix.appendix_file,
            name="appendix",
        ),
        path("theories/<slug:slug>/matrix/", matrix.evidence_at_a_glance, name="matrix"),
        re_path(r"^theories/(?P<slug>[-\w]+)/(?P<name>matrix|support)\.csv$", matrix.evidence_table_file, name="table"),
        path("theories/<slug:slug>/cmocs/<int:number>/", cmocs.cmoc_detail, name="cmoc"),
        path("theories/<slug:slug>/cmocs/<int:number>/card.png", cmocs.cmoc_card, name="cmoc_card"),
        path("theories/<slug:slug>/cmocs/<int:number>/history/", history.cmoc_history, name="cmoc_history"),
        path("theories/<slug:slug>/cmocs/<int:number>/cite/", citations.cite_cmoc, name="cite_cmoc"),
        re_path(
            rf"^theories/(?P<slug>[-\w]+)/cmocs/(?P<number>[0-9]+)/cite\.(?P<form>{'|'.join(CITATION_FORMATS)})$",
            citations.citation_file,
            name="citation",
        ),
        *(
            path(
                f"theories/<slug:slug>/{kind.plural}/<slug:key>/",
                elements.element_detail,
                {"model": kind.model},
                name=kind.name,
            )
            for kind in ELEMENTS
        ),
        path("studies/", study_list.study_list, name="studies"),
        path("studies/<slug:slug>/", studies.study_detail, name="study"),
        path("studies/<slug:slug>/services/", services.service_list, name="services"),
        path("studies/<slug:slug>/services/<str:number>/", services.service_detail, name="service"),
        path("studies/<slug:slug>/quotes/<slug:key>/", quotes.quote_detail, name="quote"),
        path("studies/<slug:slug>/memos/", memos.memo_list, name="memos"),
        re_path(r"^studies/(?P<slug>[-\w]+)/memos\.(?P<form>csv|docx)$", memos.memo_file, name="memos_file"),
        path("studies/<slug:slug>/memos/<slug:key>/", memos.memo_detail, name="memo"),
        path("services/", services.all_service_list, name="all_services"),
    ]
)
