"""A lean page looks as before: what it uses stays, what nothing uses goes."""

from __future__ import annotations

import pytest

from tracker.lib.lean_pages import lean


def page(css: str, body: str) -> str:
    return f"<!doctype html><html><head><style>{css}</style></head><body>{body}</body></html>"


def css_of(html: str) -> str:
    return html.partition("<style>")[2].partition("</style>")[0]


@pytest.mark.parametrize(
    ("rule", "body"),
    [
        (".pill{color:red}", '<b class="big pill">1</b>'),
        ("p+p{margin:0}", "<p>1</p><p>2</p>"),
        ("[data-s=open] .g{width:1em}", '<b data-s="open"><i class="g">1</i></b>'),
        ("#main{margin:0}", '<main id="main">1</main>'),
        ("a:hover,a:focus-visible{color:red}", '<a href="/">1</a>'),
        ("*,*::before{box-sizing:border-box}", "<p>1</p>"),
        (":focus-visible{outline:0}", "<p>1</p>"),
        (".cols>:nth-child(2n+1){margin:0}", '<div class="cols">1</div>'),
        ("input:not([type=radio],[type=file]){width:100%}", '<input name="a">'),
    ],
)
def test_a_rule_that_applies_stays(rule: str, body: str) -> None:
    assert css_of(lean(page(rule, body))) == rule


@pytest.mark.parametrize(
    ("rule", "body"),
    [
        (".strip{color:red}", '<b class="pill">1</b>'),
        (".pill.big{color:red}", '<b class="pill">1</b>'),
        ("table{width:100%}", "<p>1</p>"),
        ("[data-s=closed]{color:red}", '<b data-s="open">1</b>'),
        ("[dir=rtl] .flip{margin:0}", '<b class="flip" dir="ltr">1</b>'),
    ],
)
def test_a_rule_that_applies_to_nothing_goes(rule: str, body: str) -> None:
    assert css_of(lean(page(rule, body))) == ""


def test_of_several_selectors_only_the_used_ones_stay() -> None:
    html = lean(page("h1,h2,.gone{margin:0}", "<h1>1</h1>"))

    assert css_of(html) == "h1{margin:0}"


def test_a_media_block_keeps_what_is_used_in_it() -> None:
    css = "@media print{.nav{display:none}p{color:#000}}@media screen{.nav{color:red}}"

    assert css_of(lean(page(css, "<p>1</p>"))) == "@media print{p{color:#000}}"


def test_a_property_that_nothing_reads_goes_and_those_that_it_read_go_too() -> None:
    css = ":root{--a:1px;--b:var(--a);--c:2px}p{margin:var(--c)}"

    assert css_of(lean(page(css, "<p>1</p>"))) == ":root{--c:2px}p{margin:var(--c)}"


def test_what_a_script_adds_later_is_kept() -> None:
    css = ".stalebar{color:red}[data-stale] p{color:gray}"

    html = lean(page(css, "<p>1</p>"), kept=frozenset({"stalebar", "data-stale"}))

    assert css_of(html) == css


def test_only_the_signs_that_are_drawn_stay() -> None:
    signs = '<symbol id="g-a" viewBox="0 0 1 1"><path/></symbol><symbol id="g-b"><path/></symbol>'
    body = f'<svg>{signs}</svg><svg><use href="#g-b"/></svg>'

    html = lean(page("", body))

    assert 'id="g-b"' in html
    assert 'id="g-a"' not in html


def test_text_is_never_touched() -> None:
    body = '<p title="a {b} c">.pill{color:red} &lt;style&gt;</p>'

    assert lean(page("", body)) == page("", body)
