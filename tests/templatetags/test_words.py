"""Words and times: what a reader is told about a status, an age, a count."""

import datetime as dt

import pytest
from django.utils import translation

from tracker.templatetags import pieces, words

NOON = dt.datetime(2022, 4, 1, 9, 12, tzinfo=dt.UTC)
KYIV = "Europe/Kyiv"
ALL_CODES = sorted({code for kind in words.STATUSES.values() for code in kind.values})


@pytest.mark.parametrize("code", ALL_CODES)
def test_every_status_has_a_word_a_sign_and_a_colour(code: str) -> None:
    drawn = pieces.pill(code)

    colour, sign = pieces.LOOKS[code]
    assert f'data-s="{colour}"' in drawn
    assert f"#g-{sign}" in drawn
    assert words.status_word(code) in drawn


def test_codes_that_clash_take_the_word_of_their_kind() -> None:
    corridor = words.status_word("OPEN")
    checkpoint = words.status_word("OPEN", of="checkpoint")

    assert (corridor, checkpoint) == ("Open", "Letting through")


def test_the_long_word_never_reads_as_detained() -> None:
    assert words.status_word("HELD") == "Held"
    assert words.status_word("HELD", long=True) == "stopped, waiting to pass"


def test_the_long_word_of_a_checkpoint_is_not_that_of_a_corridor() -> None:
    assert words.status_word("RESTRICTED", long=True) == "open with restrictions"
    assert words.status_word("RESTRICTED", of="checkpoint", long=True) == "letting some through"


def test_a_code_nobody_knows_is_refused() -> None:
    with pytest.raises(KeyError):
        words.status_word("GREEN")


def test_an_old_open_is_never_drawn_as_open() -> None:
    drawn = pieces.pill("OPEN", old=True, word="Open on Thursday")

    assert 'data-s="unknown"' in drawn
    assert "No information" in drawn
    assert "Open" not in drawn


def test_an_old_restriction_is_dashed_and_keeps_its_dated_word() -> None:
    drawn = pieces.pill("RESTRICTED", old=True, word="Restricted on Thursday")

    assert 'class="pill old"' in drawn
    assert "Restricted on Thursday" in drawn


def test_a_word_is_escaped() -> None:
    drawn = pieces.state("OPEN", word="<b>")

    assert "&lt;b&gt;" in drawn


@pytest.mark.parametrize(
    ("minutes", "text"),
    [
        (0, "just now"),
        (12, "12 min ago"),
        (60, "1 h ago"),
        (100, "1 h 40 ago"),
        (15 * 60 + 30, "15 h ago"),
        (48 * 60, "2 days ago"),
    ],
)
def test_an_age_gets_coarser_as_it_grows(minutes: int, text: str) -> None:
    assert words.age_words(minutes) == text


@pytest.mark.parametrize(
    ("form", "text"),
    [("said", "said 1 h 40 ago"), ("silent", "no word for 1 h 40"), ("bare", "1 h 40")],
)
def test_an_age_says_what_it_is_the_age_of(form: str, text: str) -> None:
    assert words.age_words(100, form=form) == text


@pytest.mark.parametrize(
    ("minutes", "level"), [(44, "fresh"), (45, "ageing"), (89, "ageing"), (90, "old")]
)
def test_a_word_from_the_road_turns_amber_then_grey(minutes: int, level: str) -> None:
    chip = words.age(NOON - dt.timedelta(minutes=minutes), NOON)

    assert chip["level"] == level


def test_an_observation_without_a_time_is_old_and_says_so() -> None:
    chip = words.age(None, NOON)

    assert (chip["level"], chip["text"]) == ("old", "time not known")


def test_times_are_those_of_the_place_with_utc_beside() -> None:
    drawn = words.clock(NOON, KYIV)

    assert ">12:12</time>" in drawn
    assert 'title="09:12 UTC, 1 April 2022"' in drawn
    assert 'datetime="2022-04-01T09:12:00Z"' in drawn


def test_a_time_of_another_day_carries_its_day() -> None:
    today = words.moment(NOON, KYIV, NOON)
    yesterday = words.moment(NOON - dt.timedelta(days=1), KYIV, NOON)
    # 21:30 UTC is already the next day in Kyiv.
    late = words.moment(NOON.replace(day=31, month=3, hour=21, minute=30), KYIV, NOON)

    assert ">12:12<" in today
    assert ">Thu 31 March, 12:12<" in yesterday
    assert ">00:30<" in late


def test_a_day_of_another_year_carries_its_year() -> None:
    drawn = words.day(dt.date(2016, 12, 22), now=NOON)

    assert ">Thu 22 December 2016<" in drawn


def test_an_entry_of_another_day_says_which() -> None:
    yesterday = NOON - dt.timedelta(days=1)

    assert words.other_day(NOON, KYIV, NOON) == ""
    assert words.other_day(yesterday, KYIV, NOON) == "31 Mar"


def test_a_moment_in_full_names_the_year() -> None:
    assert ">1 April 2022, 12:12<" in words.full_moment(NOON, KYIV)


@pytest.mark.parametrize(
    ("duration", "text"),
    [
        (25, "25 min"),
        (180, "3 h 00"),
        (dt.timedelta(hours=72), "3 days"),
        (None, "not known"),
    ],
)
def test_a_wait_is_written_in_hours_and_minutes(
    duration: dt.timedelta | int | None, text: str
) -> None:
    assert words.lasted(duration) == text


def test_a_count_nobody_gave_is_not_reported_and_never_zero() -> None:
    assert "not reported" in words.count(None)
    assert "not reported" in words.count(None, short=True)
    assert words.count(0) == "0"


def test_thousands_stand_apart_and_an_estimate_keeps_its_about() -> None:
    assert words.count(3000) == "3,000"
    assert words.count(3000, about=True) == "about 3,000"


def test_arabic_pages_keep_western_digits() -> None:
    with translation.override("ar"):
        drawn = words.clock(NOON, KYIV)

    assert ">12:12<" in drawn


def test_only_complete_languages_are_offered(settings: object) -> None:
    settings.LANGUAGES_COMPLETE = ["en", "ar"]

    offered = words.languages()

    assert [lang["code"] for lang in offered] == ["en", "ar"]
    assert [lang["bidi"] for lang in offered] == [False, True]
    assert [lang["current"] for lang in offered] == [True, False]
