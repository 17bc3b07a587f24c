"""Each smell is proven on a planted offence, and the house has none of them."""

import pytest

from tests.house import smells_rooms, smells_templates, smells_words
from tests.house.tree import (
    File,
    Smell,
    document_files,
    project_files,
    python_files,
    template_files,
)

SMELLS = (*smells_rooms.SMELLS, *smells_words.SMELLS, *smells_templates.SMELLS)


def _planted(which: str) -> list[object]:
    return [
        pytest.param(smell, file, id=f"{smell.name}-{number}")
        for smell in SMELLS
        for number, file in enumerate(getattr(smell, which), start=1)
    ]


@pytest.fixture(scope="session")
def house() -> list[File]:
    drawn = project_files("tracker/static/**/*.css", "tracker/static/**/*.js")
    built = project_files("Makefile", "requirements*", "pyproject.toml", ".ci/*")
    return [*python_files(), *template_files(), *document_files(), *drawn, *built]


@pytest.mark.parametrize(("smell", "file"), _planted("bad"))
def test_a_planted_offence_is_found(smell: Smell, file: File) -> None:
    assert smell.found_in(file)


@pytest.mark.parametrize(("smell", "file"), _planted("good"))
def test_a_clean_line_is_left_alone(smell: Smell, file: File) -> None:
    assert smell.found_in(file) == []


@pytest.mark.parametrize("smell", SMELLS, ids=lambda smell: smell.name)
def test_the_house_does_not_smell(smell: Smell, house: list[File]) -> None:
    findings = [finding for file in house for finding in smell.found_in(file)]

    assert not findings, "\n".join(findings)


def test_a_finding_names_its_file_and_line() -> None:
    smell = next(smell for smell in SMELLS if smell.name == "doors that write")
    file = File("tracker/web/convoys.py", "x = 1\nConvoy.objects.create(code='C7')\n")

    findings = smell.found_in(file)

    assert findings == ["tracker/web/convoys.py:2: a door writes: Convoy.objects.create()"]
