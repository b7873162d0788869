"""The admin of the site, in the field's order."""

from django.contrib.admin.apps import AdminConfig


class CurationConfig(AdminConfig):
    """Uses our own admin site."""

    default_site = "realist.curation.CurationSite"
