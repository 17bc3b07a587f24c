"""Importing a record: whole or not at all, repeatable, with every problem in words."""

from __future__ import annotations

import shutil
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from tests.cast import Cast
from tests.factories import log, make_road, new_event
from tracker.attempts.models import Attempt
from tracker.attempts.queries import base_rate_until
from tracker.checkpoints.models import Checkpoint, CheckpointReport, CheckpointState
from tracker.corridors.models import Corridor, Place, Statement
from tracker.corridors.queries import route_in_use
from tracker.exercises.clock import field_now
from tracker.fieldlog.models import LogEvent
from tracker.incidents.models import Claim, Incident
from tracker.intake.folding import rebuild
from tracker.management.record_setup import record_id
from tracker.outbox.models import OutboxRow

RECORD = settings.BASE_DIR / "record"


def load(folder: Path, *arguments: str) -> str:
    """Run the command and return what it prints."""
    printed = StringIO()
    operator = "--organisation=Corridor Operator"
    call_command("load_record", str(folder), *arguments, operator, stdout=printed)
    return printed.getvalue()


def refusal(folder: Path) -> str:
    """Run the command, which must refuse, and return its words."""
    with pytest.raises(CommandError) as refused:
        load(folder)
    return str(refused.value)


def spoil(record: Path, file: str, old: str, new: str) -> None:
    text = (record / file).read_text(encoding="utf-8")
    assert old in text
    (record / file).write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.fixture
def record(tmp_path: Path, cast: Cast) -> Path:
    """Return a copy of the record that a test may spoil."""
    return Path(shutil.copytree(RECORD, tmp_path / "record"))


def tables() -> dict[str, list[dict[str, object]]]:
    """Return every row that a load can make."""
    models = (Attempt, Incident, Claim, CheckpointReport, CheckpointState, Statement)
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in models}


def test_the_whole_record_is_loaded_with_the_outcomes_that_its_description_counts(
    cast: Cast,
) -> None:
    load(RECORD)

    ukraine = Corridor.objects.filter(attempts__record_ref__startswith="A").distinct()
    known = base_rate_until(at=field_now(), corridors=ukraine)
    from_the_coast = ukraine.filter(
        origin__name__in=["Mariupol", "Berdiansk"], destination__name="Zaporizhzhia"
    )
    coast = base_rate_until(at=field_now(), corridors=from_the_coast)
    assert (known.n, known.succeeded, known.partly, known.failed, known.cancelled) == (
        *(55, 14, 18, 16, 7),
    )
    assert (coast.n, coast.succeeded, coast.partly, coast.failed, coast.cancelled) == (
        *(29, 8, 13, 7, 1),
    )
    assert Attempt.objects.filter(record_ref__startswith="O").count() == 17
    assert (Incident.objects.count(), Claim.objects.count()) == (15, 46)


def test_what_was_not_reported_stays_empty(cast: Cast) -> None:
    load(RECORD)

    attempts = {each.record_ref: each for each in Attempt.objects.all()}
    claims = {each.record_ref: each for each in Claim.objects.all()}
    assert (attempts["A002"].people_arrived, attempts["A001"].people_arrived) == (None, 0)
    assert (claims["S028"].injured, claims["S028"].killed, claims["S031"].killed) == (2, 0, None)
    assert claims["S019"].said_at is None


def test_the_road_has_reported_lengths_and_its_gate(cast: Cast) -> None:
    load(RECORD)

    road = route_in_use(Corridor.objects.get(slug="mariupol-zaporizhzhia"))
    assert road is not None
    points = {point.place.name: point.km for point in road.points.all()}
    assert (road.length_km, points["Berdiansk"], points["Tokmak"]) == (290.5, 84, 191.7)
    gates = Checkpoint.objects.filter(kind=Checkpoint.Kind.GATE)
    assert {(gate.name, gate.km) for gate in gates} == {("Vasylivka", 233.3), ("Vasylivka", 149.3)}


def test_the_corridors_to_zaporizhzhia_are_public_and_no_others(cast: Cast) -> None:
    load(RECORD)

    public = Corridor.objects.filter(is_public=True).values_list("slug", flat=True)
    assert sorted(public) == [
        f"{origin}-zaporizhzhia" for origin in ("berdiansk", "enerhodar", "mariupol", "melitopol")
    ]


def test_a_second_load_doubles_nothing(cast: Cast) -> None:
    load(RECORD)
    before, facts, posted = tables(), LogEvent.objects.count(), OutboxRow.objects.count()

    printed = load(RECORD)

    assert tables() == before
    assert (LogEvent.objects.count(), OutboxRow.objects.count()) == (facts, posted)
    assert f"0 facts new, {facts} stood already" in printed


