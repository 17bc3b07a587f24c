"""Kinds of log event about the silence of a convoy: declared, acted upon, ended by name."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Literal

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from msgspec import Meta

from tracker.convoys.kinds import Km, Text, checkpoint_findings, convoy_of
from tracker.convoys.ladder import StepCode
from tracker.convoys.queries import is_dark
from tracker.convoys.silence import BY_NAME
from tracker.fieldlog.kinds import Data, Finding, Kind, NewEvent

# A silence that was declared for longer would hide a convoy for a day.
DECLARED_FOR = timedelta(hours=24)


class StepOutcome(TextChoices):
    """What came of a step."""

    NO_ANSWER = "NO_ANSWER", _("no answer")
    ASKED = "ASKED", _("asked, waiting for an answer")
    HEARD_OF = "HEARD_OF", _("heard of it, not reached")
    AGREED = "AGREED", _("agreed")
    NOT_POSSIBLE = "NOT_POSSIBLE", _("not possible now")


class Means(TextChoices):
    """By what means a convoy was reached."""

    PHONE = "PHONE", _("telephone")
    VOICE = "VOICE", _("radio")
    SATELLITE = "SATELLITE", _("satellite telephone or messenger")
    IN_PERSON = "IN_PERSON", _("seen in person")
    FIELD_LOG = "FIELD_LOG", _("field log of a monitor who is with it")
    MESSAGE = "MESSAGE", _("messages answered by somebody whom we know")
    OTHER = "OTHER", _("other means")


class Declared(Data, frozen=True, kw_only=True):
    """Nobody expects a word from the convoy before `until`, for the reason in `why`."""

    until: datetime
    why: Annotated[str, Meta(max_length=300)] = ""


class StepTaken(Data, frozen=True, kw_only=True):
    """A step of the ladder that somebody took, what came of it, and in their words."""

    step: StepCode
    outcome: Literal["NO_ANSWER", "ASKED", "HEARD_OF", "AGREED", "NOT_POSSIBLE"]
    words: Text = ""


class Ended(Data, frozen=True, kw_only=True):
    """The convoy was reached: who of it, by what means, where it is (`km`, or the checkpoint)."""

    reached: Annotated[str, Meta(min_length=1, max_length=120)]
    means: Literal["PHONE", "VOICE", "SATELLITE", "IN_PERSON", "FIELD_LOG", "MESSAGE", "OTHER"]
    km: Km | None = None
    words: Text = ""


def _check_declared(event: NewEvent, data: Declared) -> list[Finding]:
    if data.until.tzinfo is None:
        return [Finding("time_without_zone", "until")]
    if data.until <= event.occurred_at and event.corrects_id is None:
        return [Finding("silence_is_over", "until")]
    if data.until > event.occurred_at + DECLARED_FOR:
        return [Finding("silence_too_long", "until")]
    return []


def _person_findings(event: NewEvent) -> list[Finding]:
    """Find what no machine and no device may say of a silence, and what is said of none."""
    if event.via not in BY_NAME:
        return [Finding("silence_needs_person", "via")]
    convoy = convoy_of(event)
    if event.corrects_id or (convoy is not None and is_dark(convoy, at=event.occurred_at)):
        return []
    return [Finding("not_silent", "occurred_at")]


def _check_step(event: NewEvent, _: StepTaken) -> list[Finding]:
    return _person_findings(event)


def _check_ended(event: NewEvent, _: Ended) -> list[Finding]:
    return _person_findings(event) + checkpoint_findings(event)


KINDS = (
    Kind("silence.declared", "convoy", Declared, check=_check_declared),
    Kind("silence.step_taken", "convoy", StepTaken, check=_check_step),
    Kind("silence.ended", "convoy", Ended, allows=("checkpoint",), check=_check_ended),
)
