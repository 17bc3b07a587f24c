"""The data of this room is sound: every template in every language, and every term."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterator

import pytest
from babel import Locale

from tracker.sentences import icu
from tracker.sentences.catalogue import LANGUAGES, Template, corridor_rules, templates, terms

NUMBERS = (0, 1, 2, 3, 5, 11, 21, 100, 103, 111, 3000, 1_000_000)
TEMPLATES = sorted(templates().values(), key=lambda template: template.id)
FOREIGN_LETTERS = {
    "en": "[^\x00-\x7f’…–—]",
    "uk": "[ыэъё]",
    "ru": "[іїєґ]",
    "fr": "[а-я]",
    "ar": "[а-яА-Я]",
}


def choices(template: Template, language: str) -> Iterator[icu.Choice]:
    for node in icu.walk(icu.parse(template.text[language])):
        if isinstance(node, icu.Choice):
            yield node


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.id)
def test_a_template_needs_the_same_values_in_every_language(template: Template) -> None:
    assert set(template.text) == set(LANGUAGES)
    assert {icu.placeholders(template.text[language]) for language in LANGUAGES} == {template.needs}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_plural_has_exactly_the_forms_of_its_language(language: str) -> None:
    locale = Locale(language)
    rules = {"plural": locale.plural_form, "selectordinal": locale.ordinal_form}
    wrong = [
        (template.id, choice.name)
        for template in TEMPLATES
        for choice in choices(template, language)
        if choice.kind in rules
        and {case for case in choice.cases if not case.startswith("=")}
        != set(rules[choice.kind].tags) | {"other"}
    ]

    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_choice_has_the_same_cases_as_in_english(language: str) -> None:
    for template in TEMPLATES:
        english = {c.name: set(c.cases) for c in choices(template, "en") if c.kind == "select"}
        here = {c.name: set(c.cases) for c in choices(template, language) if c.kind == "select"}
        assert here == english, template.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_template_renders_with_every_case_and_number(language: str) -> None:
    for template in TEMPLATES:
        selects = {c.name: list(c.cases) for c in choices(template, language) if c.kind == "select"}
        plurals = {c.name for c in choices(template, language) if c.kind != "select"}
        for number, picked in itertools.product(NUMBERS, itertools.product(*selects.values())):
            values: dict[str, icu.Value] = dict.fromkeys(template.needs, "X")
            values |= dict.fromkeys(plurals, number) | dict(zip(selects, picked, strict=True))
            text = icu.render(template.text[language], language=language, values=values)
            assert not set("{}#") & set(text), template.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_cleanly_written(language: str) -> None:
    texts = {template.id: template.text[language] for template in TEMPLATES}
    texts |= {key: words[language] for key, words in terms().items()}

    assert [key for key, text in texts.items() if not text.strip()] == []
    assert [key for key, text in texts.items() if re.search(r"  |\s$|^\s| [.,]", text)] == []
    assert [k for k, text in texts.items() if not unicodedata.is_normalized("NFC", text)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_template_borrows_letters_of_another_language(language: str) -> None:
    syntax = re.compile(r"[{}]|\w+, (plural|select|selectordinal),")
    wrong = [
        template.id
        for template in TEMPLATES
        if re.search(FOREIGN_LETTERS[language], syntax.sub(" ", template.text[language].lower()))
    ]

    assert wrong == []


def not_isolated(nodes: tuple[icu.Node, ...]) -> Iterator[icu.Node]:
    for before, node, after in zip((None, *nodes), nodes, (*nodes[1:], None), strict=False):
        if isinstance(node, icu.Choice):
            for body in node.cases.values():
                yield from not_isolated(body)
        elif not isinstance(node, icu.Text):
            opened = isinstance(before, icu.Text) and before.text[-1] in "\u2066\u2068"
            closed = isinstance(after, icu.Text) and after.text[0] == "\u2069"
            if not (opened and closed):
                yield node


def test_a_value_outside_isolates_is_found() -> None:
    nodes = icu.parse("{n, plural, other {# \u2068{a}\u2069 {b}}}")

    assert list(not_isolated(nodes)) == [icu.Count(), icu.Argument("b")]


def test_in_arabic_every_value_stands_between_isolates() -> None:
    bare = [t.id for t in TEMPLATES if list(not_isolated(icu.parse(t.text["ar"])))]
    unbalanced = [
        template.id
        for template in TEMPLATES
        if len(re.findall("[\u2066\u2068]", template.text["ar"]))
        != template.text["ar"].count("\u2069")
    ]

    assert bare == []
    assert unbalanced == []


def test_every_template_that_a_rule_names_exists() -> None:
    rules = corridor_rules()
    statuses = ("ANNOUNCED", "OPEN", "RESTRICTED", "SUSPENDED", "CLOSED")
    named = {
        template.format(status=status)
        for rule in rules.select
        for template in rule.use
        for status in statuses
    }

    named |= {*rules.agreement.values(), *rules.freshness.values(), rules.always}
    assert named <= set(templates())


def test_every_corridor_status_has_a_word() -> None:
    codes = ("ANNOUNCED", "OPEN", "RESTRICTED", "SUSPENDED", "CLOSED", "UNKNOWN")

    assert all(f"corridor.{code}" in terms() for code in codes)
