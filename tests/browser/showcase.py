"""The page that shows every component with example values; rendered in tests, never served."""

import datetime as dt
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.core.paginator import Paginator
from django.template import engines
from django.template.loader import render_to_string
from django.utils import translation

from tracker.attempts.models import AttemptStatus
from tracker.checkpoints.models import CheckpointStatus
from tracker.convoys.models import ConvoyState
from tracker.corridors.models import CorridorStatus
from tracker.lib.drawing import Chance, DayRow, FunnelRow
from tracker.lib.stripmap import Stop, Strip

HERE = Path(__file__).resolve().parent
NOW = dt.datetime(2022, 4, 1, 14, 0, tzinfo=dt.UTC)
KYIV = "Europe/Kyiv"
DAYS = ("CLOSED", "CLOSED", "", "CLOSED", "", "RESTRICTED", "RESTRICTED", "", "OPEN", "", "", "")


class CountForm(forms.Form):
    """A form with one field of each kind."""

    people = forms.IntegerField(
        label="People on board", help_text="Leave empty if nobody counted. Empty is not zero."
    )
    at = forms.TimeField(label="Time", help_text="24 hours, such as 14:05.")
    where = forms.ChoiceField(label="Where", choices=[("v", "Vasylivka"), ("t", "Tokmak")])
    end = forms.ChoiceField(
        label="Head or tail",
        choices=[("head", "Head"), ("tail", "Tail")],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea)
    sure = forms.BooleanField(label="I have counted them myself", required=False)


def _strip(*, held: bool = True) -> Strip:
    stops = (
        Stop(0, "Berdiansk", "past", "left 08:00"),
        Stop(107.7, "Tokmak", "past", "12:10 to 12:35", "waited 25 min"),
        Stop(149.3, "Vasylivka", "here", "reached 14:00", "held 3 h 00", alarm=held),
        Stop(163.3, "Kamianske", "ahead", "ahead"),
        Stop(206.5, "Zaporizhzhia", "ahead", "arrival not known"),
    )
    spoken = "M1 has passed Berdiansk and Tokmak, is held at Vasylivka, 57 km before Zaporizhzhia."
    return Strip(stops, 206.5, spoken, "M1, head to tail 3 km", 149.3, 146.3, held=held)


def _crowded() -> Strip:
    stops = (
        Stop(0, "Mariupol", "past", "left 07:30"),
        Stop(21, "Manhush", "past", "08:10 to 08:50", "waited 40 min"),
        Stop(84, "Berdiansk", "past", "10:30 to 11:00", "waited 30 min"),
        Stop(191.7, "Tokmak", "past", "13:40"),
        Stop(233.3, "Vasylivka", "past", "15:00 to 16:10", "waited 1 h 10"),
        Stop(247.3, "Kamianske", "ahead", "ahead"),
        Stop(290.5, "Zaporizhzhia", "ahead", "arrival not known"),
    )
    return Strip(stops, 290.5, "M2 is between Vasylivka and Kamianske.", "M2", 241.0, 239.5)


def _funnel() -> list[FunnelRow]:
    return [
        FunnelRow(
            "Said to be leaving", "about 3,000", 3000, "estimated",
            note="not a count: an aide in Zaporizhzhia, by press",
        ),
        FunnelRow("Boarded, Berdiansk", "2,332", 2332, "counted", url="#e1"),
        FunnelRow(
            "Counted, Tokmak", "2,300", 2300, "counted", explained=20, missing=12,
            note="20 left by choice, 12 not accounted for since 12:35", alarm=True,
        ),
        FunnelRow("Counted, Vasylivka", "not yet", None, "not_yet"),
        FunnelRow("Arrived", "none yet", None, "none_yet"),
    ]  # fmt: skip


def _claim(who: str, standing: str, says: str, status: str, short: str, hours: float) -> Any:
    return SimpleNamespace(
        who=who,
        standing=standing,
        says=says,
        status=status,
        short=short,
        at=NOW - dt.timedelta(hours=hours),
        url="https://example.org/",
        event_url="",
    )


def _claims() -> list[Any]:
    return [
        _claim(
            "Russian side", "as reported by the press; graded D 4",
            "The corridor is to reopen from Friday morning.", "ANNOUNCED", "will open", 3,
        ),
        _claim(
            "ICRC", "spokesperson in Geneva; first hand; B 2",
            "It is not yet clear whether an evacuation will take place today. "
            "Not every detail is settled.", "UNKNOWN", "not clear", 1,
        ),
        _claim(
            "Ukrainian government", "Deputy Prime Minister; C 3",
            "45 buses were held at Vasylivka, then not let into Berdiansk.",
            "RESTRICTED", "was blocked", 15,
        ),
    ]  # fmt: skip


def _entry(minutes: int, glyph: str, text: str, status: str = "", **rest: Any) -> Any:
    blank = {
        "struck": "", "replacement": "", "after": "", "fix": "", "url": "", "anchor": "",
        "constructed": False, "disputed": False,
    }  # fmt: skip
    values = {**blank, "who": "Monitor M-2, phone 16:40, received 16:52", **rest}
    at = NOW - dt.timedelta(minutes=minutes)
    return SimpleNamespace(at=at, glyph=glyph, text=text, status=status, **values)


