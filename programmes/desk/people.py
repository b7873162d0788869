"""The people of a study: who is in its team as what, and the links by which others are invited."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.urls import reverse

from programmes.actions.team import give_role, invite, remove_from_team, withdraw_invitation
from programmes.desk.at_study import StudyDeskView
from programmes.desk.base import parse_id
from programmes.models import Invitation, Membership
from programmes.vocabulary import TeamRole

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from programmes.actions.team import NewLink

# What somebody of each role may do, in a sentence for whoever gives it.
MAY = {
    TeamRole.READER: "reads the study, also while it is private",
    TeamRole.REVIEWER: "also reads unchecked quotes and private memos, and reviews",
    TeamRole.CURATOR: "also reads transcripts, codes, and changes everything but the team",
    TeamRole.LEAD: "also decides who is in the team",
}


class InviteForm(forms.Form):
    """What somebody will be in the team."""

    role = forms.ChoiceField(choices=TeamRole, initial=TeamRole.CURATOR, label="As")


class PeopleView(StudyDeskView):
    """The team, for its leads."""

    url_name = "desk-people"
    title = "People"
    role = TeamRole.LEAD

    def get(self, request: HttpRequest, **_: Any) -> HttpResponse:
        """Show the team and the invitations that are open."""
        del request
        return self.look()

    def post(self, request: HttpRequest, **_: Any) -> HttpResponse:
        """Do what the button that was pressed says."""
        acts = {"invite": self.invite, "give": self.give, "remove": self.remove, "withdraw": self.withdraw}
        act = next((acts[name] for name in acts if name in request.POST), None)
        if act is None:
            return HttpResponseRedirect(self.address)
        try:
            return act(request.POST[act.__name__])
        except ValidationError as error:
            messages.error(request, error.messages[0])
            return self.look(status=409)

    @property
    def address(self) -> str:
        """Return the address of this page."""
        return reverse(self.url_name, args=[self.study.slug])

    def look(self, *, status: int = 200, link: NewLink | None = None, form: InviteForm | None = None) -> HttpResponse:
        """Return the page; the link of a new invitation is shown on it this once."""
        team = Membership.objects.filter(study=self.study).select_related("user").order_by("user__username", "pk")
        address = reverse("invitation", args=[link.token]) if link else ""
        return self.show(
            "desk/people.html",
            status=status,
            team=list(team),
            roles=[(role, MAY[role]) for role in TeamRole],
            form=form or InviteForm(),
            invitations=list(Invitation.objects.open_now().filter(study=self.study)),
            link=self.request.build_absolute_uri(address) if link else "",
            invited=link.invitation if link else None,
        )

    def invite(self, _: str) -> HttpResponse:
        """Make a link."""
        form = InviteForm(self.request.POST)
        if not form.is_valid():
            return self.look(status=400, form=form)
        return self.look(link=invite(study=self.study, role=TeamRole(form.cleaned_data["role"]), by=self.user))

    def give(self, user: str) -> HttpResponse:
        """Give somebody another role; whoever stops to lead is led to what they may still see."""
        role = self.request.POST.get(f"role-{user}", "")
        if role not in TeamRole.values:
            raise ValidationError("Choose a role.")
        place = give_role(study=self.study, user=parse_id(user) or 0, role=TeamRole(role))
        return self.told(f"{place.user} is {place.get_role_display().lower()} now.", place)

    def remove(self, user: str) -> HttpResponse:
        """Take somebody out of the team."""
        place = remove_from_team(study=self.study, user=parse_id(user) or 0)
        return self.told(f"{place.user} is no longer in the team. What they did stays.", place)

    def withdraw(self, invitation: str) -> HttpResponse:
        """Withdraw an invitation."""
        withdraw_invitation(study=self.study, invitation=parse_id(invitation) or 0)
        return self.told("The invitation is withdrawn: its link leads nowhere now.")

    def told(self, sentence: str, place: Membership | None = None) -> HttpResponse:
        """Lead on with a sentence about what was done."""
        messages.success(self.request, sentence)
        still_leads = place is None or place.user_id != self.user.pk or self.user.is_superuser
        return HttpResponseRedirect(self.address if still_leads else reverse("desk"))
