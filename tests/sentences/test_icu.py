"""The renderer follows ICU MessageFormat where the sentences need it, and refuses the rest."""

from __future__ import annotations

import pytest

from tracker.sentences.icu import MalformedTemplateError, parse, placeholders, render

PEOPLE = {
    "en": "{n, plural, one {# person} other {# people}}",
    "uk": "{n, plural, one {# особа} few {# особи} many {# осіб} other {# особи}}",
    "fr": "{n, plural, one {# personne} many {# de personnes} other {# personnes}}",
    "ar": "{n, plural, zero {Z#} one {O} two {T} few {F#} many {M#} other {X#}}",
}


@pytest.mark.parametrize(
    ("language", "n", "text"),
    [
        ("en", 1, "1 person"),
        ("en", 2961, "2,961 people"),
        ("uk", 21, "21 особа"),
        ("uk", 3, "3 особи"),
        ("uk", 11, "11 осіб"),
        ("uk", 3000, "3\u00a0000 осіб"),
        ("fr", 0, "0 personne"),
        ("fr", 1_000_000, "1\u202f000\u202f000 de personnes"),
        ("fr", 3000, "3\u202f000 personnes"),
        ("ar", 0, "Z0"),
        ("ar", 1, "O"),
        ("ar", 2, "T"),
        ("ar", 103, "F103"),
        ("ar", 111, "M111"),
        ("ar", 100, "X100"),
    ],
)
def test_numbers_take_the_plural_and_the_grouping_of_the_language(
    language: str, n: int, text: str
) -> None:
    assert render(PEOPLE[language], language=language, values={"n": n}) == text


@pytest.mark.parametrize(
    ("n", "text"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (5, "5th"), (11, "11th"), (22, "22nd")]
)
def test_ordinals_take_their_own_forms(n: int, text: str) -> None:
    template = "{n, selectordinal, one {#st} two {#nd} few {#rd} other {#th}}"

    assert render(template, language="en", values={"n": n}) == text


def test_an_exact_case_goes_before_the_plural_form() -> None:
    template = "{n, plural, =0 {nobody} one {# person} other {# people}}"

    assert render(template, language="en", values={"n": 0}) == "nobody"
    assert render(template, language="en", values={"n": 1}) == "1 person"


def test_a_select_falls_back_to_other() -> None:
    template = "{kind, select, party {a party} other {one source}}"

    assert render(template, language="en", values={"kind": "party"}) == "a party"
    assert render(template, language="en", values={"kind": "unheard of"}) == "one source"


def test_a_number_sign_belongs_to_the_plural_around_it() -> None:
    template = "# {n, plural, other {# {m, plural, other {of #}} {k, select, other {#}}}}"

    text = render(template, language="en", values={"n": 2, "m": 11, "k": "x"})

    assert text == "# 2 of 11 2"


def test_a_value_is_filled_in_as_it_stands_even_if_it_looks_like_a_template() -> None:
    assert render("{x}", language="en", values={"x": "{y} # '"}) == "{y} # '"


def test_every_value_that_a_template_needs_is_found() -> None:
    template = "{a} {b, plural, other {# {c}}} {d, select, x {{e}} other {}}"

    assert placeholders(template) == {"a", "b", "c", "d", "e"}


def test_a_missing_value_is_not_passed_over() -> None:
    with pytest.raises(KeyError, match="x"):
        render("{x}", language="en", values={})


def test_a_plural_of_a_word_is_refused() -> None:
    with pytest.raises(TypeError, match="needs a number"):
        render(PEOPLE["en"], language="en", values={"n": "many"})


@pytest.mark.parametrize(
    "template",
    [
        "{",
        "}",
        "{x",
        "{x, date}",
        "{x, plural, one {#}}",
        "{x, plural, other {#}",
        "{x, plural, other {#",
        "{x, select, a {1} a {2} other {3}}",
        "{x, select}",
        "don't",
        "text } text",
    ],
)
def test_a_malformed_template_is_refused(template: str) -> None:
    with pytest.raises(MalformedTemplateError):
        parse(template)
