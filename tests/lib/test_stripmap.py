"""The strip map: to scale, mirrored, and with labels that never lie over each other."""

import re
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tracker.lib import stripmap
from tracker.lib.stripmap import Mark, Stop, Strip

BERDIANSK = Stop(0, "Berdiansk", "past", "left 08:00")
TOKMAK = Stop(107.7, "Tokmak", "past", "12:10 to 12:35", "waited 25 min")
VASYLIVKA = Stop(149.3, "Vasylivka", "here", "reached 14:00", "held 3 h 00", alarm=True)
KAMIANSKE = Stop(163.3, "Kamianske", "ahead", "ahead")
ZAPORIZHZHIA = Stop(206.5, "Zaporizhzhia", "ahead", "arrival not known")
STOPS = (BERDIANSK, TOKMAK, VASYLIVKA, KAMIANSKE, ZAPORIZHZHIA)
M1 = Strip(STOPS, 206.5, "M1 is held at Vasylivka.", "M1", head_km=149.3, tail_km=146.3, held=True)


def _spans(strip: Strip) -> list[tuple[int, float, float]]:
    return [
        (
            label.level,
            *stripmap._span(label.anchor, label.x, stripmap._label_width(stop)),
        )
        for stop, label in zip(strip.stops, stripmap.place_labels(strip), strict=True)
    ]


def test_stops_stand_to_scale() -> None:
    drawn = stripmap.draw_strip(M1)

    found = [float(x) for x in re.findall(r'class="stop[^"]*" cx="([\d.]+)"', drawn)]
    assert found == [11.0, 567.0, 781.7, 854.0, 1077.0]


def test_the_whole_drawing_is_mirrored_from_right_to_left() -> None:
    drawn = stripmap.draw_strip(M1, rtl=True)

    found = [float(x) for x in re.findall(r'class="stop[^"]*" cx="([\d.]+)"', drawn)]
    assert found == [1077.0, 521.0, 306.3, 234.0, 11.0]


def test_one_sentence_is_spoken() -> None:
    drawn = stripmap.draw_strip(M1)

    assert 'role="img" aria-label="M1 is held at Vasylivka."' in drawn


def test_without_a_known_head_no_convoy_is_drawn() -> None:
    lost = Strip(STOPS, 206.5, "Not known where.", "M1")

    drawn = stripmap.draw_strip(lost)

    assert 'class="body" d="M7' not in drawn
    assert "M1" not in drawn.replace("Not known where.", "")
    # The road is solid as far as the last stop that was reached, and no further.
    assert 'class="done" x1="11.0" x2="781.7"' in drawn


def test_a_long_name_at_the_start_of_the_road_stands_before_the_convoy() -> None:
    strip = Strip(STOPS, 206.5, "", "M1, head to tail 3 km", head_km=0.0)

    drawn = stripmap.draw_strip(strip)

    assert 'text-anchor="start">M1, head to tail 3 km' in drawn


def test_the_labels_of_the_real_road_do_not_overlap() -> None:
    on_the_road = (
        Stop(0, "Mariupol", "past", "left 07:30"),
        Stop(21, "Manhush", "past", "08:10 to 08:50", "waited 40 min"),
        Stop(84, "Berdiansk", "past", "10:30 to 11:00", "waited 30 min"),
        Stop(191.7, "Tokmak", "past", "13:40"),
        Stop(233.3, "Vasylivka", "here", "reached 15:00", "held 3 h 00", alarm=True),
        Stop(247.3, "Kamianske", "ahead", "ahead"),
        Stop(290.5, "Zaporizhzhia", "ahead", "arrival not known"),
    )

    spans = _spans(Strip(on_the_road, 290.5, ""))

    assert not _overlapping(spans)
    # Two stops next to a neighbour with long words drop one level; both ends stay on the first.
    assert [level for level, _, _ in spans] == [0, 1, 0, 0, 0, 1, 0]


def _overlapping(spans: list[tuple[int, float, float]]) -> list[tuple[object, object]]:
    return [
        (a, b)
        for i, a in enumerate(spans)
        for b in spans[i + 1 :]
        if a[0] == b[0] and a[1] < b[2] and b[1] < a[2]
    ]


@given(
    st.lists(
        st.tuples(st.floats(0, 300), st.text("abcdefgh", min_size=1, max_size=24)),
        min_size=2,
        max_size=12,
    )
)
def test_labels_never_overlap_however_crowded_the_road(places: list[tuple[float, str]]) -> None:
    stops = tuple(Stop(km, name, "ahead") for km, name in sorted(places))

    spans = _spans(Strip(stops, 300, ""))

    assert not _overlapping(spans)


def test_a_road_without_length_can_be_drawn() -> None:
    drawn = stripmap.draw_strip(Strip((BERDIANSK,), 0, "", head_km=0))

    assert "nan" not in drawn


def test_the_list_twin_shows_two_bars_only_where_the_convoy_is_held() -> None:
    held = stripmap.draw_stop_sign(VASYLIVKA, held=True)
    moving = stripmap.draw_stop_sign(VASYLIVKA, held=False)
    ahead = stripmap.draw_stop_sign(KAMIANSKE, held=True)

    assert "h2v6" in held
    assert "h2v6" not in moving
    assert "h2v6" not in ahead


def test_a_road_without_a_convoy_is_solid_and_claims_no_progress() -> None:
    stops = tuple(Stop(stop.km, stop.name, "on_road") for stop in STOPS)

    drawn = stripmap.draw_strip(Strip(stops, 206.5, "The road in use", width=520))

    assert 'viewBox="0 0 520 ' in drawn
    assert '<line class="done" x1="11.0" x2="509.0"' in drawn
    assert 'class="stop past"' not in drawn


def test_marks_of_vehicles_stand_to_scale_and_mirrored_and_never_in_a_colour_of_a_status() -> None:
    marks = (Mark(100.0, "fresh"), Mark(0.0, "old"), Mark(206.5, "off"))
    strip = replace(M1, marks=marks)

    drawn, mirrored = stripmap.draw_strip(strip), stripmap.draw_strip(strip, rtl=True)

    places = [re.findall(r'class="mk (\w+)" d="M([\d.]+)', each) for each in (drawn, mirrored)]
    assert places[0] == [("old", "11.0"), ("fresh", "527.2"), ("off", "1077.0")]
    assert places[1] == [("old", "1077.0"), ("fresh", "560.8"), ("off", "11.0")]
    assert "mk" not in stripmap.draw_strip(M1)
