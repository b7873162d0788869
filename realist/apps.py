"""The admin of the site, in the field's order."""

from django.contrib.admin.apps import AdminConfig
from django.contrib.auth.signals import user_logged_in
from django.core.checks import Tags, register

from realist.clients import proxy_is_counted
from realist.private_files import files_are_private


class CurationConfig(AdminConfig):
    """Uses our own admin site."""

    default_site = "realist.curation.CurationSite"

    def ready(self) -> None:
        """Register what `manage.py check` asks of the site as a whole."""
        super().ready()
        from realist.sessions import start_session  # noqa: PLC0415  models exist only once apps are ready

        user_logged_in.connect(start_session, dispatch_uid="start_session")
        register(proxy_is_counted, Tags.security, deploy=True)
        register(files_are_private, Tags.database)
