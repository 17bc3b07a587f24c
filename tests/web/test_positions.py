"""The pages of positions say how old each place is, by which device, and who has strayed."""

from __future__ import annotations

import random
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.cast import Cast
from tests.convoys.journeys import it_is
from tests.factories import Road
from tests.positions.scenes import BEFORE, START, Trackers, as_fixes, at_km, tracker, with_trackers
from tests.positions.tracks import Track, drive, moment
from tests.web.test_convoys import text_of
from tracker.alerts.models import Alert, AlertState
from tracker.alerts.watching import watch
from tracker.convoys.models import ConvoyShare
from tracker.devices.models import Device, RawMessage
from tracker.devices.operations import assign_device
from tracker.exercises.clock import field_clock
from tracker.fieldlog.models import LogEvent
from tracker.positions.models import PositionFix
from tracker.positions.operations import add_fixes

pytestmark = pytest.mark.django_db
POSITIONS = "/convoys/M1/positions/"


@pytest.fixture
def convoy(cast: Cast, road: Road) -> Trackers:
    """Return a convoy of four buses on the road; field time of the page is 09:20 in Kyiv."""
    convoy = with_trackers(cast, road, buses=4)
    convoy.column.tell("convoy.departed", 0)
    for minute in (25, 50, 75):
        convoy.column.tell("contact.made", minute)
    return convoy


def on_the_road(convoy: Trackers) -> None:
    for bus, km in ((1, 43.1), (2, 42), (3, 40.8)):
        convoy.report(bus, at_km(km - 2, 8), at_km(km, 16))


def off_the_road(convoy: Trackers) -> None:
    convoy.report(1, *(at_km(44 + n / 2, 16 + n, north_m=1_100) for n in range(1, 4)))


def test_lead_and_tail_stand_with_the_age_of_the_observation(
    client: Client, cast: Cast, convoy: Trackers
) -> None:
    on_the_road(convoy)
    it_is(80)

    text = text_of(client, cast.dispatcher, reverse("convoy", args=["M1"]))
    html = client.get(reverse("convoy", args=["M1"])).content.decode()

    assert "By trackers, 3 of 4 vehicles: lead km 43.1, tail km 40.8, 4 min ago" in text
    assert html.count('class="mk fresh"') == 3


def test_an_old_place_fades_and_is_never_fresh(
    client: Client, cast: Cast, convoy: Trackers
) -> None:
    on_the_road(convoy)
    it_is(130)

    text = text_of(client, cast.dispatcher, POSITIONS)
    html = client.get(POSITIONS).content.decode()
    strip = client.get(reverse("convoy", args=["M1"])).content.decode()

    assert "54 min ago" in text
    assert html.count('data-age="old"') >= 4
    assert 'data-age="fresh"' not in html
    assert strip.count('class="mk old"') == 3


def test_each_vehicle_stands_with_its_device_and_one_without_says_so(
    client: Client, cast: Cast, convoy: Trackers
) -> None:
    on_the_road(convoy)
    phone = tracker(cast, "driver’s phone", kind=Device.Kind.PHONE)
    assign_device(
        device=phone,
        convoy=convoy.column.row,
        vehicle=convoy.bus(3),
        at=BEFORE,
        by=None,
        priority=2,
    )
    later = at_km(44, 28, battery_pct=61.0)
    add_fixes(device=phone, fixes=[later], raw=None, at=later.fixed_at)
    it_is(90)

    text = text_of(client, cast.viewer, POSITIONS)

    assert "phone with the field log, in place of T3, which is silent, battery 61 %" in text
    assert "T1 tracker, in use" in text
    assert "B4 no place yet" in text


def test_a_false_position_says_why_it_is_not_believed(
    client: Client, cast: Cast, convoy: Trackers
) -> None:
    on_the_road(convoy)
    convoy.report(2, at_km(150, 18))
    it_is(80)

    text = text_of(client, cast.viewer, POSITIONS)
    track = text_of(client, cast.viewer, f"{POSITIONS}{convoy.bus(2).pk}/")
    html = client.get(f"{POSITIONS}{convoy.bus(2).pk}/").content.decode()

    assert "09:18 : jumped" in text
    assert "jumped" in track
    assert html.count("<del>") == 1


def test_a_late_fix_says_in_the_track_when_it_came(
    client: Client, cast: Cast, convoy: Trackers
) -> None:
    on_the_road(convoy)
    convoy.report(2, at_km(38, 2), at=START.replace(hour=8))
    it_is(80)

    assert "came 1 h 58 later" in text_of(client, cast.viewer, f"{POSITIONS}{convoy.bus(2).pk}/")


