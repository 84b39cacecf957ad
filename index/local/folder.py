"""The folder of an embedded index: on a disk of this machine, and one process at a time where it matters."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.errors import IndexIncompatible, IndexUnavailable

# File systems of other machines. SQLite's WAL shares memory between processes, and their locks are not kept by all of
# them: two machines writing would tear the file.
NETWORK = {
    "nfs", "nfs3", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "afs", "ceph", "glusterfs", "lustre", "beegfs",
    "gpfs", "ocfs2", "gfs2", "fuse.sshfs", "fuse.s3fs", "fuse.rclone", "fuse.glusterfs", "fuse.ceph", "fuse.gcsfuse",
}  # fmt: skip
MOUNTS = Path("/proc/mounts")


def refuse_network_folder(folder: Path, mounts: Path = MOUNTS) -> None:
    """Make sure that a folder lies on a disk of this machine. Where there is no list of mounts, it is taken as such.

    Raises:
        IndexIncompatible: it lies on a network file system.
    """
    kind = _file_system(folder.resolve(), mounts)
    if kind in NETWORK:
        raise IndexIncompatible(
            f"{folder} lies on a network file system ({kind}), where the embedded index would be torn: choose a folder "
            "on a local disk, or let several machines share an OpenSearch index (SECNEWS_INDEX=https://...)"
        )


def _file_system(folder: Path, mounts: Path) -> str:
    """The kind of file system that holds a folder: that of the longest mount point above it, the last one mounted."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    kind, longest = "", -1
    for line in lines:
        _, place, found, *_ = [*line.split(" "), "", "", ""]
        # Spaces in a mount point are written as octal.
        point = Path(place.replace("\\040", " "))
        if place and (folder == point or point in folder.parents) and len(point.parts) >= longest:
            kind, longest = found, len(point.parts)
    return kind


@contextmanager
def lock(path: Path) -> Iterator[bool]:
    """Try to be the only one, among all processes and threads. Free again when the holder is killed.

    Yields False where somebody else is.
    """
    try:
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    except OSError as error:
        raise IndexUnavailable(f"{path} cannot be locked ({error.strerror}): check it and its permissions") from error
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(file)
