"""Template tags for words and times: status words, clock times of a place, ages, counts."""

import datetime as dt
from typing import Literal
from zoneinfo import ZoneInfo

from django import template
from django.conf import settings
from django.db.models import TextChoices
from django.utils import dateformat, formats, timezone, translation
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tracker.attempts.models import AttemptStatus
from tracker.checkpoints.models import CheckpointStatus
from tracker.convoys.models import ConvoyState
from tracker.corridors.models import CorridorStatus, PassageWindow

register = template.Library()

Zone = str | dt.tzinfo | None


# The words are those of the rooms; a code two kinds share is told apart by `of=`.
STATUSES: dict[str, type[TextChoices]] = {
    "corridor": CorridorStatus,
    "attempt": AttemptStatus,
    "convoy": ConvoyState,
    "checkpoint": CheckpointStatus,
    "window": PassageWindow.State,
}

# Where the short word says too little, or could be read as "detained".
LONG_WORDS: tuple[tuple[TextChoices, str | Promise], ...] = (
    (CorridorStatus.RESTRICTED, gettext_lazy("open with restrictions")),
    (ConvoyState.HELD, gettext_lazy("stopped, waiting to pass")),
)

# Minutes after which an observation is ageing (amber) and old (grey, dashed).
AGE_SCALES: dict[str, tuple[int, int]] = {
    "contact": (45, 90),
    "position": (10, 30),
    "checkpoint": (60, 180),
    "statement": (6 * 60, 12 * 60),
    "day": (12 * 60, 24 * 60),
}

AgeLevel = Literal["fresh", "ageing", "old"]


def find_status(status: str, *, of: str = "corridor") -> TextChoices:
    """Return the member behind a status code. Raise KeyError for a code nobody knows."""
    for kind in (of, *STATUSES):
        if status in STATUSES[kind].values:
            return STATUSES[kind](status)
    raise KeyError(status)


@register.simple_tag
def status_word(status: str, *, of: str = "corridor", long: bool = False) -> str:
    """Say a status in the language of the page, beginning with a capital; `long` is a clause."""
    member = find_status(status, of=of)
    if long:
        # Members of two kinds can be equal as text, so the kind is compared as well.
        exact = (words for known, words in LONG_WORDS if known is member)
        return str(next(exact, member.label))
    return capfirst(str(member.label))


def local_time(at: dt.datetime, zone: Zone) -> dt.datetime:
    """Turn an aware datetime into the time of a place; None is the current zone of the page."""
    if isinstance(zone, str) and zone:
        return at.astimezone(ZoneInfo(zone))
    return at.astimezone(zone if isinstance(zone, dt.tzinfo) else timezone.get_current_timezone())


def _utc_words(at: dt.datetime) -> str:
    utc = at.astimezone(dt.UTC)
    return f"{utc:%H:%M} UTC, {dateformat.format(utc, 'j E Y')}"


def _time_element(at: dt.datetime, text: str) -> SafeString:
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        _utc_words(at),
        text,
    )


def day_words(day: dt.date, *, now: dt.date | None = None) -> str:
    """Write a day as "Thu 31 March", with its year unless that is known to be the year of `now`."""
    same_year = now is not None and now.year == day.year
    return dateformat.format(day, "D j E" if same_year else "D j E Y")


@register.simple_tag
def clock(at: dt.datetime | None, zone: Zone = None) -> str:
    """Write the time of day at a place, 24 hours, with UTC in its title."""
    if at is None:
        return _("time not known")
    return _time_element(at, f"{local_time(at, zone):%H:%M}")


@register.simple_tag
def moment(at: dt.datetime | None, zone: Zone = None, now: dt.datetime | None = None) -> str:
    """Write the time at a place, with its day unless that is the day of `now` there."""
    if at is None:
        return _("time not known")
    local = local_time(at, zone)
    today = local_time(now, zone).date() if now else None
    if local.date() == today:
        return _time_element(at, f"{local:%H:%M}")
    return _time_element(at, f"{day_words(local.date(), now=today)}, {local:%H:%M}")


@register.simple_tag
def day(at: dt.date | None, zone: Zone = None, now: dt.datetime | None = None) -> str:
    """Write the day of a datetime at a place, or a plain date."""
    if at is None:
        return _("day not known")
    today = local_time(now, zone).date() if now else None
    if isinstance(at, dt.datetime):
        return _time_element(at, day_words(local_time(at, zone).date(), now=today))
    return format_html('<time datetime="{}">{}</time>', at.isoformat(), day_words(at, now=today))


@register.simple_tag
def full_moment(at: dt.datetime, zone: Zone = None) -> SafeString:
    """Write day, month, year and time at a place: "1 April 2022, 14:10"."""
    local = local_time(at, zone)
    return _time_element(at, f"{dateformat.format(local, 'j E Y')}, {local:%H:%M}")


