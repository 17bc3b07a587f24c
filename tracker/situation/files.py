"""Put a publication on disk whole, and read it whole: a reader never sees half of one.

Each revision is a folder of its own; the symbolic link `current` is replaced last, in one step.
"""

from __future__ import annotations

import fcntl
import gzip
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from tracker.feeds.snapshot import Stamp

POINTER = "current"
MANIFEST = "manifest.json"
# Older revisions stay for servers that opened a folder just before the pointer moved on.
KEPT = 3


class DamagedPublication(Exception):
    """What lies on disk is not what was published."""


@dataclass(frozen=True, slots=True)
class Document:
    """One document on its way out: the path it is served at, its bytes and how to serve them."""

    path: str
    body: bytes
    content_type: str
    language: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Served:
    """One document as a server holds it; `digest` is the SHA-256 of the body, in hex."""

    body: bytes
    packed: bytes
    digest: str
    content_type: str
    language: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Published:
    """One revision: its stamp (machine time), what it says as a hash, and its documents by path."""

    stamp: Stamp
    content_hash: str
    documents: Mapping[str, Served] = field(default_factory=dict)


def pointer(folder: Path) -> str:
    """Return the name of the revision in force, "" when there is none."""
    try:
        return (folder / POINTER).readlink().name
    except FileNotFoundError:
        return ""


def head(folder: Path) -> Published | None:
    """Return the revision in force without its documents, `None` when there is none or it broke."""
    try:
        manifest = _manifest(folder / (pointer(folder) or "."))
    except (FileNotFoundError, ValueError, KeyError):
        return None
    return Published(_stamp(manifest), manifest["content_hash"])


def read(folder: Path) -> Published:
    """Return the revision in force with every document.

    Raises FileNotFoundError when nothing is published and DamagedPublication when bytes differ
    from what the manifest says.
    """
    base = folder / (pointer(folder) or ".")
    manifest = _manifest(base)
    documents = {
        path: _read_document(base, path, entry) for path, entry in manifest["documents"].items()
    }
    return Published(_stamp(manifest), manifest["content_hash"], documents)


def _manifest(base: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((base / MANIFEST).read_text(encoding="utf-8"))
    return found


def _stamp(manifest: Mapping[str, Any]) -> Stamp:
    return Stamp(
        revision=manifest["revision"],
        generated_at=datetime.fromisoformat(manifest["generated_at"]),
        valid_until=datetime.fromisoformat(manifest["valid_until"]),
    )


def _read_document(base: Path, path: str, entry: Mapping[str, Any]) -> Served:
    body = (base / entry["file"]).read_bytes()
    packed = (base / f"{entry['file']}.gz").read_bytes()
    if hashlib.sha256(body).hexdigest() != entry["sha256"]:
        raise DamagedPublication(f"{path} is not what was published")
    return Served(
        body=body,
        packed=packed,
        digest=entry["sha256"],
        content_type=entry["type"],
        language=entry["language"],
        headers=entry["headers"],
    )


@contextmanager
def only_publisher(folder: Path) -> Iterator[bool]:
    """Hold the right to publish into `folder`; gives False when somebody else holds it.

    The lock belongs to the process, so one that is killed leaves none behind.
    """
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(handle)


def write(
    folder: Path, *, stamp: Stamp, content_hash: str, documents: Sequence[Document]
) -> Published:
    """Write a revision and let it take force; the caller holds the right to publish.

    Everything is on disk before the pointer moves, so a power cut leaves the old revision or the
    new one. Raises OSError when the disk refuses; the old revision then stays in force.
    """
    name = f"r{stamp.revision:09}"
    base = folder / name
    shutil.rmtree(base, ignore_errors=True)
    entries = {document.path: _write_document(base, document) for document in documents}
    manifest = {
        "revision": stamp.revision,
        "generated_at": stamp.generated_at.isoformat(),
        "valid_until": stamp.valid_until.isoformat(),
        "content_hash": content_hash,
        "documents": entries,
    }
    _write(base / MANIFEST, json.dumps(manifest, indent=1).encode())
    for inside in sorted(base.rglob("*")):
        if inside.is_dir():
            _sync(inside)
    _sync(base)
    _point_to(folder, name)
    _clear_older(folder, name)
    return Published(stamp, content_hash)


def _write_document(base: Path, document: Document) -> dict[str, Any]:
    name = document.path.lstrip("/")
    if document.path.endswith("/"):
        name += "index.html"
    (base / name).parent.mkdir(parents=True, exist_ok=True)
    _write(base / name, document.body)
    # No time inside, so that the same body gives the same bytes.
    _write(base / f"{name}.gz", gzip.compress(document.body, compresslevel=9, mtime=0))
    return {
        "file": name,
        "sha256": hashlib.sha256(document.body).hexdigest(),
        "type": document.content_type,
        "language": document.language,
        "headers": dict(document.headers),
    }


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as output:
        output.write(content)
        output.flush()
        os.fsync(output.fileno())


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _point_to(folder: Path, name: str) -> None:
    fresh = folder / f"{POINTER}.new"
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(name)
    fresh.replace(folder / POINTER)
    _sync(folder)


def _clear_older(folder: Path, name: str) -> None:
    older = sorted(entry.name for entry in folder.glob("r*") if entry.name < name)
    for gone in older[: 1 - KEPT]:
        shutil.rmtree(folder / gone, ignore_errors=True)
