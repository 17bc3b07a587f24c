"""`manage.py up` as a newcomer meets it: real servers, real processes, nothing left behind."""

import os
import signal
import socket
import urllib.error
import urllib.request
from pathlib import Path

import psycopg

from tests.embedded.runs import Run, free_port, left_alive, manage, running_up


def answers(run: Run) -> bool:
    try:
        with urllib.request.urlopen(run.address, timeout=5):
            return True
    except urllib.error.HTTPError:
        return True


def test_a_second_up_says_that_one_runs_and_exits_with_3(running: Run) -> None:
    second = manage(running.checkout, "up", "--no-demo", "--port", str(free_port()))

    assert second.returncode == 3
    assert "already running" in second.stderr
    assert answers(running)


def test_commands_in_a_second_terminal_find_the_running_database(running: Run) -> None:
    told = manage(running.checkout, "migrate", "--database", "owner", "--plan")

    assert told.returncode == 0, told.stderr
    assert "No planned migration operations" in told.stdout


def test_only_the_owner_reads_secrets_and_addresses(running: Run) -> None:
    local = running.checkout / ".local"

    modes = {
        (local / name).stat().st_mode & 0o777 for name in ("secrets.json", "state.json", "up.lock")
    }

    assert modes == {0o600}
    assert local.stat().st_mode & 0o777 == 0o700


def test_a_second_checkout_runs_beside_the_first_and_ctrl_c_ends_it_alone(
    running: Run, checkout: Path
) -> None:
    with running_up(checkout) as other:
        processes = other.tree()
        both_answer = answers(running) and answers(other)
        are_apart = running.urls != other.urls

        other.process.send_signal(signal.SIGINT)
        status = other.wait_for_end()

    assert both_answer
    assert are_apart
    assert status == 0
    assert len(processes) > 8
    assert left_alive(processes) == []
    assert not (checkout / ".local" / "state.json").exists()
    assert answers(running)


def test_a_start_that_is_interrupted_leaves_nothing(checkout: Path) -> None:
    with running_up(checkout, until="migrate") as run:
        processes = run.tree()

        run.process.send_signal(signal.SIGINT)
        status = run.wait_for_end()

    assert status == 0
    assert left_alive(processes) == []
    assert "Ready after" not in run.log


def test_after_kill_9_nothing_runs_on_and_the_data_is_there_again(checkout: Path) -> None:
    with running_up(checkout) as run:
        owner = run.urls.owner_database_url
        with psycopg.connect(owner) as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS kept AS SELECT 3000 AS people")
        processes = run.tree()
        os.kill(run.process.pid, signal.SIGKILL)
        run.wait_for_end()
        left = left_alive(processes)

    with running_up(checkout) as again, psycopg.connect(owner) as connection:
        kept = connection.execute("SELECT people FROM kept").fetchone()
        connection.close()
        again.process.send_signal(signal.SIGTERM)
        status = again.wait_for_end()

    assert left == []
    assert kept == (3000,)
    assert status == 0


def test_a_crash_of_one_program_ends_all_and_is_named(checkout: Path) -> None:
    with running_up(checkout) as run:
        processes = run.tree()

        run.find("redis-server").kill()
        status = run.wait_for_end()

    assert status == 1
    assert "redis was killed by signal 9, so everything is stopped" in run.log
    assert left_alive(processes) == []


def test_a_taken_port_is_one_sentence_with_the_remedy(checkout: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        told = manage(checkout, "up", "--no-demo", "--port", str(port))

    assert told.returncode == 1
    assert told.stderr.count("\n") == 1
    assert f"port {port}" in told.stderr
    assert "make up PORT=" in told.stderr


def test_with_a_database_given_no_secret_is_made_up(checkout: Path) -> None:
    told = manage(checkout, "up", DATABASE_URL="postgresql://somebody@db.example/tracker")

    assert told.returncode == 1
    assert told.stderr.count("\n") == 1
    assert "SECRET_KEY" in told.stderr
    assert "CONTACT_KEY" in told.stderr
    assert "FIELD_KEY" in told.stderr


def test_with_a_database_given_redis_is_asked_for_too(checkout: Path) -> None:
    told = manage(
        checkout,
        "up",
        DATABASE_URL="postgresql://somebody@db.example/tracker",
        SECRET_KEY="a",
        CONTACT_KEY="b",
        FIELD_KEY="c",
    )

    assert told.returncode == 1
    assert "REDIS_URL" in told.stderr