def test_who_has_left_the_road_needs_a_person_until_a_reason_is_given(
    client: Client, cast: Cast, convoy: Trackers
) -> None:
    on_the_road(convoy)
    off_the_road(convoy)
    it_is(80)
    board = text_of(client, cast.dispatcher, reverse("board"))
    page = text_of(client, cast.dispatcher, reverse("convoy", args=["M1"]))

    sent = {"problem": "off_route", "reason": "Crater at km 44, detour by the fields (driver)."}
    answer = client.post(f"{POSITIONS}known/", sent)
    after = text_of(client, cast.dispatcher, reverse("board"))
    explained = text_of(client, cast.dispatcher, POSITIONS)

    assert answer.status_code == 302
    assert "B1 off the road" in board
    assert "B1 off the road since 09:17" in page
    assert "B1 off the road, known" in after
    assert "Crater at km 44, detour by the fields (driver)." in explained
    assert Alert.objects.get(kind="convoy.positions").state == AlertState.RESOLVED
    assert LogEvent.objects.get(kind="alert.resolved").by == cast.dispatcher


def test_a_reason_for_one_bus_is_none_for_the_next_and_stays_for_the_first(
    client: Client, cast: Cast, convoy: Trackers
) -> None:
    on_the_road(convoy)
    off_the_road(convoy)
    it_is(80)
    client.force_login(cast.dispatcher)
    client.post(f"{POSITIONS}known/", {"problem": "off_route", "reason": "Detour."})

    convoy.report(2, *(at_km(42 + n / 2, 22 + n, north_m=1_100) for n in range(1, 4)))
    it_is(86)
    watch(clock=field_clock(), now=timezone.now())
    text = text_of(client, cast.dispatcher, POSITIONS)

    assert "B2 off the road B2, since 09:23" in text
    assert "B1 off the road B1, since 09:17 · dispatcher: Detour." in text


def test_a_reason_is_asked_for_and_only_given_for_what_stands(
    client: Client, cast: Cast, convoy: Trackers
) -> None:
    on_the_road(convoy)
    it_is(80)
    client.force_login(cast.dispatcher)

    empty = client.post(f"{POSITIONS}known/", {"problem": "off_route", "reason": " "})
    nothing = client.post(
        f"{POSITIONS}known/", {"problem": "off_route", "reason": "x"}, follow=True
    )

    assert empty.status_code == 422
    assert "Nothing of the kind stands any more." in nothing.content.decode()
    assert not LogEvent.objects.filter(kind="alert.resolved").exists()


def test_without_a_line_of_the_road_the_page_says_how_rough_it_is(
    client: Client, cast: Cast, road: Road
) -> None:
    convoy = with_trackers(cast, road)
    route = road.route
    route.path = []
    route.save(update_fields=["path"])
    for place, km in ((road.corridor.origin, 0), (road.corridor.destination, 290.5)):
        route.points.create(place=place, km=km)
    convoy.report(1, at_km(10, 0))
    it_is(80)

    text = text_of(client, cast.viewer, POSITIONS)

    assert "The line of this road is not known: positions are matched to straight lines" in text


def test_a_partner_with_a_share_has_no_page_of_positions(
    client: Client, cast: Cast, convoy: Trackers
) -> None:
    on_the_road(convoy)
    ConvoyShare.objects.create(
        convoy=convoy.column.row, organisation=cast.partner_organisation, shares_position=True
    )
    ConvoyShare.objects.create(
        convoy=convoy.column.row, organisation=cast.other_organisation, shares_position=True
    )
    for who, status in ((cast.partner, 403), (cast.outsider, 404)):
        client.force_login(who)
        assert client.get(POSITIONS).status_code == status
        assert client.get(f"{POSITIONS}{convoy.bus(1).pk}/").status_code == status


def test_the_page_needs_as_many_queries_for_ten_buses_as_for_four(
    client: Client, cast: Cast, road: Road, django_assert_max_num_queries: Any
) -> None:
    convoy = with_trackers(cast, road, buses=10)
    for bus in range(1, 11):
        convoy.report(bus, at_km(40 + bus, 10))
    it_is(80)
    client.force_login(cast.dispatcher)

    with django_assert_max_num_queries(20):
        assert client.get(POSITIONS).status_code == 200


