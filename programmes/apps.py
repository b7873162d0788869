"""The room of studies, services, the theory and its evidence."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class ProgrammesConfig(AppConfig):
    """Keeps the database's invariants and its index of words in step with the models."""

    name = "programmes"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Watch migrations."""
        from programmes.integrity import invariants  # noqa: PLC0415  models exist only once apps are ready
        from programmes.search import index  # noqa: PLC0415  models exist only once apps are ready

        pre_migrate.connect(invariants.remove_before_migrate, dispatch_uid="remove_before_migrate")
        post_migrate.connect(invariants.install_after_migrate, dispatch_uid="install_after_migrate")
        pre_migrate.connect(index.remove_before_migrate, dispatch_uid="remove_index_before_migrate")
        post_migrate.connect(index.install_after_migrate, dispatch_uid="install_index_after_migrate")
