"""Put an alert into words for one recipient: who says so, how old it is, and how to stop."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tracker.alerts import contacts, rules
from tracker.alerts.channels.outgoing import Message
from tracker.alerts.links import alerts_url, confirm_url, corridor_url, stop_url
from tracker.alerts.models import Alert, Delivery
from tracker.alerts.subscriptions import ALREADY, CONFIRM
from tracker.convoys.ladder import StepWords
from tracker.corridors.models import CorridorStatus, PassageWindow
from tracker.lib.periods import age_between
from tracker.lib.text import clamp, tidy
from tracker.organisations.models import Role
from tracker.provenance.models import Verification
from tracker.sentences.catalogue import LANGUAGES
from tracker.sentences.corridors import (
    Contradiction,
    CorridorStateWords,
    WindowWords,
    corridor_line,
    window_sentence,
)
from tracker.sentences.wording import Phrase, age_words, joined, moment, say, status_word

SUBJECT_CHARACTERS = 120
Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Text:
    """The words of one message."""

    subject: str
    body: str


def message_for(delivery: Delivery, *, at: datetime) -> Message:
    """Return the message of a delivery in its recipient's language; `at` is field time.

    Raises sealing.CannotOpen when the contact was sealed with another key.
    """
    language = language_of(delivery)
    headers: dict[str, str] = {}
    links = {"token": "", "stop_url": ""}
    if delivery.subscriber is not None:
        to = contacts.contact_of(delivery.subscriber)
        links["stop_url"] = stop_url(contacts.stop_token_of(delivery.subscriber))
        headers["List-Unsubscribe"] = f"<{links['stop_url']}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    else:
        assert delivery.user is not None, "a delivery has one recipient"
        to = delivery.user.email
    if delivery.facts_sealed:
        facts = contacts.facts_in(delivery.facts_sealed)
        links["confirm_url"] = confirm_url(facts["token"])
        links["corridor"] = facts["corridor"]
    text = _text(delivery, language=language, at=at, links=links)
    return Message(to, text.subject, text.body, key=delivery.key, headers=headers)


def text_without_links(delivery: Delivery, *, at: datetime) -> Text:
    """Return the words of a delivery for staff to read, without links that are its recipient's."""
    return _text(delivery, language=language_of(delivery), at=at, links={})


def title_of(alert: Alert) -> str:
    """Return the alert in one line, in the current language."""
    facts = {**alert.facts, "status_word": _status_word(alert.facts, _language())}
    return tidy(_subject(alert.kind, facts))


def language_of(delivery: Delivery) -> str:
    """Return the language of the recipient, or the first of the house where it is not complete."""
    wanted = delivery.subscriber or delivery.user
    language = wanted.language if wanted else settings.LANGUAGE_CODE
    return language if language in settings.LANGUAGES_COMPLETE else settings.LANGUAGE_CODE


def _language() -> str:
    language = (translation.get_language() or settings.LANGUAGE_CODE).partition("-")[0]
    return language if language in LANGUAGES else "en"


def _text(delivery: Delivery, *, language: str, at: datetime, links: Facts) -> Text:
    with translation.override(language):
        if delivery.alert is None:
            kind, context = delivery.purpose, {"facts": {"corridor": links.get("corridor", "")}}
        else:
            kind, context = delivery.alert.kind, _context(delivery.alert, language=language, at=at)
        facts = {**context["facts"], "status_word": context.get("status_word", "")}
        subject = clamp(tidy(_subject(kind, facts)), SUBJECT_CHARACTERS)
        if delivery.is_exercise:
            subject = f"{_('EXERCISE')} {subject}"
        body = render_to_string(
            f"email/{_TEMPLATES[kind]}.txt",
            {
                **context,
                **links,
                "is_exercise": delivery.is_exercise,
                "is_staff": delivery.user is not None,
                "alerts_url": alerts_url(),
                "disclaimer": say("disclaimer.not_permission")[language],
            },
        )
        return Text(subject, body.strip() + "\n")


_TEMPLATES = {
    rules.STATUS: "status",
    rules.WINDOW: "window",
    rules.CONVOY: "convoy",
    rules.SILENCE: "silence",
    rules.STEP: "step",
    rules.HEADCOUNT: "headcount",
    rules.CHECKPOINT: "checkpoint",
    rules.INCIDENT: "incident",
    rules.EMERGENCY: "emergency",
    rules.POSITIONS: "positions",
    CONFIRM: "confirm",
    ALREADY: "already",
}

