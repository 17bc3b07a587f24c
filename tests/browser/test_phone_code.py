"""What the phone page is made of: weight, list of files, QR codes, what it says where it cannot."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
import qrcode
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from qrcode.util import MODE_8BIT_BYTE, QRData

from tests.browser.chromium import PHONE, OpenContext, violations
from tests.browser.served import ORIGIN, serve

LIGHT_ENOUGH = 40_000
KEY = {"id": "00" * 8, "x": "A" * 43, "y": "A" * 43}


def shell() -> str:
    return render_to_string("phone/shell.html", {"key": KEY, "zone": "Europe/Kyiv"})


def files_of(text: str) -> set[str]:
    return set(re.findall(r'"/static/([^"]+)"', text))


def sent(content: bytes, name: str) -> int:
    """Return the bytes on the line: as gzip has it, unless the file is pressed already."""
    return len(content) if name.endswith(".png") else len(gzip.compress(content, 9))


def test_everything_that_a_phone_loads_weighs_at_most_forty_kilobytes(client: Client) -> None:
    worker = render_to_string("phone/sw.js", {"version": "0" * 16})
    manifest = render_to_string("phone/app.webmanifest")
    pages = ("phone", "phone_worker", "phone_manifest")

    weights = {}
    for name in pages:
        answer = client.get(reverse(name), headers={"accept-encoding": "gzip"})
        weights[name] = len(answer.content)
    for name in sorted(files_of(worker) | files_of(manifest)):
        found = finders.find(name)
        assert found, name
        weights[name.rpartition("/")[2]] = sent(Path(found).read_bytes(), name)

    print("as sent:", sum(weights.values()), weights)  # noqa: T201  # the figure is wanted
    assert sum(weights.values()) <= LIGHT_ENOUGH


def test_the_worker_keeps_every_file_that_the_page_names() -> None:
    worker = render_to_string("phone/sw.js", {"version": "0" * 16})

    assert files_of(shell()) == files_of(worker)


def drawn_by_another(text: str) -> list[list[int]]:
    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_L, mask_pattern=0, border=0)
    code.add_data(QRData(text, mode=MODE_8BIT_BYTE), optimize=0)
    return [[int(dark) for dark in row] for row in code.get_matrix()]


def test_codes_drawn_by_the_phone_are_those_that_another_encoder_draws(
    open_context: OpenContext,
) -> None:
    lengths = (1, 120, 859, 1140, 1700, 2953)
    texts = ["".join(chr(33 + at * (at + 7919) % 90) for at in range(n)) for n in lengths]
    context = open_context(PHONE)
    page = context.new_page()
    page.goto(serve(context, "<!doctype html><title>code</title>"))

    ours = page.evaluate(
        """async ([from, texts]) => {
          const { encode } = await import(from);
          return texts.map((text) => encode(new TextEncoder().encode(text)));
        }""",
        [f"{ORIGIN}/static/tracker/js/phone/qr.js", texts],
    )

    assert ours == [drawn_by_another(text) for text in texts]


@pytest.mark.parametrize("script", [True, False])
def test_without_a_secure_connection_or_script_the_page_says_so_and_leads_to_the_form(
    open_context: OpenContext, script: bool
) -> None:
    # The kit's address is plain http and no loopback, so the browser calls it insecure.
    context = open_context(PHONE, script=script)
    page = context.new_page()

    page.goto(serve(context, shell()))

    said = "not secure" if script else "needs JavaScript"
    page.get_by_text(said).wait_for()
    assert page.get_by_role("link", name="Open the form").get_attribute("href") == "/log/"
    if script:
        assert violations(page) == []
