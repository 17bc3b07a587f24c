"""A form that is included into an empty context carries its token, or no browser can send it."""

from __future__ import annotations

import re

from tests.house.tree import template_files

# Django hands the token to an included template only along with the whole context.
ISOLATED = re.compile(r"{%\s*include\s+[\"'](components/[\w_]+\.html)[\"'][^%]*\bonly\s*%}")


def forms_without_token(text: str, components: dict[str, str]) -> list[str]:
    """List the isolated includes of components that need a token and are handed none."""
    return [
        match.group()
        for match in ISOLATED.finditer(text)
        if "{% csrf_token %}" in components.get(match.group(1), "")
        and "csrf_token=csrf_token" not in match.group()
    ]


def test_every_isolated_form_is_handed_its_token() -> None:
    files = template_files()
    components = {file.path.removeprefix("templates/"): file.text for file in files}

    found = [
        f"{file.path}: {include}"
        for file in files
        for include in forms_without_token(file.text, components)
    ]

    assert found == []


def test_an_isolated_form_without_its_token_is_found() -> None:
    planted = '{% include "components/form.html" with form=form only %}'

    found = forms_without_token(planted, {"components/form.html": "{% csrf_token %}"})

    assert found == [planted]
