"""Addresses of the site."""

from django.contrib import admin
from django.templatetags.static import static
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from programmes.admin.on_site import view_on_site
from realist.health import process_lives, site_is_ready


class Icon(RedirectView):
    """Leads browsers that ask for the old address of a site's icon to ours."""

    def get_redirect_url(self, *_args: object, **_kwargs: object) -> str:
        """Return the address of the icon."""
        return static("icon.svg")


handler500 = "realist.trouble.answer_to_error"
urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", process_lives, name="healthz"),
    path("readyz", site_is_ready, name="readyz"),
    path("favicon.ico", Icon.as_view(), name="icon"),
    path("admin/r/<path:content_type_id>/<path:object_id>/", view_on_site),  # instead of Django’s, which asks nobody
    path("admin/", admin.site.urls),
    path("api/", include("realist.api")),
    path("", include("programmes.urls")),
    path("", include("surveys.urls")),
]
