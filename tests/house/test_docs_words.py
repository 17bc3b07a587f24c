"""The documents and the code use the same words: variables of the environment, statuses."""

import re

from django.apps import apps
from django.db import models

from tests.house.smells_words import STATUSES
from tests.house.tree import ROOT, project_files

READ = re.compile(r"\benv\.\w+\(\s*\"([A-Z_]+)\"")
LISTED = re.compile(r"^\| `([A-Z_]+)` \|", re.MULTILINE)
GLOSSARY_ROW = re.compile(
    r"^\| (corridor|attempt|convoy|verification) \| ([A-Z_]+) \|", re.MULTILINE
)


def _document(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def _codes_of_tables() -> set[frozenset[str]]:
    return {
        frozenset(str(value) for value, _ in field.flatchoices)
        for table in apps.get_app_config("tracker").get_models()
        for field in table._meta.local_fields
        if isinstance(field, models.CharField) and field.choices
    }


def test_each_variable_the_settings_read_is_explained_and_no_other() -> None:
    files = project_files("config/settings.py")
    read = {name for file in files for name in READ.findall(file.text)}

    explained = set(LISTED.findall(_document("docs/operations.md")))

    assert explained == read


def test_each_status_of_the_glossary_is_one_the_tables_know() -> None:
    groups: dict[str, set[str]] = {}
    for group, code in GLOSSARY_ROW.findall(_document("docs/glossary.md")):
        groups.setdefault(group, set()).add(code)

    known = _codes_of_tables()

    assert len(groups) == 4
    missing = [name for name, codes in groups.items() if frozenset(codes) not in known]
    assert missing == []


def test_the_smell_of_status_literals_knows_every_status_of_the_glossary() -> None:
    codes = {code for _, code in GLOSSARY_ROW.findall(_document("docs/glossary.md"))}

    assert codes == STATUSES


def test_each_decision_is_listed_and_has_its_three_parts() -> None:
    pages = [f for f in project_files("docs/decisions/*.md") if not f.path.endswith("README.md")]
    index = _document("docs/decisions/README.md")

    incomplete = [
        page.path
        for number, page in enumerate(pages, start=1)
        if not page.text.startswith(f"# {number}. ")
        or not all(
            f"\n## {part}\n" in page.text for part in ("Context", "Decision", "Consequences")
        )
        or page.path.rpartition("/")[2] not in index
    ]

    assert incomplete == []
