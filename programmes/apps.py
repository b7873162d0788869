"""The room of studies, services, the theory and its evidence."""

from django.apps import AppConfig
from django.core.checks import Tags, register
from django.db.models.signals import post_migrate, pre_migrate


class ProgrammesConfig(AppConfig):
    """Keeps the database's invariants and its index of words in step with the models."""

    name = "programmes"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Watch migrations, which send a signal for each application: that of this one is enough. Register checks."""
        from programmes import checks  # noqa: PLC0415  models exist only once apps are ready

        pre_migrate.connect(checks.remove_before_migrate, sender=self, dispatch_uid="remove_before_migrate")
        post_migrate.connect(checks.install_after_migrate, sender=self, dispatch_uid="install_after_migrate")
        register(checks.derived_objects_as_declared, Tags.database)
        register(checks.invariants_can_be_asked, Tags.models)
