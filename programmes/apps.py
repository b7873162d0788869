"""The room of studies, services, the theory and its evidence."""

from django.apps import AppConfig
from django.core.checks import Tags, register
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate, post_save, pre_migrate
from simple_history.signals import post_create_historical_record


class ProgrammesConfig(AppConfig):
    """Keeps the database's invariants and its index of words in step with the models."""

    name = "programmes"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let texts know whose words they are; watch migrations; register checks.

        Migrations send a signal for each application: that of this one is enough.
        """
        from programmes import checks  # noqa: PLC0415  models exist only once apps are ready
        from programmes.actions.accounts import end_if_inactive, seal_token  # noqa: PLC0415  as above
        from programmes.integrity.restoring import refuse_while_restored  # noqa: PLC0415  as above
        from programmes.integrity.writers_queue import take_turns  # noqa: PLC0415  as above
        from programmes.models.field_table import layer_of  # noqa: PLC0415  as above
        from programmes.models.publications import keep_public_spans  # noqa: PLC0415  as above
        from programmes.upkeep.downgrade import refuse_to_lose  # noqa: PLC0415  as above
        from programmes.words import WordsOfFieldMixin  # noqa: PLC0415  as above

        WordsOfFieldMixin.layer_of = layer_of

        post_save.connect(end_if_inactive, sender="auth.User", dispatch_uid="end_if_inactive")
        post_save.connect(seal_token, sender="knox.AuthToken", dispatch_uid="seal_token")
        connection_created.connect(refuse_while_restored, dispatch_uid="refuse_while_restored")
        connection_created.connect(take_turns, dispatch_uid="take_turns")
        post_create_historical_record.connect(keep_public_spans, dispatch_uid="keep_public_spans")
        pre_migrate.connect(refuse_to_lose, sender=self, dispatch_uid="refuse_to_lose")  # before anything is removed
        pre_migrate.connect(checks.remove_before_migrate, sender=self, dispatch_uid="remove_before_migrate")
        post_migrate.connect(checks.install_after_migrate, sender=self, dispatch_uid="install_after_migrate")
        register(checks.derived_objects_as_declared, Tags.database)
        register(checks.erasures_are_obeyed, Tags.database)
        register(checks.invariants_can_be_asked, Tags.models)