# --- recorded tracks ----------------------------------------------------------------------------


def gpx(track: Track, *extra: str) -> SimpleUploadedFile:
    points = "".join(
        f'<trkpt lat="{seen.lat}" lon="{seen.lon}"><time>{moment(seen).isoformat()}</time></trkpt>'
        for seen in track
    )
    inner = points + "".join(extra)
    body = f"<gpx version='1.1'><trk><trkseg>{inner}</trkseg></trk></gpx>"
    return SimpleUploadedFile("track.gpx", body.encode(), content_type="application/gpx+xml")


UPLOAD = reverse("gpx_upload")


def test_a_recorded_track_is_shown_first_and_then_loaded_once(
    client: Client, cast: Cast, convoy: Trackers
) -> None:
    track = drive(random.Random(1), fixes=40)
    convoy.report(1, as_fixes(track)[5])
    it_is(120)
    client.force_login(cast.monitor)
    whose = str(convoy.devices[0].pk)

    sent = client.post(UPLOAD, {"whose": whose, "file": gpx(track, "<trkpt lat='1' lon='2'/>")})
    check = sent["Location"]
    shown = text_of(client, cast.monitor, check)
    stored_before = PositionFix.objects.count()
    loaded = client.post(check)
    again = client.post(check)

    assert "New points 39 Known already 1" in shown
    assert "Point 41: has no time" in shown
    assert stored_before == 1
    assert (loaded.status_code, again.status_code) == (302, 404)
    assert PositionFix.objects.filter(gateway="gpx", vehicle=convoy.bus(1)).count() == 39
    assert RawMessage.objects.get(gateway="gpx").understood == {"stored": 39, "duplicate": 1}


def test_a_track_is_loaded_for_a_vehicle_whose_recorder_nobody_registered(
    client: Client, cast: Cast, convoy: Trackers
) -> None:
    bus = convoy.bus(4)
    it_is(120)
    client.force_login(cast.monitor)
    for seed, second in ((1, 1800), (2, 0)):
        track = drive(random.Random(seed), fixes=10, second=second, metres=6_000 + second * 8)
        sent = client.post(UPLOAD, {"whose": str(bus.pk), "file": gpx(track)})
        client.post(sent["Location"])

    device = Device.objects.get(label="GPX M1 B4")
    assert device.fixes.filter(vehicle=bus, flags=[]).count() == 20
    assert convoy.track(4).fix is not None


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"no xml at all", "This is no GPX file"),
        (b"<kml/>", "This is XML, but no GPX file."),
        (b"<!DOCTYPE g [<!ENTITY a 'b'>]><gpx>&a;</gpx>", "declares entities"),
        (b" " * (5 * 1024 * 1024 + 1), "larger than 5 MB"),
        (b"<gpx>" + b"<a>" * 40, "nested too deeply"),
    ],
)
def test_a_bad_file_is_refused_in_words_and_leaves_nothing(
    client: Client, cast: Cast, convoy: Trackers, body: bytes, words: str
) -> None:
    it_is(120)
    client.force_login(cast.monitor)

    answer = client.post(
        UPLOAD,
        {"whose": str(convoy.devices[0].pk), "file": SimpleUploadedFile("x.gpx", body)},
    )

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not RawMessage.objects.exists()


def test_a_file_with_nothing_new_offers_nothing_to_load(
    client: Client, cast: Cast, convoy: Trackers
) -> None:
    track = drive(random.Random(1), fixes=5)
    convoy.report(1, *as_fixes(track))
    it_is(120)
    client.force_login(cast.monitor)

    sent = client.post(UPLOAD, {"whose": str(convoy.devices[0].pk), "file": gpx(track)})
    answer = client.post(sent["Location"])

    assert answer.status_code == 200
    assert "There is nothing new to load." in answer.content.decode()


def test_nobody_loads_for_a_device_of_another_organisation_or_sees_its_file(
    client: Client, cast: Cast, convoy: Trackers
) -> None:
    it_is(120)
    track = drive(random.Random(1), fixes=5)
    fields = {"whose": str(convoy.devices[0].pk), "file": gpx(track)}
    client.force_login(cast.outsider)
    foreign = client.post(UPLOAD, fields)
    client.force_login(cast.monitor)
    own = client.post(UPLOAD, {**fields, "file": gpx(track)})

    client.force_login(cast.outsider)

    assert foreign.status_code == 422
    assert client.get(own["Location"]).status_code == 404
