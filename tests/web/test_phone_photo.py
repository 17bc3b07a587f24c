"""A photo is shown without what the camera wrote into it; its original is sealed by its hash."""

from __future__ import annotations

import struct
import zlib
from hashlib import sha256
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image

from tests.cast import Cast
from tests.factories import Road
from tests.web.phones import Phone, base64url, sealed_to
from tests.web.test_phone_send import plan
from tracker.evidence.models import EvidenceItem
from tracker.evidence.queries import original_of
from tracker.fieldlog.models import LogEvent

SECRET = b"47.8516N 35.1171E by a camera"


@pytest.fixture
def phone(cast: Cast, road: Road) -> Phone:
    plan(cast, road)
    return Phone().sign_in(cast.monitor)


def jpeg(colour: str = "red") -> bytes:
    """Return a JPEG that says in four ways where it was taken."""
    image, out = Image.new("RGB", (640, 480), colour), BytesIO()
    exif = Image.Exif()
    exif[0x010E], exif[0x0112] = SECRET.decode(), 6
    exif.get_ifd(0x8825)[2] = (47.0, 51.0, 6.0)
    image.save(out, "JPEG", exif=exif, comment=SECRET, icc_profile=SECRET)
    return out.getvalue()


def photo_of(phone: Phone, raw: bytes, entry_id: str, photo_id: str = "") -> Any:
    photo_id = photo_id or str(uuid4())
    sealed = sealed_to(phone.key(), raw, entry_id=photo_id)
    body = {"id": photo_id, "entry": entry_id, "sealed": base64url(sealed)}
    return phone.post("phone_photo", body)


def taken(phone: Phone, kind: str = "convoy.held") -> EvidenceItem:
    """Send an entry with its photo, the photo first."""
    entry = phone.entry(kind, next=True, people=None)
    photo_of(phone, jpeg(), entry["id"])
    phone.send(entry)
    return EvidenceItem.objects.get()


def test_what_is_shown_holds_nothing_that_the_camera_wrote(phone: Phone, cast: Cast) -> None:
    item = taken(phone)
    desk = Client()
    desk.force_login(cast.viewer)

    shown = desk.get(reverse("photo", args=[item.pk]))

    image = Image.open(BytesIO(shown.content))
    assert SECRET in jpeg()
    assert SECRET not in shown.content
    assert b"Exif" not in shown.content
    assert not image.getexif()
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    # It was turned upright by what is now gone.
    assert image.size == (480, 640)
    assert "no-store" in shown["Cache-Control"]


def test_the_original_is_sealed_and_its_hash_is_that_of_the_file(phone: Phone) -> None:
    item = taken(phone)

    assert item.sha256 == sha256(jpeg()).hexdigest()
    assert original_of(item) == jpeg()
    assert SECRET not in bytes(item.original_sealed)


def test_the_entry_page_shows_the_photo_with_its_hash(phone: Phone, cast: Cast) -> None:
    item = taken(phone)
    held = LogEvent.objects.get(via="phone")
    desk = Client()
    desk.force_login(cast.dispatcher)

    page = desk.get(reverse("entry", args=[held.pk])).content.decode()

    assert reverse("photo", args=[item.pk]) in page
    assert item.sha256 in page


def test_a_photo_sent_again_is_a_repeat_and_another_under_its_id_is_refused(phone: Phone) -> None:
    entry_id, photo_id = str(uuid4()), str(uuid4())

    outcomes = [
        photo_of(phone, raw, entry_id, photo_id).json()["outcome"]
        for raw in (jpeg(), jpeg(), jpeg("blue"))
    ]

    assert outcomes == ["received", "repeat", "refused"]
    assert EvidenceItem.objects.count() == 1


@pytest.mark.parametrize("who", ["partner", "outsider", "nobody"])
def test_a_photo_is_for_nobody_outside_the_operation(phone: Phone, cast: Cast, who: str) -> None:
    item, browser = taken(phone), Client()
    if who != "nobody":
        browser.force_login(getattr(cast, who))

    answer = browser.get(reverse("photo", args=[item.pk]))

    assert answer.status_code in (302, 403, 404)


def test_a_photo_of_what_befell_people_is_for_few(phone: Phone, cast: Cast) -> None:
    item = taken(phone, "people.detained")
    answers = {}
    for name in ("viewer", "coordinator"):
        browser = Client()
        browser.force_login(getattr(cast, name))
        answers[name] = browser.get(reverse("photo", args=[item.pk])).status_code

    assert answers == {"viewer": 404, "coordinator": 200}


def _png(width: int, height: int) -> bytes:
    """Return a PNG of a few bytes that claims to be so large."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"GIF89a" + bytes(100),
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%PDF-1.7",
        jpeg()[:300],
        _png(60_000, 60_000),
        _png(9_000, 9_000),
        _png(100, 100),
    ],
)
def test_what_is_no_photo_or_a_bomb_is_refused_and_nothing_of_it_kept(
    phone: Phone, raw: bytes
) -> None:
    answer = photo_of(phone, raw, str(uuid4()))

    assert (answer.status_code, answer.json()["outcome"]) == (200, "refused")
    assert answer.json()["problems"]
    assert not EvidenceItem.objects.exists()


def test_a_photo_sealed_under_another_id_cannot_be_opened(phone: Phone) -> None:
    sealed = base64url(sealed_to(phone.key(), jpeg(), entry_id=str(uuid4())))
    body = {"id": str(uuid4()), "entry": str(uuid4()), "sealed": sealed}

    answer = phone.post("phone_photo", body)

    assert answer.json()["outcome"] == "unreadable"
    assert answer.json()["id"] == body["id"]


def test_more_than_six_megabytes_are_not_even_read(phone: Phone) -> None:
    body = {"id": str(uuid4()), "entry": str(uuid4()), "sealed": "A" * 6_000_001}

    answer = phone.post("phone_photo", body)

    assert answer.status_code == 413
