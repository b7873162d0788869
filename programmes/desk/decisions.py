"""The screens on which configurations are retired and renamed, quotes moved, and decisions undone."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar, cast

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.urls import reverse

from programmes.actions.decisions import Decision
from programmes.actions.move import move_evidence
from programmes.actions.rename import rename
from programmes.actions.retire import retire
from programmes.actions.undo import undo_decision
from programmes.desk.conflicts import last_change
from programmes.desk.picker_field import CMOCPickerSelect
from programmes.desk.screens import DeskFormView, RecordView
from programmes.integrity.text import LONG_TEXT_LETTERS, LineInput, TextFormField
from programmes.models import CMOC, LineageEvent, Quote, StaleVersionError

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.db.models import QuerySet
    from django.http import HttpResponse

DONE_BY_OTHERS = {"retired", "reversed", "gone"}  # codes of refusals of what somebody else has done meanwhile


class DecisionForm(forms.Form):
    """A decision with its reason; as it is, the one to retire a configuration."""

    reason = TextFormField(
        label="Why",
        max_length=LONG_TEXT_LETTERS,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Shown with the CMOC, and kept for good. Do not name a participant.",
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, cmoc: CMOC, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cmoc = cmoc
        self.fields["version"].initial = cmoc.version
        self.order_fields([name for name in self.fields if name != "reason"] + ["reason"])

    def decide(self, decision: Decision) -> LineageEvent:
        return retire(cmoc=self.cmoc, decision=decision)


class RenameForm(DecisionForm):
    title = TextFormField(label="New title", max_length=300, widget=LineInput)

    def __init__(self, cmoc: CMOC, *args: Any, **kwargs: Any) -> None:
        super().__init__(cmoc, *args, **kwargs)
        self.fields["title"].initial = cmoc.title

    def decide(self, decision: Decision) -> LineageEvent:
        return rename(cmoc=self.cmoc, title=self.cleaned_data["title"], decision=decision)


class QuotesField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # it takes none when it runs
    """Quotes, each labelled with its key and its words."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.key}: “{obj.text[:200]}”"


class CMOCField(forms.ModelChoiceField):  # type: ignore[type-arg]  # as above
    """A configuration, labelled with its number and title."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj}: {obj.title}" if obj.title else str(obj)


class MoveForm(DecisionForm):
    """Quotes of one configuration that are to bear on another instead."""

    quotes = QuotesField(Quote.objects.none(), label="Quotes to move", widget=forms.CheckboxSelectMultiple)
    target = CMOCField(CMOC.objects.none(), label="To", widget=forms.Select({"data-cmoc-picker": ""}))

    class Media:
        css = CMOCPickerSelect.Media.css
        js = CMOCPickerSelect.Media.js

    def __init__(self, cmoc: CMOC, *args: Any, **kwargs: Any) -> None:
        super().__init__(cmoc, *args, **kwargs)
        quotes = cast("QuotesField", self.fields["quotes"])
        quotes.queryset = Quote.objects.filter(evidence__cmoc=cmoc).order_by("key", "pk")
        target = cast("CMOCField", self.fields["target"])
        target.queryset = CMOC.objects.filter(theory=cmoc.theory_id).exclude(pk=cmoc.pk).exclude(status="retired")

    def decide(self, decision: Decision) -> LineageEvent:
        chosen = self.cleaned_data
        return move_evidence(
            source=self.cmoc, target=chosen["target"], quotes=list(chosen["quotes"]), decision=decision
        )


class DecisionView(DeskFormView, ABC):
    """A screen on which something is decided about whole configurations."""

    @abstractmethod
    def decide(self, form: Any) -> LineageEvent:
        """Carry out the decision in the form; subclasses say how."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Carry out the decision; if it is refused, show why above the form, with all that was filled in."""
        try:
            return self.carry_out(form)
        except StaleVersionError as error:
            told = last_change(error.record)
            form.add_error(None, [str(error), *([str(told)] if told else [])])
            return self.form_invalid(form, status=409)
        except ValidationError as error:
            form.add_error(None, "; ".join(error.messages))
            return self.form_invalid(form, status=409 if getattr(error, "code", "") in DONE_BY_OTHERS else 400)

    def carry_out(self, form: Any) -> HttpResponse:
        """Decide, then redirect to where the decision shows."""
        event = self.decide(form)
        messages.success(self.request, self.message(event))
        return HttpResponseRedirect(self.address_after(event))

    def message(self, event: LineageEvent) -> str:
        """Return what is said once it is done."""
        return f"{event} is done. It can be taken back."

    def address_after(self, event: LineageEvent) -> str:
        """Return the URL of the decision on the page of its theory's decisions."""
        return f"{reverse('lineage', args=[event.theory.slug])}#decision-{event.number}"


