"""Set up sources and their grades."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from tracker.admin.rights import SetUp
from tracker.lib.text import tidy
from tracker.provenance.models import Source
from tracker.sentences.catalogue import LANGUAGES

PHRASES = tuple(f"attribution_{code}" for code in LANGUAGES)


def _phrase(label: Any, *, example: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=120,
        required=False,
        help_text=_("As it begins a sentence, without the comma: %(example)s")
        % {"example": example},
        widget=forms.TextInput({"size": 60, "dir": "auto"}),
    )


class SourceForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs alone
    """A source; where no phrase is given, sentences name its kind and its name."""

    attribution_en = _phrase(_("in English"), example="According to Russian information")
    attribution_uk = _phrase(_("in Ukrainian"), example="За російською інформацією")
    attribution_ru = _phrase(_("in Russian"), example="По российской информации")
    attribution_fr = _phrase(_("in French"), example="Selon des informations russes")
    attribution_ar = _phrase(_("in Arabic"), example="وفقاً لمعلومات روسية")

    class Meta:
        model = Source
        fields = ["name", "detail", "party", "reliability", "organisation"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, name in zip(LANGUAGES, PHRASES, strict=True):
            self.fields[name].initial = self.instance.attribution.get(code, "")

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        phrases = {
            code: tidy(self.cleaned_data.get(name, "")).rstrip(",،: ")
            for code, name in zip(LANGUAGES, PHRASES, strict=True)
        }
        self.instance.attribution = {code: phrase for code, phrase in phrases.items() if phrase}
        return cleaned


@admin.register(Source)
class SourceAdmin(SetUp):
    """Who says so, how a sentence names it, and how reliable it is."""

    form = SourceForm
    list_display = ["name", "detail", "party", "reliability", "organisation"]
    list_filter = ["party", "reliability"]
    list_select_related = ["organisation"]
    search_fields = ["name", "detail", "attribution"]
    ordering = ["name", "detail", "id"]
    fieldsets = [
        (None, {"fields": ["name", "detail", "party", "reliability", "organisation"]}),
        (_("How sentences name it"), {"fields": PHRASES}),
    ]
