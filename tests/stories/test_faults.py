"""While a closure goes out, the worker and Redis are killed: nobody is left untold."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from celery import current_app

from config.embedded.places import make_site
from config.embedded.servers import redis, wait_for
from tests.alerts.scenes import subscribe
from tests.cast import Cast
from tests.factories import Road, log, new_event
from tests.situation.scenes import statuses_in_feeds
from tests.stories.day import it_is, mails, on_the_day
from tests.stories.processes import deliver, running
from tests.waiting import until
from tracker.outbox.models import Heartbeat, OutboxRow

pytestmark = pytest.mark.django_db(transaction=True)
READERS = 150
WORKER = (
    *("-m", "celery", "--quiet", "-A", "config.celery", "worker", "--pool", "prefork"),
    *("--concurrency", "2", "--without-gossip", "--without-mingle", "--loglevel", "INFO"),
)


@dataclass(frozen=True)
class Broker:
    """A Redis of this test's own."""

    process: subprocess.Popen[bytes]
    url: str


@pytest.fixture
def broker() -> Iterator[Broker]:
    """Start a Redis that may be killed, and let this process ring Celery through it."""
    home = Path(tempfile.mkdtemp(prefix="evacr-", dir="/tmp"))
    program = redis(make_site(data=home, sockets=home, account=None))
    process = subprocess.Popen(program.argv, cwd=home, stdout=subprocess.DEVNULL)
    before, url = current_app.conf.broker_url, f"redis+socket://{home}/redis.sock?virtual_host=0"
    try:
        wait_for(program, process)
        current_app.conf.broker_url = url
        yield Broker(process, url)
    finally:
        current_app.conf.broker_url = before
        process.kill()
        process.wait()
        shutil.rmtree(home, ignore_errors=True)


def keys_by_reader() -> dict[str, set[str]]:
    """Return the keys of the mails that each reader got."""
    found: dict[str, set[str]] = defaultdict(set)
    for mail in mails():
        if "reader" in mail["To"]:
            found[mail["To"]].add(mail["X-Idempotency-Key"])
    return found


def test_a_closure_reaches_everybody_though_worker_and_redis_are_killed(
    cast: Cast, road: Road, broker: Broker, tmp_path: Path
) -> None:
    it_is(16, 40)
    readers = {f"reader{number}@example.net" for number in range(READERS)}
    for address in sorted(readers):
        subscribe(address, corridor=road.corridor)
    log_of_worker = tmp_path / "worker.log"
    with (
        running(*WORKER, log=log_of_worker, extra={"CELERY_BROKER_URL": broker.url}) as worker,
        deliver(log=tmp_path / "deliver.log"),
    ):
        until(lambda: " ready." in log_of_worker.read_text(), within_s=60, what="the worker")
        until(Heartbeat.objects.filter(name="deliver").exists, within_s=60, what="deliver")

        closed = new_event("corridor.closed", at=on_the_day(16, 40), corridor=road.corridor.pk)
        log(closed, organisation=cast.organisation, by=cast.dispatcher)
        until(keys_by_reader, within_s=30, what="the first mail")
        os.killpg(worker.pid, signal.SIGKILL)
        broker.process.kill()

        until(lambda: keys_by_reader().keys() == readers, within_s=60, what="a mail to each")
        until(lambda: set(statuses_in_feeds()) == {"CLOSED"}, within_s=30, what="CLOSED in feeds")

    # A mail that was on its way when its sender died may come twice, then under the same key.
    assert {len(keys) for keys in keys_by_reader().values()} == {1}
    assert not OutboxRow.objects.filter(done_at=None).exists()
