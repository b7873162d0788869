"""Accounts of the people who sign in: Django's own form, and an end to the rest of an account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User

from programmes.actions.accounts import let_try_again

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

admin.site.unregister(User)


@admin.register(User)
class AccountAdmin(UserAdmin):  # type: ignore[type-arg]  # it takes no type at run time
    actions = ("let_chosen_try_again",)

    @admin.action(description="Let them try their password again now", permissions=["change"])
    def let_chosen_try_again(self, request: HttpRequest, accounts: QuerySet[User]) -> None:
        waited = [name for name in accounts.values_list("username", flat=True) if let_try_again(name)]
        said = f"May try again: {', '.join(waited)}." if waited else "None of these accounts has to wait."
        self.message_user(request, said, messages.SUCCESS if waited else messages.INFO)
