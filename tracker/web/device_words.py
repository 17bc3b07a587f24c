"""Words about devices: how one stands, why a message waits, how to set an app up."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from tracker.devices.models import Channel, Device, RawMessage

# Why a message waits for a person or was set aside, by the reason that its door noted.
REASONS: dict[str, str | Promise] = {
    "sos_unassigned": lazy("A call for help of a device that reports for no convoy"),
    "sos_device_unknown": lazy("A call for help of a device that is not registered"),
    "sos_refused": lazy("A call for help that the log did not take"),
    "sos_late": lazy("A call for help whose time is in doubt"),
    "free_text": lazy("Somebody wrote a message"),
    "position_unreadable": lazy("The position cannot be read"),
    "time_unreadable": lazy("The time cannot be read"),
    "time_missing": lazy("It says no time"),
    "impossible": lazy("There is no such place on earth"),
    "null_island": lazy("The position is zero, zero"),
    "in_future": lazy("Its time has not come yet"),
    "too_old": lazy("It is more than a week old"),
    "not_json": lazy("It is not what this app sends"),
    "not_an_object": lazy("It is not what this app sends"),
    "not_understood": lazy("It cannot be understood"),
    "too_many_fields": lazy("It is not what this app sends"),
    "too_many_events": lazy("It holds too many events at once"),
    "cannot_decrypt": lazy("It does not open with the secret of this device"),
    "no_secret": lazy("It is encrypted and this device has no secret"),
    "not_processed": lazy("It was kept and could not be read; tell who runs this server"),
    "no_position": lazy("It holds no position"),
    "called_invalid": lazy("The sender itself calls the position invalid"),
    "device_unknown": lazy("The device is not registered"),
    "kind_unknown": lazy("A kind of message that is not known"),
    "sos_may_be_help": lazy("It may be a call for help"),
    "sos_denied": lazy("It speaks of a call for help and says no"),
    "may_be_help": lazy("It may be a call for help"),
    "good_news": lazy("It may say that the way is free: a person must judge that"),
    "two_meanings": lazy("It may mean two things"),
    "denied": lazy("It says no to something"),
    "not_yet": lazy("It speaks of what has not happened yet"),
    "question": lazy("It asks something"),
    "stop": lazy("It may ask for no more messages"),
    "letters_lost": lazy("Its letters were lost on the way"),
    "no_word": lazy("It says no word that is known"),
    "two_convoys": lazy("It names more than one convoy"),
    "two_checkpoints": lazy("It names more than one checkpoint"),
    "time_unclear": lazy("Its time is not clear"),
    "number_unclear": lazy("Its numbers are not clear"),
    "unknown_number": lazy("Its number is not registered"),
    "no_code": lazy("It has no code, so anybody may have sent it"),
    "bad_code": lazy("Its code does not hold: wrong, or used before"),
    "sos_unknown_number": lazy("A call for help from a number that is not registered"),
    "sos_no_code": lazy("A call for help without a code"),
    "sos_bad_code": lazy("A call for help with a code that does not hold"),
    "which_convoy": lazy("It does not say which convoy"),
    "unknown_convoy": lazy("No convoy has the code that it names"),
    "unknown_checkpoint": lazy("No checkpoint of the road has the code that it names"),
    "not_permitted": lazy("Its sender may not log this"),
    "about_messages": lazy("It is about messages, not about a convoy"),
    "reference_unknown": lazy("It takes back what was never taken"),
    "reference_missing": lazy("It does not say what it answers"),
    "call_taken_back": lazy("It takes a call for help back: make sure of it"),
    "number_missing": lazy("It names no number of people"),
    "too_long": lazy("It is longer than a short message can be"),
    "copy": lazy("It was taken before"),
    "answered": lazy("Its sender answered what it meant"),
    "asked_menu": lazy("It asked for the list of words"),
    "asked_status": lazy("It asked for the status"),
    "delivery_report": lazy("A receipt of the service"),
    "no_text": lazy("It holds no text"),
    "edited": lazy("A message that was changed later"),
    "sealed_unreadable": lazy("It is sealed and cannot be opened"),
    "convoy_uncertain": lazy("It does not say which convoy"),
    "checkpoint_uncertain": lazy("It does not say which checkpoint"),
    "people_missing": lazy("It names no number of people"),
    "slip_people": lazy("Its number of people looks like a slip"),
    "slip_people_convoy": lazy("Its number of people looks like a slip"),
    "ask_people": lazy("It names more people than seats"),
    "phone_lost": lazy("It was written on a phone that is lost"),
    "written_elsewhere": lazy("It was written for another organisation"),
    "same_id_other_body": lazy("It says something else than before"),
    "dropped": lazy("Its writer gave it up"),
    "said_again": lazy("Its writer said it again in other words"),
}
# Why a person set a message aside; each is a code that may stand as a reason.
ASIDE: dict[str, str | Promise] = {
    "aside_known": lazy("It is in the log already"),
    "aside_nothing": lazy("It says nothing for the log"),
    "aside_trial": lazy("It was a trial"),
    "aside_stranger": lazy("It comes from somebody we do not know"),
    "aside_elsewhere": lazy("It was dealt with in another way"),
}


# What stands before the code of a finding where the log refused a part of a message.
REFUSED = "refused_"


def reason_words(reason: str) -> str:
    """Say why a message waits or was set aside; a reason without words is told as it is."""
    words = REASONS.get(reason.removeprefix(REFUSED)) or ASIDE.get(reason)
    if words is None and reason.startswith(REFUSED):
        return _("The log did not take all of it")
    return str(words or reason.replace("_", " "))


@dataclass(frozen=True, slots=True)
class Standing:
    """How a device or channel stands: colour, sign and word."""

    colour: str
    sign: str
    word: str


def standing_of(each: Device | Channel, *, now: datetime) -> Standing:
    """Say how a device or channel stands at `now` (machine time)."""
    if isinstance(each, Device) and each.is_lost:
        return Standing("closed", "cancelled", _("lost"))
    if each.revoked_at is not None:
        return Standing("unknown", "cancelled", _("out of use"))
    if isinstance(each, Device) and each.expires_at is not None and each.expires_at <= now:
        return Standing("unknown", "cancelled", _("expired"))
    if each.last_heard_at is None:
        return Standing("announced", "announced", _("not heard yet"))
    return Standing("moving", "check", _("in use"))


MESSAGE_LOOKS: dict[str, tuple[str, str]] = {
    RawMessage.State.TAKEN: ("moving", "check"),
    RawMessage.State.QUARANTINED: ("restricted", "says"),
}


def message_standing(raw: RawMessage) -> Standing:
    """Say what became of a message."""
    colour, sign = MESSAGE_LOOKS.get(raw.state, ("unknown", "ring"))
    return Standing(colour, sign, raw.get_state_display())


@dataclass(frozen=True, slots=True)
class SetUp:
    """What is shown once: the text to paste, what else to type, what to do, what to scan."""

    steps: list[str]
    ready: str
    scanned: str = ""
    secret: str = ""
    also: list[str] = field(default_factory=list)


APPS: dict[str, str | Promise] = {
    "traccar_client": lazy("Traccar Client (Android, iPhone)"),
    "osmand": lazy("OsmAnd (Android)"),
    "gpslogger": lazy("GPSLogger (Android)"),
    "owntracks": lazy("OwnTracks (Android, iPhone), encrypted"),
}


def _address(door: str, token: str) -> str:
    return f"{settings.PUBLIC_BASE_URL}/in/{door}/{token}"


def _traccar_client(token: str, _secret: str) -> SetUp:
    address = _address("osmand", token)
    return SetUp(
        steps=[
            _("Open the settings of Traccar Client."),
            _("Put the address below into “Server URL”; the identifier may be anything."),
            _("Leave offline buffering on, then switch tracking on."),
        ],
        ready=address,
        scanned=address,
    )


def _osmand(token: str, _secret: str) -> SetUp:
    # The app puts metres a second into {5} and its accuracy into {3}.
    address = (
        f"{_address('osmand', token)}?lat={{0}}&lon={{1}}&timestamp={{2}}&accuracy={{3}}"
        "&altitude={4}&speed_ms={5}&bearing={6}"
    )
    return SetUp(
        steps=[
            _("Switch the plugin “Trip recording” on and open its settings."),
            _("Put the text below into “Web address” of “Online tracking”."),
            _("Switch online tracking on; keep its buffer at its longest."),
        ],
        ready=address,
        scanned=address,
    )


def _gpslogger(token: str, _secret: str) -> SetUp:
    address = (
        f"{_address('osmand', token)}?id=%AID&lat=%LAT&lon=%LON&timestamp=%TIMESTAMP"
        "&altitude=%ALT&accuracy=%ACC&bearing=%DIR&speed_ms=%SPD&batt=%BATT&hdop=%HDOP"
    )
    return SetUp(
        steps=[
            _("Open “Logging details”, “Log to custom URL”, and switch it on."),
            _("Put the text below into “URL”; leave method GET, body and headers as they are."),
            _("Allow sending what was logged offline."),
        ],
        ready=address,
        scanned=address,
    )


def _owntracks(token: str, secret: str) -> SetUp:
    address = _address("owntracks", token)
    config = {"_type": "configuration", "mode": 3, "url": address, "encryptionKey": secret}
    inline = base64.urlsafe_b64encode(json.dumps(config).encode()).decode()
    return SetUp(
        steps=[
            _("Scan the code with the camera and let OwnTracks take the settings; or by hand:"),
            _("Set the mode to HTTP and put the address below into “URL”."),
            _("Put the secret below into “Encryption key”."),
        ],
        ready=address,
        scanned=f"owntracks:///config?inline={inline}",
        secret=secret,
    )


_SET_UPS: dict[str, Callable[[str, str], SetUp]] = {
    "traccar_client": _traccar_client,
    "osmand": _osmand,
    "gpslogger": _gpslogger,
    "owntracks": _owntracks,
}


def set_up_of_app(app: str, *, token: str, secret: str) -> SetUp:
    """Return how to set up an app with its token and, where the app encrypts, its secret."""
    return _SET_UPS[app](token, secret)


def set_up_of_channel(channel: Channel, *, token: str, secret: str) -> SetUp:
    """Return how to let a service forward to the address of its channel."""
    address = _address(channel.kind.lower(), token)
    if channel.kind == Channel.Kind.TRACCAR:
        return SetUp(
            steps=[_("Put these lines into the configuration of the server and restart it.")],
            ready="\n".join(
                f"<entry key='{key}'>{value}</entry>"
                for key, value in (
                    ("forward.type", "json"),
                    ("forward.url", address),
                    ("forward.retry.enable", "true"),
                    ("event.forward.type", "json"),
                    ("event.forward.url", address),
                )
            ),
            also=[_("Then add each device by its identifier on the page of the channel.")],
        )
    steps = {
        Channel.Kind.INREACH: _(
            "In Portal Connect of the inReach account, outbound settings: the address below, and"
            " the secret as static token."
        ),
        Channel.Kind.RAPIDPRO: _(
            "In a flow, Call Webhook by POST with the header “Authorization: Token” and the secret,"
            " then send @webhook.reply. A gateway posts from, text, id and date to this address."
        ),
        Channel.Kind.TWILIO: _("Set the address as the webhook of incoming messages, by POST."),
        Channel.Kind.AFRICASTALKING: _(
            "Set the address as the callback of incoming messages and of delivery reports. The"
            " service takes no answer, so nobody is answered by it."
        ),
        Channel.Kind.SMSSYNC: _(
            "Set the address as sync URL with the secret as its key, and switch on fetching tasks:"
            " so the phone sends our answers."
        ),
        Channel.Kind.TELEGRAM: _("Call setWebhook of the bot with the address as url and the"
                                 " secret as secret_token."),
    }  # fmt: skip
    step = steps.get(Channel.Kind(channel.kind), _("Let the service send to the address below."))
    return SetUp(steps=[step], ready=address, secret=secret)
