"""Kinds whose effect lies above this room: logged, folded nowhere, posted to nobody."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from tracker.fieldlog.kinds import Data, Kind

AlertId = Annotated[str, Meta(pattern=r"^[0-9a-f-]{36}$")]


class Alerted(Data, frozen=True, kw_only=True):
    """Which alert somebody took or ended."""

    alert: AlertId


KINDS = (
    Kind("alert.acknowledged", None, Alerted, allows=("corridor", "convoy")),
    Kind("alert.resolved", None, Alerted, allows=("corridor", "convoy")),
)
