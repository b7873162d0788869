"""The room of surveys: who was asked what, and what they answered."""

from django.apps import AppConfig


class SurveysConfig(AppConfig):
    """Registers the survey's part of the field table, of the theory package and of the search."""

    name = "surveys"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register them."""
        from surveys.models.field_table import register_field_lines  # noqa: PLC0415  models exist only once apps are ready
        from surveys.package import register_sections  # noqa: PLC0415  models exist only once apps are ready
        from surveys.search import register_places  # noqa: PLC0415  models exist only once apps are ready

        register_field_lines()
        register_sections()
        register_places()
