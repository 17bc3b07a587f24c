"""Files of every sort that the tests of readers take apart, and bombs."""

from __future__ import annotations

import io
import zipfile
import zlib

import openpyxl

GPX = (
    b'<?xml version="1.0"?><gpx version="1.1" creator="a phone" '
    b'xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>'
    b'<trkpt lat="47.09514" lon="37.54131"><ele>12</ele></trkpt>'
    b'<trkpt lat="46.75850" lon="36.78680"/><trkpt lat="47.85167" lon="35.11714"/>'
    b"</trkseg></trk></gpx>"
)
KML = (
    b'<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark>'
    b"<LineString><coordinates>37.54131,47.09514,0 36.7868,46.7585 35.11714,47.85167,5"
    b"</coordinates></LineString></Placemark></Document></kml>"
)
GEOJSON = (
    b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":'
    b'{"type":"LineString","coordinates":[[37.54131,47.09514],[36.7868,46.7585],'
    b"[35.11714,47.85167]]}}]}"
)
CSV = b"code;seats;expected people\nB1;50;48\nB2;50;\nB3;18;17\n"
_OVERLAP = b"<kml>" + b"A" * (64 * 1024 * 1024) + b"</kml>"


def zipped(name: str, content: bytes) -> bytes:
    """Return an archive with one file in it."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return held.getvalue()


def kmz(content: bytes = KML) -> bytes:
    """Return a KML as Google Earth packs it."""
    return zipped("doc.kml", content)


def xlsx(rows: list[list[object]]) -> bytes:
    """Return a workbook whose first sheet holds `rows`."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def bombs() -> dict[str, bytes]:
    """Return twelve files that are small to send and ruinous to believe."""
    lol = b"".join(
        b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10 if n else b"lol") for n in range(10)
    )
    many = b'<trkpt lat="47" lon="37"/>' * 180_000
    return {
        "entities that multiply": b"<!DOCTYPE gpx [" + lol + b"]><gpx>&l9;</gpx>",
        "an entity outside": b'<!DOCTYPE gpx [<!ENTITY x SYSTEM "file:///etc/passwd">]><gpx>&x;</gpx>',
        "nested XML": b"<gpx>" + b"<trk>" * 100_000,
        "nested JSON": b'{"type":"FeatureCollection","features":' + b"[" * 100_000,
        "nested collections": b'{"type":"GeometryCollection","geometries":[' * 20_000,
        "too many points": b"<gpx><trk>" + many + b"</trk></gpx>",
        "a KMZ of one letter": kmz(_OVERLAP),
        "a KMZ with a lying size": _lying(kmz(_OVERLAP)),
        "a KMZ of many parts": _many_parts(),
        "one long attribute": b'<gpx a="' + b"x" * 4_900_000 + b'"/>',
        "a million coordinates": b"<kml><LineString><coordinates>"
        + b"1,1 " * 1_000_000
        + b"</coordinates></LineString></kml>",
        "bytes of noise": zlib.compress(bytes(range(256)) * 9_000) * 40,
    }


def _lying(archive: bytes) -> bytes:
    """Return an archive whose directory says that its part unpacks to ten bytes."""
    at = archive.rfind(b"PK\x01\x02")
    return archive[: at + 24] + (10).to_bytes(4, "little") + archive[at + 28 :]


def _many_parts() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for number in range(20_000):
            archive.writestr(f"{number}.txt", b"")
    return held.getvalue()
