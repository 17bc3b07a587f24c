"""Say who runs child processes: children of root run unprivileged, in folders of their own."""

import contextlib
import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

NOBODY = 65534


class CannotStartError(Exception):
    """What keeps processes from starting, in one sentence with the remedy."""


@dataclass(frozen=True)
class Account:
    """The unprivileged account that children of root run as."""

    uid: int
    gid: int


class Identity(TypedDict):
    """The keywords by which a process is started as somebody else."""

    user: int | None
    group: int | None
    extra_groups: list[int] | None


def identity(account: Account | None) -> Identity:
    """Return the keywords for a new process; None keeps the caller's identity."""
    if account is None:
        return {"user": None, "group": None, "extra_groups": None}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}


def unprivileged_account() -> Account | None:
    """Return the account for children of root, None for anybody else."""
    if os.geteuid() != 0:
        return None
    with contextlib.suppress(KeyError):
        entry = pwd.getpwnam("nobody")
        return Account(uid=entry.pw_uid, gid=entry.pw_gid)
    return Account(uid=NOBODY, gid=NOBODY)


def may(account: Account | None, argv: Sequence[str | Path], *, cwd: Path = Path("/")) -> bool:
    """Try a command as the account; False when it may not reach or run it."""
    with contextlib.suppress(OSError):
        result = subprocess.run(
            [str(part) for part in argv],
            cwd=cwd,
            capture_output=True,
            check=False,
            stdin=subprocess.DEVNULL,
            **identity(account),
        )
        return result.returncode == 0
    return False


def hand_over(path: Path, account: Account | None) -> None:
    """Give a folder and all it holds to the account."""
    if account is None:
        return
    for folder, _, files in os.walk(path):
        for place in (Path(folder), *(Path(folder, name) for name in files)):
            if place.lstat().st_uid != account.uid:
                os.chown(place, account.uid, account.gid, follow_symlinks=False)


def private_directory(path: Path, account: Account | None) -> Path:
    """Make a folder for one owner, or refuse one that somebody else has put there."""
    with contextlib.suppress(FileExistsError):
        path.mkdir(mode=0o700)
    found = path.lstat()
    owners = {os.geteuid(), account.uid if account else os.geteuid()}
    if path.is_symlink() or found.st_uid not in owners or found.st_mode & 0o077:
        raise CannotStartError(
            f"{path} belongs to somebody else or is open to others: remove it and start again."
        )
    if account and found.st_uid != account.uid:
        os.chown(path, account.uid, account.gid)
    return path
