"""What a theory read from the reader’s own setting shows, as data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse

from programmes.pages.as_data import DataColumn, LinesShown, PageData, PortionShown
from programmes.pages.base import base_url

if TYPE_CHECKING:
    from django.http import HttpRequest

    from programmes.pages.own_setting import SettingPage


SETTING_COLUMNS = (
    DataColumn("answer", "string", "Whether it applies to the setting: the key of the group that it stands in."),
    DataColumn("cmoc", "integer", "Number of the CMOC."),
    DataColumn("label", "string", "Its label as printed."),
    DataColumn("title", "string", "Its title."),
    DataColumn("summary", "string", "It in plain words, where a curator has put it so."),
    DataColumn("people", "array", "Who is named among those who benefit."),
    DataColumn("services", "array", "Services that speak to it: number, likeness, quotes, counters, stated."),
    DataColumn("caveats", "integer", "Caveats on it."),
    DataColumn("html_url", "string", "Address of its page."),
)


def setting_data(request: HttpRequest, shown: dict[str, Any]) -> PageData:
    """Return the CMOCs as seen from the setting, group by group; without a setting none."""
    page: SettingPage = shown["page"]
    site = base_url(request)
    lines = [
        {
            "answer": group.name,
            "cmoc": row.cmoc.number,
            "label": row.cmoc.label,
            "title": row.cmoc.title,
            "summary": str(row.summary),
            "people": [str(label) for label in row.people],
            "services": [
                {
                    "number": voice.service.number,
                    "likeness": voice.likeness.name.lower(),
                    "quotes": voice.quotes,
                    "counters": voice.counters,
                    "stated": voice.stated,
                }
                for voice in row.voices
            ],
            "caveats": row.caveats,
            "html_url": f"{site}{reverse('cmoc', args=[shown['theory'].slug, row.cmoc.number])}",
        }
        for group in page.groups
        for row in group.rows
    ]
    return PageData(
        f"{shown['theory'].title}, from your own setting",
        [LinesShown("cmocs", "CMOCs as seen from the setting.", SETTING_COLUMNS, lines)],
        PortionShown.of(page.page, page.after_numbers) if page.page else None,
    )
