"""Serve one rendered page with the real static files and the real policy, without a server."""

import mimetypes

from django.contrib.staticfiles import finders
from playwright.sync_api import BrowserContext, Route

from tests.browser.chromium import POLICY

# A name that resolves nowhere: what is not served here cannot be reached at all.
ORIGIN = "http://components.test"


def serve(context: BrowserContext, html: str, *, policy: str = POLICY) -> str:
    """Answer every request of the context with this page or a static file; return its address."""

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN).partition("?")[0]
        if path == "/":
            headers = {"Content-Security-Policy": policy}
            route.fulfill(body=html, content_type="text/html; charset=utf-8", headers=headers)
            return
        found = finders.find(path.removeprefix("/static/"))
        if not found:
            route.fulfill(status=404, body="")
            return
        kind = mimetypes.guess_type(found)[0] or "application/octet-stream"
        route.fulfill(path=found, content_type=kind)

    context.route("**/*", answer)
    return f"{ORIGIN}/"
