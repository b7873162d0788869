"""How a script says who it is: by a token; what cannot be read is refused, never taken for nobody."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from drf_spectacular.contrib.knox_auth_token import KnoxTokenScheme
from knox.auth import TokenAuthentication
from rest_framework.authentication import get_authorization_header
from rest_framework.exceptions import AuthenticationFailed

from programmes.models import TokenSeal

if TYPE_CHECKING:
    from knox.models import AuthToken
    from rest_framework.request import Request

SCHEMES = ("token", "bearer")
TOKEN = re.compile(rb"[!-~]{1,200}")  # letters, digits and signs


class MemberToken(TokenAuthentication):
    """Reads a token after the word Token or Bearer."""

    def authenticate(self, request: Request) -> Any:
        """Return whose token it is, or None where the request has no such header at all."""
        scheme, *given = get_authorization_header(request).split() or [b""]
        if not scheme:
            return None
        if scheme.decode("latin-1").lower() not in SCHEMES:
            raise AuthenticationFailed("This way to sign in is not known here; write: Authorization: Token TOKEN")
        if len(given) != 1 or not TOKEN.fullmatch(given[0]):
            raise AuthenticationFailed("There is no token that can be read; write: Authorization: Token TOKEN")
        return self.authenticate_credentials(given[0])

    def validate_user(self, auth_token: AuthToken) -> Any:
        """Return whose token it is, unless their password is another one by now."""
        who = super().validate_user(auth_token)
        seal = TokenSeal.objects.filter(token=auth_token).first()
        if seal is None or not seal.fits(auth_token):
            raise AuthenticationFailed(
                "This token ended when the password of its account was changed; make another one"
            )
        TokenSeal.objects.note_use(seal)
        return who


class MemberTokenScheme(KnoxTokenScheme):  # type: ignore[no-untyped-call]
    """Says in the OpenAPI document how a token is sent."""

    target_class = "programmes.api.tokens.MemberToken"
