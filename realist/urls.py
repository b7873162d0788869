"""Addresses of the site."""

from django.contrib import admin
from django.templatetags.static import static
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView


class Icon(RedirectView):
    """Leads browsers that ask for the old address of a site's icon to ours."""

    def get_redirect_url(self, *_args: object, **_kwargs: object) -> str:
        """Return the address of the icon."""
        return static("icon.svg")


urlpatterns: list[URLPattern | URLResolver] = [
    path("favicon.ico", Icon.as_view(), name="icon"),
    path("admin/", admin.site.urls),
    path("api/", include("realist.api")),
    path("", include("programmes.urls")),
    path("", include("surveys.urls")),
]
