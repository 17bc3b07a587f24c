"""Whatever people type, every feed stays readable for every reader."""

from __future__ import annotations

import json
import re

import feedparser
import pytest
from geojson_pydantic import FeatureCollection
from hypothesis import HealthCheck, Phase, given, settings

from tests.feeds.samples import ANY_SNAPSHOT, STAMP, corridor, snapshot, statement
from tracker.feeds import as_atom, as_geojson, as_json
from tracker.feeds.content import content_hash
from tracker.feeds.snapshot import Snapshot

_RENDERERS = (as_json, as_geojson, as_atom)
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe]")

# No shrinking: a failure among texts of 100 kB is plain as it is, and shrinking takes minutes.
few = settings(
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    max_examples=40,
    deadline=None,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.large_base_example,
        HealthCheck.data_too_large,
    ],
)


@few
@given(ANY_SNAPSHOT)
def test_every_feed_of_any_snapshot_can_be_read(any_snapshot: Snapshot) -> None:
    documents = {module: module.render(any_snapshot, STAMP, language="ar") for module in _RENDERERS}

    parsed = json.loads(documents[as_json], parse_constant=pytest.fail)
    features = FeatureCollection.model_validate_json(documents[as_geojson])
    feed = feedparser.parse(documents[as_atom])
    assert len(parsed["corridors"]) == len(any_snapshot.corridors)
    assert len(features.features) == sum(1 + len(c.points) for c in any_snapshot.corridors)
    assert not feed.bozo
    assert len(feed.entries) == sum(
        1 + len(c.windows) + len(c.statements) for c in any_snapshot.corridors
    )


@few
@given(ANY_SNAPSHOT)
def test_no_feed_carries_a_control_or_bidi_character(any_snapshot: Snapshot) -> None:
    texts = [module.render(any_snapshot, STAMP).decode("utf-8") for module in _RENDERERS]

    assert [_FORBIDDEN.findall(text) for text in texts] == [[], [], []]


@few
@given(ANY_SNAPSHOT)
def test_any_snapshot_has_a_content_hash(any_snapshot: Snapshot) -> None:
    assert re.fullmatch("[0-9a-f]{64}", content_hash(any_snapshot))


def test_markup_in_a_statement_is_text_and_not_markup() -> None:
    says = "]]><script>alert(1)</script>&"
    typed = snapshot(corridors=(corridor(statements=(statement(says=says),)),))

    feed = feedparser.parse(as_atom.render(typed, STAMP), sanitize_html=False)

    entry = next(entry for entry in feed.entries if "/statements/" in entry.id)
    assert says in entry.content[0].value
    assert b"<script>" not in as_atom.render(typed, STAMP)


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "//x", "ftp://x"])
def test_only_web_addresses_become_links(address: str) -> None:
    typed = snapshot(corridors=(corridor(statements=(statement(source_url=address),)),))

    texts = [module.render(typed, STAMP).decode() for module in _RENDERERS]

    assert all(address not in text for text in texts)


def test_a_hundred_thousand_characters_are_kept_whole_in_the_text_and_cut_in_the_title() -> None:
    says = "word " * 20_000
    typed = snapshot(corridors=(corridor(statements=(statement(says=says),)),))

    feed = feedparser.parse(as_atom.render(typed, STAMP))

    entry = next(entry for entry in feed.entries if "/statements/" in entry.id)
    assert len(entry.title) <= 160
    assert says.strip() in entry.content[0].value
