"""A publication on disk is whole or not there, whoever reads and whatever stops the writer."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

import pytest

from tests.situation.scenes import MACHINE_NOW
from tracker.feeds.snapshot import Stamp
from tracker.situation import files
from tracker.situation.files import DamagedPublication, Document

PUBLICATIONS = 50
READS = 500


def stamp(revision: int) -> Stamp:
    at = MACHINE_NOW + timedelta(seconds=revision)
    return Stamp(revision=revision, generated_at=at, valid_until=at + timedelta(minutes=15))


def documents(revision: int) -> list[Document]:
    body = f"revision {revision} ".encode() * 2000
    return [
        Document(path, body, "text/html; charset=utf-8", "en", {"Link": "</feeds/status.json>"})
        for path in ("/", "/t/", "/feeds/status.json")
    ]


def write(folder: Path, revision: int) -> None:
    files.write(
        folder,
        stamp=stamp(revision),
        content_hash=f"h{revision}",
        documents=documents(revision),
    )


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    write(tmp_path, 7)

    published = files.read(tmp_path)

    assert published.stamp == stamp(7)
    assert published.content_hash == "h7"
    assert published.documents["/t/"].body == documents(7)[1].body
    assert published.documents["/"].headers == {"Link": "</feeds/status.json>"}


def test_readers_never_see_two_revisions_at_once_and_never_go_back(tmp_path: Path) -> None:
    write(tmp_path, 1)
    seen: list[int] = []
    problems: list[object] = []

    def read_again_and_again() -> None:
        for _ in range(READS // 2):
            try:
                published = files.read(tmp_path)
            except FileNotFoundError as error:
                problems.append(error)
                continue
            revision = published.stamp.revision
            wanted = documents(revision)[0].body
            problems.extend(
                path for path, each in published.documents.items() if each.body != wanted
            )
            seen.append(revision)

    readers = [threading.Thread(target=read_again_and_again) for _ in range(2)]
    for reader in readers:
        reader.start()
    for revision in range(2, PUBLICATIONS + 2):
        write(tmp_path, revision)
    for reader in readers:
        reader.join()

    assert problems == []
    assert len(seen) == READS
    assert files.read(tmp_path).stamp.revision == PUBLICATIONS + 1


def test_a_writer_that_dies_before_the_pointer_leaves_the_old_revision(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, 1)
    base = tmp_path / "r000000002"
    base.mkdir()
    (base / "index.html").write_bytes(b"half a pa")

    old = files.read(tmp_path)
    write(tmp_path, 2)

    assert old.stamp.revision == 1
    assert files.read(tmp_path).documents["/"].body == documents(2)[0].body


def test_a_damaged_document_is_refused(tmp_path: Path) -> None:
    write(tmp_path, 1)
    (tmp_path / "current" / "index.html").write_bytes(b"something else")

    with pytest.raises(DamagedPublication):
        files.read(tmp_path)


def test_without_a_publication_there_is_nothing_to_read(tmp_path: Path) -> None:
    assert files.head(tmp_path) is None
    with pytest.raises(FileNotFoundError):
        files.read(tmp_path)


def test_a_full_disk_leaves_the_old_revision(tmp_path: Path) -> None:
    write(tmp_path, 1)
    # A path that cannot be written stands for a disk that refuses.
    blocked = [*documents(2), Document("/" + "x" * 300, b"", "text/plain", "en")]

    with pytest.raises(OSError, match="File name too long"):
        files.write(tmp_path, stamp=stamp(2), content_hash="h2", documents=blocked)

    assert files.read(tmp_path).stamp.revision == 1


def test_the_same_document_gives_the_same_bytes_packed_too(tmp_path: Path) -> None:
    write(tmp_path / "one", 3)
    write(tmp_path / "two", 3)

    first, second = (files.read(tmp_path / name).documents["/"] for name in ("one", "two"))

    assert first == second
