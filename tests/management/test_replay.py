"""The replay of 1 April 2022: each line once, in its time, by the people of the demonstration."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from tracker.attempts.models import Attempt
from tracker.attempts.queries import agreement_of, positions_of
from tracker.checkpoints.models import CheckpointState
from tracker.convoys.models import Convoy, ConvoyShare
from tracker.convoys.queries import silences_of
from tracker.corridors.models import Corridor, CorridorState, Statement
from tracker.corridors.queries import corridor_verdict, validity_of
from tracker.exercises.clock import field_clock
from tracker.exercises.models import Exercise
from tracker.exercises.operations import begin_exercise
from tracker.fieldlog.models import LogEvent
from tracker.headcounts.models import PeopleEntry
from tracker.incidents.queries import incidents_newest_first, voices
from tracker.intake.folding import rebuild
from tracker.management.demo_accounts import OPERATOR, ROLES, find_crew, make_accounts
from tracker.management.record_setup import set_up
from tracker.management.replay_clock import pause_exercise, run_exercise
from tracker.management.replay_playing import Player, last_played_at
from tracker.management.replay_script import BadScriptError, Script, path_of_day, read_script
from tracker.organisations.models import Organisation, User
from tracker.organisations.permissions import may_log

VALIDITY = validity_of(passable_h=6, barred_h=24)
MACHINE = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


@pytest.fixture
def script() -> Script:
    return read_script(path_of_day("2022-04-01"))


@pytest.fixture
def told() -> list[str]:
    """Return what players say."""
    return []


@pytest.fixture
def player(db: None, tmp_path: Path, script: Script, told: list[str]) -> Player:
    """Return a player on what a demonstration sets up, without the history before that day."""
    make_accounts(tmp_path / "accounts.txt")
    setting = set_up(
        settings.BASE_DIR / "record", organisation=Organisation.objects.get(name=OPERATOR)
    )
    setting.corridor(origin=setting.places["Zaporizhzhia"], destination=setting.places["Mariupol"])
    pause_exercise(script, machine_now=MACHINE)
    return another(script, told)


def another(script: Script, told: list[str]) -> Player:
    """Return a player as a new start makes it."""
    crew = find_crew()
    assert crew is not None
    return Player(script, crew=crew, say=told.append)


def at(script: Script, hour: int, minute: int = 0) -> datetime:
    return script.begins_at.replace(hour=hour, minute=minute)


def person_of(username: str) -> User:
    """Return somebody of this role, who is in no database."""
    organisation = Organisation(name=OPERATOR, kind=Organisation.Kind.OPERATOR)
    return User(username=username, role=ROLES[username], organisation=organisation)


def status(slug: str, moment: datetime) -> str:
    corridor = Corridor.objects.select_related("state").get(slug=slug)
    return corridor_verdict(corridor, validity=VALIDITY, at=moment).status


def test_all_that_happens_on_the_road_is_marked_as_constructed(script: Script) -> None:
    on_the_road = [line for line in script.lines if {"convoy", "checkpoint"} & set(line.subjects)]

    assert len(on_the_road) > 70
    assert all(line.constructed for line in on_the_road)


def test_a_statement_whose_hour_is_constructed_says_so(script: Script) -> None:
    said = [line for line in script.lines if line.source and line.source["party"] != "field"]

    unmarked = [line for line in said if "The hour is constructed" not in line.reason]
    assert [line.occurred_at for line in unmarked] == [at(script, 17, 51)]


def test_people_log_what_their_role_allows(script: Script) -> None:
    logged = {(line.by, line.kind) for line in script.lines if not line.share}

    refused = [each for each in logged if not may_log(person_of(each[0]), each[1])]
    assert refused == []


def test_every_line_of_the_day_is_accepted(player: Player, script: Script, told: list[str]) -> None:
    player.play_until(script.ends_at)

    assert [line for line in told if "refused" in line] == []
    assert player.next_at() is None


def test_every_silence_of_the_day_is_ended_by_name(player: Player, script: Script) -> None:
    player.play_until(script.ends_at)

    convoy = Convoy.objects.get(code="M1")
    spells = silences_of([convoy])[convoy.pk].silence.spells
    in_the_day = [spell for spell in spells if spell.began_at < script.ends_at]
    assert len(in_the_day) == 4
    assert all(spell.ended for spell in in_the_day)


def test_no_line_is_logged_before_its_time(player: Player, script: Script) -> None:
    noon = at(script, 12)

    player.play_until(noon)

    logged = LogEvent.objects.filter(received_at__gte=script.begins_at)
    assert logged.exists()
    assert not logged.filter(received_at__gt=noon).exists()
    assert not logged.filter(ordered_at__gt=noon).exists()
    assert player.next_at() == at(script, 12, 30)


def test_one_party_says_so_and_the_corridor_is_never_open(player: Player, script: Script) -> None:
    seen = {}
    for hour in range(6, 20):
        player.play_until(at(script, hour, 59))
        seen[hour] = status("mariupol-zaporizhzhia", at(script, hour, 59))

    assert (seen[6], seen[12], seen[17]) == ("ANNOUNCED", "ANNOUNCED", "SUSPENDED")
    assert "OPEN" not in seen.values()


def test_at_half_past_three_the_convoy_is_held_at_vasylivka(player: Player, script: Script) -> None:
    player.play_until(at(script, 15, 30))

    convoy = Convoy.objects.get(code="M1")
    assert (convoy.state, convoy.head_km, convoy.vehicles.count()) == ("HELD", 149.3, 42)
    assert convoy.at_checkpoint is not None
    assert convoy.at_checkpoint.name == "Vasylivka"
    assert set(CheckpointState.objects.filter(status="RESTRICTED").values_list(
        "checkpoint__name", flat=True)) == {"Vasylivka"}  # fmt: skip


def test_the_corrected_count_stands_and_the_first_one_stays_in_the_log(
    player: Player, script: Script
) -> None:
    player.play_until(at(script, 14))

    counted = PeopleEntry.objects.get(category="COUNTED")
    assert counted.people == 2300
    assert counted.event.data["people"] == 2312
    assert counted.event.corrections.get().reason == "Bus B17 was counted twice."


def test_on_belgorod_every_voice_is_kept_apart(
    player: Player, script: Script, told: list[str]
) -> None:
    about = [line for line in script.lines if line.subjects.get("incident") == "I011"]
    another(replace(script, lines=tuple(about)), told).play_until(script.ends_at)

    incident = incidents_newest_first(at=script.ends_at).get(record_ref="I011")
    counted = voices(incident.claims.all())
    assert (counted.claims, counted.denials, counted.neither) == (2, 1, 5)
    assert {each.injured for each in incident.claims.all()} == {2, 0, None}


def test_the_day_ends_without_an_arrival(player: Player, script: Script) -> None:
    player.play_until(script.ends_at)

    attempts = {each.record_ref: each.status for each in Attempt.objects.filter(day="2022-04-01")}
    last = Statement.objects.filter(corridor__slug="mariupol-zaporizhzhia").latest("said_at")
    assert attempts == {"A035": "UNDER_WAY", "A036": "UNDER_WAY", "A037": "FAILED"}
    assert Convoy.objects.get(code="M1").ended_at is None
    assert last.says == "We do not know when they arrive. It depends on the checkpoints."


def test_the_points_agreed_are_one_of_eleven(player: Player, script: Script) -> None:
    player.play_until(at(script, 7))

    corridor = Corridor.objects.get(slug="mariupol-zaporizhzhia")
    agreement = agreement_of(positions_of(corridor=corridor, at=at(script, 7)))
    states = {point.item: point.state for point in agreement.points}
    assert (agreement.agreed, states["TIME"], states["AID"]) == (1, "ONE_SIDE", "CONTESTED")


def test_a_second_start_doubles_nothing_and_goes_on(
    player: Player, script: Script, told: list[str]
) -> None:
    player.play_until(at(script, 13))
    facts = LogEvent.objects.count()

    again = another(script, told)
    assert again.play_until(at(script, 13)) == 0
    assert LogEvent.objects.count() == facts
    again.play_until(script.ends_at)

    assert LogEvent.objects.filter(kind="people.counted").count() == 2
    assert Convoy.objects.get(code="M1").vehicles.count() == 42


def test_played_at_once_or_line_by_line_the_state_is_the_same(
    player: Player, script: Script
) -> None:
    for minutes in range(0, 14 * 60 + 1, 20):
        player.play_until(script.begins_at + timedelta(minutes=minutes))
    before = (Convoy.objects.values().get(), list(CorridorState.objects.order_by("pk").values()))

    rebuild()

    after = (Convoy.objects.values().get(), list(CorridorState.objects.order_by("pk").values()))
    assert after == before


def test_the_partner_is_shown_the_convoy_without_its_position(
    player: Player, script: Script
) -> None:
    player.play_until(at(script, 8))

    share = ConvoyShare.objects.get(convoy__code="M1")
    assert (share.shares_position, share.shares_counts) == (False, True)


def test_a_share_that_was_taken_back_does_not_come_again(
    player: Player, script: Script, told: list[str]
) -> None:
    player.play_until(at(script, 8))
    player.play_until(at(script, 9))
    ConvoyShare.objects.all().delete()

    another(script, told).play_until(script.ends_at)

    assert not ConvoyShare.objects.exists()


def test_the_clock_goes_on_where_it_was_left(player: Player, script: Script) -> None:
    player.play_until(at(script, 12, 30))

    run_exercise(script, speed=60, machine_now=MACHINE)

    exercise = Exercise.objects.get(ended_at=None)
    assert (exercise.starts_at, exercise.speed) == (at(script, 12, 30), 60)
    assert last_played_at(script) == at(script, 12, 30)


def test_a_demonstration_that_was_left_alone_stands_at_the_speed_of_real_time(
    player: Player, script: Script
) -> None:
    player.play_until(at(script, 12, 30))
    run_exercise(script, speed=60, machine_now=MACHINE - timedelta(days=2))

    pause_exercise(script, machine_now=MACHINE)

    exercise = Exercise.objects.get(ended_at=None)
    assert (exercise.starts_at, exercise.speed) == (at(script, 12, 30), 1)


def test_an_exercise_of_somebody_else_is_left_alone(player: Player, script: Script) -> None:
    begin_exercise(name="Ours", starts_at=MACHINE, speed=2, machine_now=MACHINE)

    with pytest.raises(CommandError, match="Another exercise runs"):
        call_command("replay", "2022-04-01", stdout=StringIO())

    assert Exercise.objects.get(ended_at=None).name == "Ours"


def test_after_the_script_real_time_goes_on_from_that_evening(
    player: Player, script: Script
) -> None:
    player.play_until(script.ends_at)
    printed = StringIO()

    call_command("replay", "2022-04-01", "--speed=3600", stdout=printed)

    clock = field_clock()
    assert "The script has ended" in printed.getvalue()
    assert (clock.name, clock.speed) == ("1 April 2022", 1)
    assert timedelta(0) <= clock.now - script.ends_at < timedelta(hours=1)


def test_the_exercise_can_be_ended(player: Player, script: Script) -> None:
    call_command("replay", "2022-04-01", "--end", stdout=StringIO())

    assert not field_clock().is_exercise


@pytest.mark.parametrize("day", ["2022-04-02", "tomorrow", "../places"])
def test_a_day_without_a_script_is_refused_in_words(db: None, day: str) -> None:
    with pytest.raises(CommandError, match=r"no script|not a day"):
        call_command("replay", day, stdout=StringIO())


def test_without_demonstration_accounts_nothing_is_played(db: None) -> None:
    with pytest.raises(CommandError, match=r"manage\.py demo"):
        call_command("replay", "2022-04-01", stdout=StringIO())


def test_a_spoiled_script_is_refused_in_words(tmp_path: Path) -> None:
    spoiled = tmp_path / "script.json"
    spoiled.write_text('{"day": "2022-04-01", "time_zone": "Europe/Kyiv", "lines": [{}]}')

    with pytest.raises(BadScriptError, match="is no script"):
        read_script(spoiled)
