"""The Celery app: a doorbell for work that the database already holds."""

import os
from pathlib import Path
from pkgutil import iter_modules

from celery import Celery
from celery.bootsteps import StartStopStep
from celery.worker import WorkController
from redis import Redis
from redis.exceptions import RedisError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

TASKS = Path(__file__).resolve().parent.parent / "tracker" / "tasks"

app = Celery(
    "tracker", include=[f"tracker.tasks.{found.name}" for found in iter_modules([str(TASKS)])]
)
app.config_from_object("django.conf:settings", namespace="CELERY")


class RefuseEviction(StartStopStep):
    """Refuse to start on a Redis that drops keys when full: it would drop queued work."""

    def start(self, parent: WorkController) -> None:
        """Read the policy; a managed server that hides it is trusted to be set up for queues."""
        url = str(parent.app.conf.broker_url)
        if not url.startswith("redis"):
            return
        address = url.replace("redis+socket://", "unix://").split("?")[0]
        client = Redis.from_url(address, socket_timeout=2, socket_connect_timeout=2)
        try:
            policy = client.config_get("maxmemory-policy").get("maxmemory-policy", "noeviction")
        except RedisError:
            return
        if policy != "noeviction":
            raise SystemExit(
                f"Redis drops keys when it is full (maxmemory-policy {policy}): "
                "set it to noeviction, or queued work gets lost."
            )


app.steps["worker"].add(RefuseEviction)