class CMOCView(RecordView):
    """A screen on one configuration, for its curators."""

    def get_queryset(self) -> QuerySet[CMOC, CMOC]:
        return CMOC.objects.visible_to(self.user).select_related("theory__study")


class CMOCDecisionView(CMOCView, DecisionView):
    """A decision about one configuration that needs nothing but a form, a title and an explanation."""

    template_name = "admin/programmes/cmoc/decision.html"
    form_class: type[DecisionForm] = DecisionForm
    verb: ClassVar[str]
    meaning: ClassVar[str]

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "cmoc": self.object}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(title=f"{self.verb} {self.object}", meaning=self.meaning, **kwargs)

    def decide(self, form: DecisionForm) -> LineageEvent:
        return form.decide(decision_of(self.user, form, {self.object.pk: form.cleaned_data["version"]}))

    def address_after(self, event: LineageEvent) -> str:
        """Return to the configuration, which keeps its form."""
        del event
        return reverse("admin:programmes_cmoc_change", args=[self.object.pk])


class RetireView(CMOCDecisionView):
    path = "<int:object_id>/retire/"
    url_name = "programmes_cmoc_retire"
    verb = "Retire"
    meaning = "It leaves the picture and the table of the theory. Its page, its number, its quotes and caveats stay."


class RenameView(CMOCDecisionView):
    path = "<int:object_id>/rename/"
    url_name = "programmes_cmoc_rename"
    form_class = RenameForm
    verb = "Rename"
    meaning = "The page and the lineage of the theory name both titles."


class MoveView(CMOCDecisionView):
    path = "<int:object_id>/move/"
    url_name = "programmes_cmoc_move"
    form_class = MoveForm
    verb = "Move quotes of"
    meaning = "Role, part and note go with each quote. Both CMOCs stay."


class ReasonOnlyForm(forms.Form):
    reason = DecisionForm.base_fields["reason"]


class UndoDecisionView(RecordView, DecisionView):
    path = "<int:object_id>/reverse/"
    url_name = "programmes_lineageevent_reverse"
    template_name = "admin/programmes/cmoc/decision.html"
    form_class = ReasonOnlyForm
    extra_context = {
        "meaning": "CMOCs that it made are retired, and those that it retired stand again, as they were.",
        "cmoc": None,  # it may be about several
    }

    def may_open(self, record: LineageEvent) -> bool:
        """Say whether the person curates the theory; nobody may change the record of the decision itself."""
        return LineageEvent.objects.editable_by(self.user).filter(pk=record.pk).exists()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(title=f"Take back {self.object}", **kwargs)

    def decide(self, form: ReasonOnlyForm) -> LineageEvent:
        """Undo the decision by another one, which is a decision too."""
        return undo_decision(event=self.object, decision=decision_of(self.user, form, {}))

    def message(self, event: LineageEvent) -> str:
        del event
        return f"{self.object} is taken back. That can be taken back, too."


def decision_of(user: User, form: forms.Form, versions: dict[int, int]) -> Decision:
    """Return the decision, with the versions of the configurations that were read."""
    return Decision(form.cleaned_data["reason"], user, versions)
