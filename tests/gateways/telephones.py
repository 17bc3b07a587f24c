"""Telephones that send short messages with their rolling codes, through a generic channel."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from tests.cast import Cast
from tests.gateways.senders import make_channel
from tracker.devices.models import Channel, Device, RawMessage
from tracker.devices.operations import add_device
from tracker.devices.rolling import code_at
from tracker.organisations.models import User

NUMBER = "+380501234567"
SECRET = "a secret of the gateway"
_COUNT = itertools.count(1)


@dataclass
class Telephone:
    """The telephone of a person; `code` gives its next code, `say` sends a message with it."""

    device: Device
    token: str
    number: str = NUMBER
    used: int = 0
    answers: list[HttpResponse] = field(default_factory=list)

    def code(self) -> str:
        """Return the next code of the list, crossed off."""
        self.used += 1
        return code_at(self.device, number=self.used - 1)

    def say(self, text: str, **more: Any) -> str:
        """Send a message with the next code and return the answer that comes back."""
        return self.send(f"{self.code()} {text}", **more)

    def send(self, text: str, *, message_id: str = "", **more: Any) -> str:
        """Send a message as it is and return the answer that comes back."""
        sent_id = message_id or f"m-{next(_COUNT)}"
        answer = deliver(self.token, text, number=self.number, message_id=sent_id, **more)
        self.answers.append(answer)
        return str(json.loads(answer.content)["reply"]) if answer.content else ""

    def raw(self) -> RawMessage:
        """Return the newest message of this telephone."""
        return RawMessage.objects.filter(device=self.device).order_by("-received_at", "-id")[0]


def deliver(
    token: str, text: str, *, number: str = NUMBER, message_id: str = "m-0", **fields: str
) -> HttpResponse:
    """Post a message as a gateway of RapidPro's shape does."""
    return Client(enforce_csrf_checks=True, raise_request_exception=False).post(
        f"/in/rapidpro/{token}/receive",
        urlencode({"from": number, "text": text, "id": message_id, **fields}),
        content_type="application/x-www-form-urlencoded",
        headers={"Authorization": f"Token {SECRET}"},
    )


def make_gateway(cast: Cast) -> str:
    """Register a generic channel and return the token of its address."""
    return make_channel(cast, Channel.Kind.RAPIDPRO, secret=SECRET)[1]


def make_telephone(
    cast: Cast, token: str, *, user: User | None = None, number: str = NUMBER
) -> Telephone:
    """Register the telephone of somebody of the operator, the monitor if nobody is named."""
    device, _token = add_device(
        kind=Device.Kind.SMS,
        organisation=cast.organisation,
        by=cast.dispatcher,
        at=timezone.now(),
        label=f"Phone {number[-2:]}",
        user=user or cast.monitor,
        number=number,
        secret=f"secret of {number}",
    )
    return Telephone(device, token, number)
