"""Addresses of the site."""

from django.contrib import admin
from django.contrib.auth.views import LogoutView
from django.templatetags.static import static
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from programmes.admin.on_site import view_on_site
from programmes.api.feeds import changes_feed
from programmes.desk.conflicts import meets_others
from programmes.desk.urls import urlpatterns as desk_urls
from realist.health import process_lives, site_is_ready
from realist.invitations import InvitationView
from realist.sign_in_pages import OwnPasswordPage, SignInView
from realist.signed_out import keep_when_signed_out


class Icon(RedirectView):
    """Leads browsers that ask for the old address of a site's icon to ours."""

    def get_redirect_url(self, *_args: object, **_kwargs: object) -> str:
        """Return the address of the icon."""
        return static("icon.svg")


def as_at_the_desk(place: URLPattern) -> URLPattern:
    """Return an address whose forms keep what was entered where a sign-in ended or an act met another one."""
    view = keep_when_signed_out(meets_others(place.callback, admin.site))
    return URLPattern(place.pattern, view, place.default_args, place.name)


handler500 = "realist.trouble.answer_to_error"
urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", process_lives, name="healthz"),
    path("readyz", site_is_ready, name="readyz"),
    path("favicon.ico", Icon.as_view(), name="icon"),
    path("admin/r/<path:content_type_id>/<path:object_id>/", view_on_site),  # instead of Django’s, which asks nobody
    path("admin/", admin.site.urls),
    path("desk/sign-in/", SignInView.as_view(), name="desk-sign-in"),
    path("desk/sign-out/", LogoutView.as_view(next_page="home"), name="desk-sign-out"),
    path("desk/password/", OwnPasswordPage.as_view(), name="desk-password"),
    path("desk/invitations/<slug:token>/", InvitationView.as_view(), name="invitation"),
    path("desk/", include([*map(as_at_the_desk, desk_urls)])),
    path("api/", include("realist.api")),
    path("changes.atom", changes_feed, name="changes-feed"),
    path("theories/<slug:slug>/changes.atom", changes_feed, name="theory-changes-feed"),
    path("", include("programmes.urls")),
    path("", include("surveys.urls")),
]
