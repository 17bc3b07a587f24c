"""The signature pieces: what a drawing says, and that it is mirrored for right to left."""

import pytest

from tracker.lib import drawing
from tracker.lib.drawing import Chance, DayRow, FunnelRow


def test_a_day_without_information_draws_no_bar() -> None:
    drawn = drawing.draw_days(DayRow(("", "", ""), "three days", "5 March", "7 March"))

    assert drawn.count("<path") == 1
    assert 'class="u"' in drawn


def test_each_status_has_a_bar_of_its_own_shape() -> None:
    row = DayRow(("OPEN", "RESTRICTED", "CLOSED", "SUSPENDED"), "", "", "")

    drawn = drawing.draw_days(row)

    assert 'class="o" d="M0 0h10v28h-10z"' in drawn
    assert 'class="r" d="M13 14h10v14h-10z"' in drawn
    assert 'class="x" d="M26 19h10v9h-10zM39 19h10v9h-10z"' in drawn


def test_the_row_of_days_runs_the_other_way_from_right_to_left() -> None:
    row = DayRow(("OPEN", "", ""), "", "", "")

    drawn = drawing.draw_days(row, rtl=True)

    assert 'class="o" d="M26 0h10v28h-10z"' in drawn


def test_spoken_labels_are_escaped() -> None:
    drawn = drawing.draw_days(DayRow(("OPEN",), 'a "b" <c>', "", ""))

    assert 'aria-label="a &quot;b&quot; &lt;c&gt;"' in drawn


def test_a_count_not_yet_reported_is_an_outline_of_what_was_last_counted() -> None:
    rows = (
        FunnelRow("Boarded", "2,000", 2000, "counted"),
        FunnelRow("Counted, Tokmak", "not yet", None, "not_yet"),
    )

    bars = drawing.draw_funnel_bars(rows)

    assert 'class="none" x="0.20%" y="1" width="99.60%"' in bars[1]


def test_twelve_missing_of_three_thousand_can_be_seen() -> None:
    rows = (
        FunnelRow("Boarded", "3,000", 3000, "counted"),
        FunnelRow("Counted", "2,988", 2988, "counted", missing=12),
    )

    bars = drawing.draw_funnel_bars(rows)

    assert 'class="gapr"' in bars[1]
    assert 'width="1.10%"' in bars[1]
    assert "gapr" not in bars[0]


def test_a_funnel_in_which_nobody_was_counted_can_be_drawn() -> None:
    bars = drawing.draw_funnel_bars((FunnelRow("Boarded", "not yet", None, "not_yet"),))

    assert len(bars) == 1


def test_a_chance_of_not_arriving_is_hatched() -> None:
    assert 'class="not"' in drawing.draw_chance_bar(Chance("Later", "1 in 4", 23, arrives=False))
    assert 'class="not"' not in drawing.draw_chance_bar(Chance("Tonight", "1 in 4", 25))


def test_a_small_road_without_a_known_place_shows_no_convoy() -> None:
    known = drawing.draw_small_road(0.5)
    unknown = drawing.draw_small_road(None)

    assert 'r="5"' in known
    assert 'r="5"' not in unknown


def test_a_small_road_begins_at_the_right_in_arabic() -> None:
    drawn = drawing.draw_small_road(0.0, rtl=True)

    assert '<circle cx="114" cy="8" r="5"/>' in drawn


def test_an_unknown_sign_is_refused() -> None:
    with pytest.raises(KeyError):
        drawing.draw_glyph("skull")


def test_the_sprite_holds_every_sign_once() -> None:
    drawn = drawing.draw_sprite()

    assert all(drawn.count(f'id="g-{name}"') == 1 for name in drawing.GLYPHS)
