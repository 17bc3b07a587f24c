"""The part of a form that says who says so: a known source, or one named for the first time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from tracker.organisations.models import Organisation
from tracker.provenance.models import Party, Source
from tracker.provenance.operations import name_source
from tracker.provenance.queries import sources_for
from tracker.web.forms_log import LogForm

if TYPE_CHECKING:
    SourceChoice = forms.ModelChoiceField[Source]
else:
    # Generic for the type checker alone.
    SourceChoice = forms.ModelChoiceField


PUBLICATION = ("is_public", "source_title", "source_url")


class SourceField(SourceChoice):
    """A choice of sources that shows how reliable each is."""

    def label_from_instance(self, obj: Source) -> str:
        return f"{obj} ({obj.reliability})"


class SourceForm(LogForm):
    """A log form that names its source; `is_source_needed` is for those that cannot do without."""

    is_source_needed: ClassVar[bool] = True

    source = SourceField(
        label=_("Who says so"),
        queryset=Source.objects.none(),
        required=False,
        empty_label=_("not in this list"),
        help_text=_("The letter is the grade, A to F. Not in the list? Name it below."),
    )
    new_source = forms.CharField(
        label=_("If not in the list: name"),
        max_length=200,
        required=False,
        help_text=_("A new source is graded F until someone judges it."),
    )
    new_source_detail = forms.CharField(
        label=_("Function or office"), max_length=200, required=False
    )
    new_source_party = forms.ChoiceField(
        label=_("On whose side it speaks"),
        choices=[("", _("choose")), *Party.choices],
        required=False,
    )

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organisation = organisation
        picker = self.fields["source"]
        assert isinstance(picker, forms.ModelChoiceField)
        picker.queryset = sources_for(organisation)
        if not self.is_source_needed:
            picker.empty_label = _("our own people on the spot")
        elif not self.data.get(self.add_prefix("new_source")):
            picker.required = True
            picker.error_messages["required"] = _(
                "Say who said it: choose a source or name a new one."
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        listed, named = cleaned.get("source"), cleaned.get("new_source")
        if listed and named:
            self.add_error("new_source", _("Choose a source or name a new one, not both."))
        elif named and not cleaned.get("new_source_party"):
            self.add_error("new_source_party", _("Say on whose side the new source speaks."))
        return cleaned

    def source_named(self) -> Source | None:
        """Return the source; it is set up when named for the first time, so call it to write."""
        listed: Source | None = self.cleaned_data["source"]
        if listed or not self.cleaned_data["new_source"]:
            return listed
        return name_source(
            name=self.cleaned_data["new_source"],
            detail=self.cleaned_data["new_source_detail"],
            party=Party(self.cleaned_data["new_source_party"]),
            attribution={},
            organisation=self.organisation,
        )


class PublicationForm(SourceForm):
    """A source form whose content may be public already, with the place where it can be read."""

    is_public = forms.BooleanField(
        label=_("It has been said in public already"),
        required=False,
        help_text=_("Only then do people outside see it, with its source."),
    )
    source_title = forms.CharField(
        label=_("Where it can be read"),
        max_length=300,
        required=False,
        help_text=_("Title of the report, post or broadcast."),
    )
    source_url = forms.URLField(
        label=_("Link"), max_length=600, required=False, assume_scheme="https"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in PUBLICATION:
            # Last: what was said comes before where it can be read.
            self.fields[name] = self.fields.pop(name)

    def publication(self) -> dict[str, Any]:
        """Return these fields as the data of an event."""
        return {name: self.cleaned_data[name] for name in PUBLICATION}