_SUBJECTS: dict[str, Any] = {
    rules.STATUS: gettext_lazy("%(corridor)s: %(status_word)s"),
    f"{rules.WINDOW}.announced": gettext_lazy("%(corridor)s: passage announced, not confirmed"),
    f"{rules.WINDOW}.confirmed": gettext_lazy("%(corridor)s: time of passage confirmed"),
    f"{rules.WINDOW}.moved": gettext_lazy("%(corridor)s: time of passage changed"),
    f"{rules.WINDOW}.cancelled": gettext_lazy("%(corridor)s: passage cancelled"),
    f"{rules.CONVOY}.departed": gettext_lazy("%(code)s has departed"),
    f"{rules.CONVOY}.held": gettext_lazy("%(code)s is held%(at_place)s"),
    f"{rules.CONVOY}.turned_back": gettext_lazy("%(code)s has turned back"),
    f"{rules.CONVOY}.arrived": gettext_lazy("%(code)s has arrived"),
    f"{rules.CONVOY}.arrival_withdrawn": gettext_lazy("%(code)s has not arrived: corrected"),
    f"{rules.CONVOY}.departure_withdrawn": gettext_lazy("%(code)s has not departed: corrected"),
    f"{rules.CONVOY}.quiet": gettext_lazy("%(code)s moves on"),
    rules.SILENCE: gettext_lazy("%(code)s: no contact"),
    rules.STEP: gettext_lazy("%(code)s, no contact, overdue: %(step_words)s"),
    rules.HEADCOUNT: gettext_lazy("%(code)s: %(people)s"),
    rules.CHECKPOINT: gettext_lazy("%(place)s: reported closed"),
    rules.INCIDENT: gettext_lazy("Incident reported: %(alleged)s"),
    f"{rules.EMERGENCY}.sos": gettext_lazy("%(code)s calls for help"),
    f"{rules.EMERGENCY}.may_be": gettext_lazy("%(code)s may be calling for help"),
    f"{rules.EMERGENCY}.medical.emergency": gettext_lazy("%(code)s: medical emergency"),
    f"{rules.POSITIONS}.off_route": gettext_lazy("%(code)s: %(strays)s off the road"),
    f"{rules.POSITIONS}.separated": gettext_lazy("%(code)s: %(strays)s apart from the column"),
    f"{rules.POSITIONS}.odd": gettext_lazy("%(code)s: positions of %(strays)s cannot be true"),
    CONFIRM: gettext_lazy("Confirm that you want alerts"),
    ALREADY: gettext_lazy("You get these alerts already"),
}


def _subject(kind: str, facts: Facts) -> str:
    change = facts.get("change") or (facts.get("kind") if kind == rules.EMERGENCY else "")
    place = facts.get("place")
    parts = {
        "at_place": _(" at %(place)s") % {"place": place} if place else "",
        "people": _people_amiss(facts.get("gap") or 0),
        "strays": _strays(facts.get("vehicles") or {}),
        "step_words": StepWords(facts["step"]).label if facts.get("step") else "",
    }
    return str(_SUBJECTS[f"{kind}.{change}" if change else kind]) % {**facts, **parts}


def _people_amiss(gap: int) -> str:
    """Say how many people are missing, or how many more than expected were counted."""
    if gap < 0:
        return ngettext(
            "%(count)d person more than expected", "%(count)d people more than expected", -gap
        ) % {"count": -gap}
    return ngettext(
        "%(count)d person not accounted for", "%(count)d people not accounted for", gap
    ) % {"count": gap}


def _strays(vehicles: Facts) -> str:
    """Name up to three vehicles, else say how many."""
    if len(vehicles) <= 3:
        return ", ".join(sorted(vehicles))
    return ngettext("%(count)d vehicle", "%(count)d vehicles", len(vehicles)) % {
        "count": len(vehicles)
    }


def _status_word(facts: Facts, language: str) -> str:
    status = facts.get("status", "")
    if status not in CorridorStatus.values:
        return ""
    word = status_word(status)[language]
    if status == CorridorStatus.ANNOUNCED:
        return _("%(word)s, not confirmed from the field") % {"word": word}
    return word


