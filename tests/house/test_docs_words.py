"""The documents and the code use the same words: variables of the environment, statuses."""

import re

from django.apps import apps
from django.db import models
from django.utils import translation

from tests.house.smells_words import STATUSES
from tests.house.tree import ROOT, project_files

READ = re.compile(r"\benv\.\w+\(\s*\"([A-Z_]+)\"")
LISTED = re.compile(r"^\| `([A-Z_]+)` \|", re.MULTILINE)
GLOSSARY_ROW = re.compile(
    r"^\| (corridor|attempt|convoy|verification) \| ([A-Z_]+) \| (.+) \|$", re.MULTILINE
)


def _document(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def _words_of_tables() -> list[dict[str, str]]:
    """List what each column with choices calls its codes, in English."""
    with translation.override("en"):
        return [
            {str(value): str(label) for value, label in field.flatchoices}
            for table in apps.get_app_config("tracker").get_models()
            for field in table._meta.local_fields
            if isinstance(field, models.CharField) and field.choices
        ]


def test_each_variable_the_settings_read_is_explained_and_no_other() -> None:
    files = project_files("config/settings.py")
    read = {name for file in files for name in READ.findall(file.text)}

    explained = set(LISTED.findall(_document("docs/operations.md")))

    assert explained == read


def test_a_status_has_one_word_in_the_glossary_and_on_every_page() -> None:
    groups: dict[str, dict[str, str]] = {}
    for group, code, word in GLOSSARY_ROW.findall(_document("docs/glossary.md")):
        groups.setdefault(group, {})[code] = word

    tables = {frozenset(words): words for words in _words_of_tables()}
    different = [
        f"{group} {code}: {word!r} in the glossary, {tables[frozenset(words)][code]!r} in the table"
        for group, words in groups.items()
        if frozenset(words) in tables
        for code, word in words.items()
        if tables[frozenset(words)][code] != word
    ]
    unknown = [group for group, words in groups.items() if frozenset(words) not in tables]

    assert len(groups) == 4
    assert unknown == []
    assert not different, "\n".join(different)


def test_the_smell_of_status_literals_knows_every_status_of_the_glossary() -> None:
    codes = {code for _, code, _ in GLOSSARY_ROW.findall(_document("docs/glossary.md"))}

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
