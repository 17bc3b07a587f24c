"""Fill a template in every language: names, moments and ages are prepared here, one way for all."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta, tzinfo
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime

from tracker.feeds.snapshot import Words
from tracker.lib.periods import Age, require_aware
from tracker.lib.text import reads_right_to_left, tidy
from tracker.sentences import catalogue, icu

_ISOLATE = "\u2068"
_ISOLATE_LTR = "\u2066"
_END_ISOLATE = "\u2069"
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Phrase(dict[str, str]):
    """Finished words: they may hold isolates of our own and are filled in as they stand."""


# What may be filled in: a number, a finished phrase, typed text, or typed text per language.
Filling = int | str | Words


def say(template_id: str, values: Mapping[str, Filling] | None = None) -> Phrase:
    """Return the sentence in every language.

    Typed text loses its control and bidi characters and cannot change the template.
    Raises KeyError for an unknown template or a missing value.
    """
    template = catalogue.templates()[template_id]
    return Phrase(
        {
            language: icu.render(
                text,
                language=language,
                values={name: _filled(value, language) for name, value in (values or {}).items()},
            )
            for language, text in template.text.items()
        }
    )


def _filled(value: Filling, language: str) -> str | int:
    if isinstance(value, int):
        return value
    if isinstance(value, Phrase):
        return value[language]
    typed = tidy(value if isinstance(value, str) else value.get(language) or value.get("en", ""))
    # The Arabic templates isolate every value themselves.
    if language != "ar" and reads_right_to_left(typed):
        return f"{_ISOLATE}{typed}{_END_ISOLATE}"
    return typed


def term(key: str) -> Phrase:
    """Return a single word or short phrase, such as "corridor.OPEN", in every language.

    Raises KeyError for an unknown key.
    """
    return Phrase(catalogue.terms()[key])


def status_word(status: str) -> Phrase:
    """Return the word for a corridor status code; raises KeyError for an unknown one."""
    return term(f"corridor.{status}")


def named(source: str | Words) -> Filling:
    """Return the name, or "not named" where there is none."""
    name = source if isinstance(source, str) else source.get("en", "")
    return source if tidy(name) else say("phrase.not_named")


def joined(*parts: Phrase) -> Phrase:
    """Return the sentences one after the other, with a space between."""
    return Phrase(
        {language: " ".join(part[language] for part in parts) for language in catalogue.LANGUAGES}
    )


def moment(at: datetime | None, time_zone: str) -> Phrase:
    """Return the moment at the place, with its distance from UTC; "time not known" for None.

    Raises ValueError when `at` has no time zone and ZoneInfoNotFoundError for an unknown zone name.
    """
    if at is None:
        return term("age.unknown")
    local = require_aware(at).astimezone(_zone(time_zone))
    face, offset = local.replace(tzinfo=None), local.utcoffset() or timedelta()
    return Phrase(
        {
            language: f"{_day_and_time(face, language)} {_from_utc(offset, language)}"
            for language in catalogue.LANGUAGES
        }
    )


def utc_moment(at: datetime | None) -> Phrase:
    """Return the moment in UTC; "time not known" for None."""
    return moment(at, "UTC")


def day_words(day: date, *, part: str, known_year: int | None) -> Phrase:
    """Return "on Friday, 1 April, in the morning"; the year only where it is not `known_year`.

    `part` is MORNING, AFTERNOON, EVENING or "" where the speaker named none.
    """
    dates = Phrase(
        {
            language: _day(day, language, has_year=day.year != known_year)
            for language in catalogue.LANGUAGES
        }
    )
    weekday = _WEEKDAYS[day.weekday()]
    return say("phrase.on_day", {"weekday": weekday, "date": dates, "part": part})


def _day(day: date, language: str, *, has_year: bool) -> str:
    text: str = format_date(day, "d MMMM y" if has_year else "d MMMM", locale=language)
    # The first of a month is an ordinal in French, which the locale data do not know.
    return text.replace("1 ", "1er ", 1) if language == "fr" and day.day == 1 else text


@cache
def _zone(name: str) -> tzinfo:
    return ZoneInfo(name)


@lru_cache(maxsize=2048)
def _day_and_time(face: datetime, language: str) -> str:
    # The face comes without a zone: moments that are equal have different faces in two zones,
    # and the cache must not take one for the other.
    pattern = "d MMMM y، HH:mm" if language == "ar" else "d MMMM y, HH:mm"
    return format_datetime(face, pattern, locale=language)


def _from_utc(offset: timedelta, language: str) -> str:
    minutes = round(offset.total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    distance = f"{'-' if minutes < 0 else '+'}{hours}" if minutes else ""
    text = f"UTC{distance}" + (f":{rest:02}" if rest else "")
    # Among Arabic letters the sign would jump to the other side.
    return f"{_ISOLATE_LTR}{text}{_END_ISOLATE}" if language == "ar" else text


def age_words(age: Age) -> Phrase:
    """Return an age such as "3 hours ago" in every language.

    Only for what is rendered while somebody looks: published sentences name moments instead,
    so that the same facts give the same bytes whenever they are built.
    """
    texts = catalogue.terms()[f"age.{age.key}"]
    return Phrase(
        {
            language: icu.render(text, language=language, values={"n": age.n})
            for language, text in texts.items()
        }
    )