def _context(alert: Alert, *, language: str, at: datetime) -> dict[str, Any]:
    facts = dict(alert.facts)
    sentences = _SENTENCES.get(alert.kind)
    said_at = _at(facts.get("since") or facts.get("at"))
    heard_at = _at(facts.get("contact_at"))
    zone = facts.get("zone") or settings.FIELD_TIME_ZONE
    return {
        "facts": facts,
        "change": facts.get("change", ""),
        "exercise": facts.get("exercise", ""),
        "status_word": _status_word(facts, language),
        "sentence": sentences(facts)[language] if sentences else "",
        "when": moment(said_at, zone)[language],
        "age": age_words(age_between(then=said_at, now=at))[language] if said_at else "",
        "contact": moment(heard_at, zone)[language],
        "page_url": corridor_url(facts["slug"]) if facts.get("slug") else "",
        "step_words": StepWords(facts["step"]).label if facts.get("step") else "",
        "owner": Role(facts["owner"]).label if facts.get("owner") else "",
        "due": moment(_at(facts.get("due_at")), zone)[language],
        "gap": abs(facts.get("gap") or 0),
        "strays": _strays(facts.get("vehicles") or {}),
        "contact_age": age_words(age_between(then=heard_at, now=at))[language] if heard_at else "",
    }


def _at(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _corridor_sentence(facts: Facts) -> Phrase:
    """Say the status with its source; a source that is not public stays unnamed to everybody."""
    is_operator = facts["basis"] == "operator"
    may_name = facts.get("source_public", False)
    source = facts["source"] if may_name else ""
    contradiction = None
    # What is not public may take a status away, yet nobody outside learns what it says.
    if facts["basis"] == "contradicted" and may_name:
        contradiction = Contradiction(
            source_a=facts["operator"],
            status_a=facts["was"],
            source_b=source,
            status_b=facts.get("claims") or CorridorStatus.UNKNOWN,
        )
    state = CorridorStateWords(
        # Rows written before sources had phrases of their own lack some of these.
        corridor=Phrase(facts["road"]) if "road" in facts else facts["corridor"],
        status=facts["status"],
        verification=_verification(facts["basis"] if may_name else ""),
        source_kind=facts["source_kind"] if may_name else "other",
        freshness="recent",
        operator_confirmed=is_operator,
        agreement="unknown",
        source=source,
        said_at=_at(facts["since"]),
        time_zone=facts["zone"],
        attribution=facts.get("attribution", {}) if may_name else {},
        opens_at=_at(facts["opens_at"]),
        opens_on=_day(facts.get("opens_on")),
        opens_part=facts.get("opens_part", ""),
        contradiction=contradiction,
    )
    if facts["basis"] in {"old", "silent"}:
        return joined(corridor_line(state), _no_news_since(facts))
    return corridor_line(state)


def _verification(basis: str) -> str:
    """Return how well a status is supported, by the rule that gave it."""
    known = {"operator": Verification.CORROBORATED, "contradicted": Verification.DISPUTED}
    return str(known.get(basis, Verification.UNVERIFIED))


def _no_news_since(facts: Facts) -> Phrase:
    since = moment(_at(facts["since"]), facts["zone"])
    return say("fresh.stale", {"time": since, "age": moment(_at(facts["since"]), "UTC")})


def _window_sentence(facts: Facts) -> Phrase:
    opens_at, closes_at = _at(facts["opens_at"]), _at(facts["closes_at"])
    assert opens_at is not None
    assert closes_at is not None
    is_moved = facts["change"] == "moved"
    words = WindowWords(
        # A confirmed window that moves is said to have moved; the new time follows below.
        state=PassageWindow.State.ANNOUNCED if is_moved else facts["state"],
        opens_at=opens_at,
        closes_at=closes_at,
        time_zone=facts["zone"],
        source=facts["source"],
        source_kind=facts["source_kind"],
        said_at=_at(facts.get("since")),
        attribution=facts.get("attribution", {}),
        moved_from=_at(facts["was_opens_at"]) if is_moved else None,
    )
    return window_sentence(words)


_SENTENCES: dict[str, Callable[[Facts], Phrase]] = {
    rules.STATUS: _corridor_sentence,
    rules.WINDOW: _window_sentence,
}
