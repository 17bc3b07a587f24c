"""What a replay needs beside its script: a reception centre, and how often word is expected."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.db import transaction

from tracker.convoys.queries import convoys_under_way_on
from tracker.corridors.models import Corridor, Place
from tracker.corridors.queries import legs_in_order
from tracker.corridors.setup import add_leg
from tracker.intake.folding import fold_subjects
from tracker.management.replay_script import BadScriptError
from tracker.management.replay_tracks import MARK
from tracker.organisations.models import Organisation
from tracker.reception.models import ReceptionCentre
from tracker.reception.operations import open_centre


@transaction.atomic
def set_scene(path: Path, *, organisation: Organisation) -> int:
    """Set up what the script of a day has as its scene, and return how much of it is new.

    What stands already is left as somebody may have changed it. Raises BadScriptError for a scene
    in a place or on a corridor that is not there.
    """
    scene = json.loads(path.read_text(encoding="utf-8")).get("scene", {})
    try:
        centres = [_centre(told, organisation) for told in scene.get("centres", [])]
        legs = [_leg(told) for told in scene.get("legs", [])]
    except (KeyError, TypeError, Place.DoesNotExist, Corridor.DoesNotExist) as error:
        raise BadScriptError(f"{path} has no scene: {type(error).__name__} {error}.") from None
    return sum((*centres, *legs))


def _centre(told: Mapping[str, Any], organisation: Organisation) -> bool:
    name = f"{told['name']} ({MARK})"
    if ReceptionCentre.objects.filter(organisation=organisation, name=name).exists():
        return False
    place = Place.objects.get(name=told["place"])
    open_centre(organisation=organisation, name=name, place=place, capacity=told["capacity"])
    return True


def _leg(told: Mapping[str, Any]) -> bool:
    corridor = Corridor.objects.get(slug=told["corridor"])
    stretch = {"from_km": told["from_km"], "until_km": told["until_km"]}
    if legs_in_order(corridor).filter(**stretch).exists():
        return False
    add_leg(
        corridor=corridor,
        interval_min=told["interval_min"],
        grace_min=told["grace_min"],
        is_silence_zone=told["is_silence_zone"],
        why=f"{told['why']} ({MARK})",
        **stretch,
    )
    # When a convoy on the road is due rests on its legs.
    fold_subjects([("convoy", key) for key in convoys_under_way_on(corridor)])
    return True
