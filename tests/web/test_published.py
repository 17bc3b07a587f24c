"""Published documents come from memory: with ETag and gzip, without database, Redis or cookies."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from pytest_django import DjangoAssertNumQueries

from tests.factories import Road
from tests.situation.scenes import CORRIDOR, MACHINE_NOW, folder, publish, served
from tracker.situation import files
from tracker.web import published
from tracker.web.published import PublishedFiles, accepts_gzip

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tracker.web.public")]
FEEDS = {
    "/feeds/status.json": "application/json; charset=utf-8",
    "/feeds/corridors.geojson": "application/geo+json; charset=utf-8",
    "/feeds/status.atom": "application/atom+xml; charset=utf-8",
}


@pytest.fixture
def out(road: Road) -> None:
    """Publish once."""
    publish()


@pytest.mark.usefixtures("out")
def test_the_status_page_is_served_without_a_query_or_a_cookie(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        response = client.get("/")

    assert response.status_code == HTTPStatus.OK
    assert response.content == served().documents["/"].body
    assert not response.cookies
    assert response["Content-Language"] == "en"
    assert "'sha256-" in response["Content-Security-Policy"]
    assert "unsafe" not in response["Content-Security-Policy"]
    assert '</feeds/status.atom>; rel="alternate"' in response["Link"]


@pytest.mark.usefixtures("out")
@pytest.mark.parametrize(("path", "content_type"), FEEDS.items())
def test_a_feed_has_its_type_and_may_be_read_by_any_page(
    client: Client, path: str, content_type: str
) -> None:
    response = client.get(path)

    assert response.status_code == HTTPStatus.OK
    assert response["Content-Type"] == content_type
    assert response["Access-Control-Allow-Origin"] == "*"


@pytest.mark.usefixtures("out")
def test_a_reader_who_has_the_newest_gets_304_and_no_body(client: Client) -> None:
    tag = client.get(CORRIDOR)["ETag"]

    again = client.get(CORRIDOR, headers={"If-None-Match": f'"other", W/{tag}'})
    other = client.get(CORRIDOR, headers={"If-None-Match": '"other"'})

    assert (again.status_code, again.content) == (HTTPStatus.NOT_MODIFIED, b"")
    assert again["ETag"] == tag
    assert other.status_code == HTTPStatus.OK


@pytest.mark.usefixtures("out")
def test_whoever_takes_gzip_gets_it_with_a_tag_of_its_own(client: Client) -> None:
    plain = client.get("/")
    packed = client.get("/", headers={"Accept-Encoding": "br, gzip"})

    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert packed["ETag"] != plain["ETag"]
    assert packed["Vary"] == plain["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    ("header", "takes"),
    [
        ("gzip", True),
        ("br;q=1.0, gzip;q=0.8, *;q=0.1", True),
        ("*", True),
        ("", False),
        ("gzip;q=0", False),
        ("gzip;q=0.0, deflate", False),
        ("x-gzipped", False),
        ("gzip;q=...", False),
    ],
)
def test_gzip_is_sent_only_to_those_who_take_it(header: str, takes: bool) -> None:
    assert accepts_gzip(header) is takes


@pytest.mark.usefixtures("out")
def test_head_tells_the_length_and_sends_nothing(client: Client) -> None:
    response = client.head("/t/")

    assert response.content == b""
    assert response["Content-Length"] == str(len(served().documents["/t/"].body))


@pytest.mark.usefixtures("out")
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_other_methods_are_refused(client: Client, method: str) -> None:
    response = getattr(client, method)("/")

    assert response.status_code == HTTPStatus.METHOD_NOT_ALLOWED
    assert response["Allow"] == "GET, HEAD"


@pytest.mark.parametrize("path", ["/", "/t/", CORRIDOR, "/ar/", "/feeds/status.json"])
def test_before_the_first_publication_the_answer_says_come_again(client: Client, path: str) -> None:
    response = client.get(path)

    assert response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert response["Retry-After"] == "10"
    assert b"That does not mean that a corridor is open" in response.content


def _answer_of_the_application(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("the application", status=HTTPStatus.ACCEPTED)


def _middleware() -> Callable[[str], HttpResponse]:
    middleware = PublishedFiles(_answer_of_the_application)
    factory = RequestFactory()
    return lambda path: middleware(factory.get(path))


@pytest.mark.usefixtures("out")
def test_what_is_not_published_is_for_the_application() -> None:
    get = _middleware()

    assert get("/board/").status_code == HTTPStatus.ACCEPTED
    assert get("/corridors/no-such-road/").status_code == HTTPStatus.ACCEPTED


@pytest.mark.usefixtures("out")
def test_a_damaged_revision_leaves_the_one_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(published, "LOOK_EVERY_S", 0.0)
    get = _middleware()
    good = get("/").content
    publish(machine_now=MACHINE_NOW + timedelta(seconds=1))
    (folder() / "current" / "index.html").write_bytes(b"half")

    assert get("/").content == good


@pytest.mark.usefixtures("out")
def test_a_new_revision_is_served_within_moments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(published, "LOOK_EVERY_S", 0.0)
    get = _middleware()
    before = get("/feeds/status.json")["ETag"]

    publish(machine_now=MACHINE_NOW + timedelta(seconds=1))

    assert get("/feeds/status.json")["ETag"] != before


@pytest.mark.usefixtures("out")
def test_plain_http_is_sent_to_https_first_where_that_is_the_rule(
    client: Client, settings: Any
) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 60

    plain = client.get("/")
    safe = client.get("/", secure=True)

    assert plain.status_code == HTTPStatus.MOVED_PERMANENTLY
    assert plain["Location"].startswith("https://")
    assert safe["Strict-Transport-Security"] == "max-age=60"


def test_five_hundred_readers_during_fifty_publications_see_whole_pages_in_order(
    road: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(published, "LOOK_EVERY_S", 0.0)
    publish()
    stamp = files.read(folder()).stamp
    middleware, factory = PublishedFiles(_answer_of_the_application), RequestFactory()
    seen: list[list[int]] = [[], []]
    problems: list[object] = []

    def read(own: list[int]) -> None:
        for _ in range(250):
            response = middleware(factory.get("/"))
            body = response.content.decode()
            if response.status_code != HTTPStatus.OK or not body.endswith("</html>\n"):
                problems.append(response)
                continue
            own.append(int(body.partition("revision ")[2].partition(" ")[0] or 1))

    readers = [threading.Thread(target=read, args=(own,)) for own in seen]
    for reader in readers:
        reader.start()
    for number in range(2, 52):
        body = f"<!doctype html><p>revision {number} </p>{'x' * 9000}</html>\n".encode()
        files.write(
            folder(),
            stamp=type(stamp)(number, stamp.generated_at, stamp.valid_until),
            content_hash=str(number),
            documents=[files.Document("/", body, "text/html; charset=utf-8", "en")],
        )
    for reader in readers:
        reader.join()

    assert problems == []
    assert [len(own) for own in seen] == [250, 250]
    assert all(own == sorted(own) for own in seen)
