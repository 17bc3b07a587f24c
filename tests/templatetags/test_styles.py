"""Style sheets: logical properties only, literals only in the tokens, a small public sheet."""

import base64
import gzip
import hashlib
import re
from pathlib import Path

import pytest

from tracker.lib import stylesheets
from tracker.templatetags import pieces

STATIC = Path(__file__).resolve().parents[2] / "tracker" / "static" / "tracker"
SHEETS = sorted((STATIC / "css").glob("*.css"))
PHYSICAL = re.compile(
    r"(?:(?:margin|padding|border)-(?:left|right)|[;{](?:left|right)|text-align:(?:left|right)|"
    r"float:(?:left|right)|(?:padding|margin):(?:[^\s;}]+ ){3}[^\s;}]+)"
)
COLOUR = re.compile(r"#[0-9a-f]{3,8}\b")


def test_the_search_for_physical_directions_finds_them() -> None:
    planted = ["a{margin-left:1px}", "a{left:0}", "a{padding:0 1px 2px 3px}", "a{float:right}"]
    logical = "a{margin-inline-start:1px;inset-inline-start:0;padding:0 1px;text-align:start}"

    assert all(PHYSICAL.search(css) for css in planted)
    assert not PHYSICAL.search(logical)


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_style_sheets_know_no_left_and_right(sheet: Path) -> None:
    assert PHYSICAL.findall(sheet.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "sheet", [s for s in SHEETS if s.name != "tokens.css"], ids=lambda path: path.name
)
def test_colours_are_literals_in_the_tokens_alone(sheet: Path) -> None:
    css = re.sub(r"@media print\{.*", "", sheet.read_text(encoding="utf-8"), flags=re.DOTALL)

    assert COLOUR.findall(css.replace("url(#p-hatch)", "")) == []


def test_the_public_sheet_stays_small() -> None:
    sheet = pieces.public_styles().encode()

    # Of it a page carries only the rules that it uses.
    assert len(sheet) < 18_000
    assert len(gzip.compress(sheet)) < 4_500


def test_the_policy_names_the_hash_of_what_the_page_carries() -> None:
    written = re.fullmatch(r"<style>(.*)</style>", pieces.public_style(), re.DOTALL)

    assert written
    digest = base64.b64encode(hashlib.sha256(written[1].encode()).digest()).decode()
    assert pieces.public_style_hash() == f"'sha256-{digest}'"


def test_minifying_keeps_what_carries_meaning() -> None:
    css = "a  >  b{ margin : 0 ;\n width:calc(1px + 2px); }\n/* note */ c{color:red}"

    assert stylesheets.minify(css) == "a > b{margin :0;width:calc(1px + 2px)}c{color:red}"


def test_sections_are_left_out_by_name() -> None:
    css = "/* == top == */a{}/* == log == newest */b{}/* == foot == */c{}"

    kept = stylesheets.select_sections(css, leave_out=frozenset({"log"}))

    assert kept == "a{}c{}"


def test_public_pages_load_no_font_and_no_picture() -> None:
    sheet = pieces.public_styles()

    assert "@font-face" not in sheet
    assert re.findall(r"url\((?!#)", sheet) == []