def _entries() -> list[Any]:
    return [
        _entry(20, "held", "Still held. 42 buses in sight.", "HELD", constructed=True),
        _entry(
            265, "people", "Counted in Tokmak:", struck="2,312", replacement="2,300",
            after=" on board.", fix="Corrected 13:20 by monitor M-1: bus 17 was counted twice.",
            url="#e2", anchor="event-2",
        ),
        _entry(540, "moving", "Left Berdiansk, 42 buses.", "MOVING", disputed=True),
        _entry(1200, "says", "600 people have boarded.", who="Deputy Prime Minister of Ukraine"),
    ]  # fmt: skip


def _attempts() -> list[Any]:
    rows = [
        (dt.date(2022, 3, 31), "PARTLY_SUCCEEDED", "Buses held at Vasylivka", 45, 631),
        (dt.date(2022, 3, 28), "CANCELLED", "Fear of provocations", None, 0),
        (dt.date(2022, 3, 26), "FAILED", "Buses held overnight at Vasylivka", 50, None),
    ]
    names = ("day", "status", "reason", "vehicles", "people")
    return [
        SimpleNamespace(word="", people_about=False, url="", **dict(zip(names, row, strict=True)))
        for row in rows
    ]


def _frame() -> dict[str, Any]:
    """Return what the frame of every page reads."""
    user = SimpleNamespace(
        is_authenticated=True,
        role="DISPATCHER",
        get_role_display="dispatcher",
        get_username="dispatcher",
    )
    return {
        "request": SimpleNamespace(path="/convoys/", user=user),
        "now": NOW,
        "zone": KYIV,
        "exercise_zone": KYIV,
        "exercise_banner": SimpleNamespace(name="The day the talks went on", now=NOW, speed=60),
        "system_warning": "SMS gateway down 6 min, 2 not sent",
        "messages": [
            Message(messages.SUCCESS, "The headcount is in the log."),
            Message(messages.ERROR, "The second entry was not taken: its time lies ahead."),
        ],
    }


def _pieces() -> dict[str, Any]:
    """Return what the drawn pieces take."""
    return {
        "corridor_codes": CorridorStatus.values,
        "convoy_codes": ConvoyState.values,
        "attempt_codes": AttemptStatus.values,
        "checkpoint_codes": CheckpointStatus.values,
        "ages": [NOW - dt.timedelta(minutes=m) for m in (0, 12, 52, 100, 900, 4000)],
        "days": DayRow(
            DAYS, "12 days: 3 closed, 2 restricted, 1 open", "5 March", "today",
            CorridorStatus.ANNOUNCED,
        ),
        "strip": _strip(),
        "crowded": _crowded(),
        "chances": [
            Chance("Tonight", "1 in 4", 25),
            Chance("By Saturday night", "2 in 3", 68),
            Chance("Later, or turned back", "1 in 4", 23, arrives=False),
        ],
        "headcount": SimpleNamespace(
            sentences=("2,332 counted on board in Berdiansk.", "2,300 counted in Tokmak."),
            gap="12 not accounted for.",
            rows=_funnel(),
            note="About 770 more follow in cars.",
        ),
    }  # fmt: skip


def _facts() -> list[Any]:
    return [
        SimpleNamespace(term="Held at Vasylivka for", value="3 h 00", tone="amber",
                        source="since 14:00; limit for an alert 1 h"),
        SimpleNamespace(term="Last word", value="20 min", unit="ago", source="16:40, M-2"),
        SimpleNamespace(term="Vehicles", value="42 buses", source="all in sight at 16:40"),
        SimpleNamespace(term="People on board", value="2,300", url="#e2",
                        source="counted at Tokmak"),
    ]  # fmt: skip


def _lists() -> dict[str, Any]:
    """Return what the lists and tables take."""
    return {
        "facts": _facts(),
        "claims": _claims(),
        "entries": _entries(),
        "attempts": _attempts(),
        "alerts": [
            SimpleNamespace(tone="closed", title="12 people not accounted for",
                            detail="since 12:35. Nobody has taken this.", action_url="/a",
                            action="Take it", second_url="/b", second="Mute until 18:00"),
            SimpleNamespace(tone="restricted", title="Held for more than 1 h",
                            detail="since 15:00. Duty officer has it."),
        ],
        "items": [
            SimpleNamespace(label=label, detail=detail, state=state, word=word)
            for label, detail, state, word in (
                ("Destination", "Zaporizhzhia, named by both", "AGREED", "agreed"),
                ("Opening time", "No hour given", "ONE_SIDE", "one side"),
                ("Aid into the city", "", "CONTESTED", "contested"),
                ("Medical care", "", "SILENT", "nobody has said"),
            )
        ],
        "page": Paginator(list(range(90)), 30).page(2),
    }  # fmt: skip


def example_values() -> dict[str, Any]:
    """Return what a view would hand to the components, with example values."""
    refused = CountForm({"bad-people": "many", "bad-at": "10 PM", "bad-where": "v"}, prefix="bad")
    refused.is_valid()
    forms_shown = {"form": CountForm(initial={"people": "2300"}), "refused": refused}
    return {**_frame(), **_pieces(), **_lists(), **forms_shown}


def render(name: str, *, language: str = "en", **more: Any) -> str:
    """Render a showcase template of this folder in a language."""
    source = (HERE / f"{name}.html").read_text(encoding="utf-8")
    with translation.override(language):
        template = engines["django"].from_string(source)
        html: str = template.render({**example_values(), **more})
    return html


def render_page(name: str, *, values: dict[str, Any] | None = None) -> str:
    """Render a template of the product by name, with the example values or others."""
    return render_to_string(name, example_values() if values is None else values)