def test_a_dry_run_says_the_same_and_keeps_nothing(cast: Cast) -> None:
    printed = load(RECORD, "--dry-run")

    assert "Imported 77 attempts" in printed
    assert "nothing was kept" in printed
    assert not LogEvent.objects.exists()
    assert not Place.objects.exists()


def test_a_load_until_a_day_knows_nothing_later(cast: Cast) -> None:
    load(RECORD, "--until=2022-03-31")

    assert not Attempt.objects.filter(day__gt=date(2022, 3, 31)).exists()
    assert not Incident.objects.filter(record_ref="I011").exists()
    assert Attempt.objects.filter(record_ref="A032").exists()


def test_every_problem_is_named_by_file_and_row_and_nothing_is_loaded(record: Path) -> None:
    spoil(record, "evacuation_attempts.csv", "A001,2022-03-05", "A001,5 March")
    spoil(
        record, "evacuation_attempts.csv", "yes,completed,arrived,,none_stated,61", "yes,fine,,,,"
    )
    spoil(record, "incident_statements.csv", "S012,I005", "S012,I099")
    spoil(record, "checkpoint_waits.csv", ",34,48,", ",34,two days,")

    words = refusal(record)

    assert "evacuation_attempts.csv row 2: date is “5 March”" in words
    assert "incident_statements.csv row 13: incident_id I099" in words
    assert "checkpoint_waits.csv row 2: upper_h is “two days”" in words
    assert "Nothing was loaded" in words
    assert not LogEvent.objects.exists()
    assert not Corridor.objects.exists()


def test_a_row_of_another_length_is_named(record: Path) -> None:
    spoil(record, "incidents.csv", "I003,2022-03-06", "I003,one,cell,too,many,2022-03-06")

    assert "incidents.csv row 4" in refusal(record)


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("places.csv", "47.09514", "470.9514", "places.csv row 2: lat is 470.951"),
        ("places.csv", "lat,lon", "latitude,lon", "Column missing: lat"),
        ("evacuation_attempts.csv", ",200000,0,", ",-200000,0,", "people_planned is “-200000”"),
        ("evacuation_attempts.csv", ",200000,0,", ",2e5,0,", "people_planned is “2e5”"),
        ("incident_statements.csv", "ukraine,claims", "ukraine,shouts", "stance is “shouts”"),
        ("checkpoint_waits.csv", "Vasylivka,Vasylivka", "Vasylivka,Atlantis", "“Atlantis”"),
        ("checkpoint_waits.csv", "same day\",1,8", "same day\",9,8", "The lower number is above"),
        ("route_mariupol_zaporizhzhia.json", "{", "", "Not a file of routes"),
    ],
)  # fmt: skip
def test_a_bad_cell_is_refused_in_words(
    record: Path, file: str, old: str, new: str, words: str
) -> None:
    spoil(record, file, old, new)

    assert words in refusal(record)


def test_a_missing_file_is_named(record: Path) -> None:
    (record / "incidents.csv").unlink()

    assert "incidents.csv row 1: There is no such file" in refusal(record)


def test_a_row_that_changed_since_it_was_loaded_is_refused(record: Path) -> None:
    load(record)
    spoil(record, "evacuation_attempts.csv", ",200000,0,", ",100000,0,")

    words = refusal(record)

    assert "evacuation_attempts.csv row 2: An entry with this id stands already" in words


def test_what_an_exercise_has_logged_is_left_out_and_said(cast: Cast, tmp_path: Path) -> None:
    attempt = record_id(cast.organisation, "A036")
    corridor = make_road(operator=cast.organisation).corridor
    plan = new_event(
        "attempt.planned",
        data={"day": "2022-04-01", "record_ref": "A036"},
        attempt=attempt,
        corridor=corridor.pk,
    )
    log(plan, organisation=cast.organisation)

    printed = load(RECORD)

    assert "so left out: evacuation_attempts.csv row 37." in printed
    assert Attempt.objects.filter(record_ref="A036").count() == 1
    assert Attempt.objects.get(pk=attempt).status == "PLANNED"


def test_several_operators_must_be_told_apart(cast: Cast) -> None:
    with pytest.raises(CommandError, match="--organisation NAME"):
        call_command("load_record", str(RECORD), stdout=StringIO())


def test_a_rebuild_gives_the_rows_that_were_loaded(cast: Cast) -> None:
    load(RECORD)
    before = tables()
    Claim.objects.update(says="spoiled")
    Attempt.objects.update(buses=1)

    rebuild()

    assert tables() == before