@register.simple_tag
def other_day(at: dt.datetime, zone: Zone = None, now: dt.datetime | None = None) -> str:
    """Write the day as "31 Mar" when it is not that of `now` at the place, else nothing."""
    local = local_time(at, zone)
    if now and local_time(now, zone).date() == local.date():
        return ""
    return dateformat.format(local, "j M")


@register.simple_tag
def lasted(duration: dt.timedelta | float | None) -> str:
    """Write a duration (timedelta, or minutes) as "25 min", "3 h 00" or "2 days"."""
    if duration is None:
        return _("not known")
    minutes = (
        int(duration.total_seconds() // 60) if isinstance(duration, dt.timedelta) else int(duration)
    )
    if 60 <= minutes < 48 * 60:
        return _("%(hours)d h %(minutes)02d") % {"hours": minutes // 60, "minutes": minutes % 60}
    return _span_words(minutes)


def _span_words(minutes: int) -> str:
    """Write an age without its "ago": minutes, then hours and minutes, then hours, then days."""
    if minutes < 60:
        return _("%(minutes)d min") % {"minutes": minutes}
    hours, rest = divmod(minutes, 60)
    if hours < 10 and rest:
        return _("%(hours)d h %(minutes)02d") % {"hours": hours, "minutes": rest}
    if hours < 48:
        return _("%(hours)d h") % {"hours": hours}
    days = hours // 24
    return ngettext("%(days)d day", "%(days)d days", days) % {"days": days}


def _age_sentences() -> dict[str, str]:
    return {
        "ago": _("%(age)s ago"),
        "said": _("said %(age)s ago"),
        "silent": _("no word for %(age)s"),
        "bare": "%(age)s",
    }


def age_words(minutes: int, *, form: str = "ago") -> str:
    """Write an age in minutes in one of the forms ago, said, silent, bare."""
    if minutes < 1 and form in {"ago", "said"}:
        return _("just now")
    return _age_sentences()[form] % {"age": _span_words(max(minutes, 0))}


def age_level(minutes: int, *, ageing: int, old: int) -> AgeLevel:
    """Grade an age in minutes by its two limits."""
    if minutes >= old:
        return "old"
    return "ageing" if minutes >= ageing else "fresh"


@register.inclusion_tag("components/_age.html")
def age(
    at: dt.datetime | None,
    now: dt.datetime,
    *,
    form: str = "ago",
    scale: str = "contact",
    ageing: int | None = None,
    old: int | None = None,
) -> dict[str, object]:
    """Draw the age of an observation: ink, then amber, then grey and dashed. Never green."""
    limits = AGE_SCALES[scale]
    limit_ageing = limits[0] if ageing is None else ageing
    limit_old = limits[1] if old is None else old
    if at is None:
        return {"level": "old", "text": _("time not known"), "at": None, "icon": form != "bare"}
    minutes = int((now - at).total_seconds() // 60)
    return {
        "at": at,
        "title": _utc_words(at),
        "level": age_level(minutes, ageing=limit_ageing, old=limit_old),
        "text": age_words(minutes, form=form),
        "form": form,
        "ageing": limit_ageing,
        "old": limit_old,
        "icon": form != "bare",
    }


@register.simple_tag
def age_templates() -> dict[str, str]:
    """Give the script that keeps ages alive its words, so that no text lives in JavaScript."""
    return {
        "now": _("just now"),
        "minutes": _("%(minutes)d min"),
        "hours": _("%(hours)d h"),
        "hours_minutes": _("%(hours)d h %(minutes)02d"),
        **_age_sentences(),
    }


@register.simple_tag
def count(value: int | None, *, short: bool = False, about: bool = False) -> str:
    """Write a count with its thousands apart. None is "not reported" and never zero."""
    if value is None:
        if short:
            return format_html(
                '<span class="q"><span aria-hidden="true">?</span>'
                '<span class="vh">{}</span></span>',
                _("not reported"),
            )
        return format_html('<span class="q">{}</span>', _("not reported"))
    figure = formats.number_format(value, use_l10n=True, force_grouping=True)
    return _("about %(figure)s") % {"figure": figure} if about else figure


@register.simple_tag
def languages() -> list[dict[str, object]]:
    """List the languages in which every page is complete, for the language switch."""
    codes: list[str] = list(settings.LANGUAGES_COMPLETE)
    current = translation.get_language()
    return [
        {
            "code": code,
            "name_local": translation.get_language_info(code)["name_local"],
            "bidi": translation.get_language_info(code)["bidi"],
            "current": code == current,
        }
        for code in codes
    ]
