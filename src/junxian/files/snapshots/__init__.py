"""Snapshots (快照): the observations a calculation saw, kept so that anybody can hash and recompute them."""

from junxian.files.snapshots.snapshot import (
    canonical_csv,
    canonical_lines,
    prepared,
    read_snapshot,
    snapshot_hash,
    write_snapshot,
)

__all__ = ["canonical_csv", "canonical_lines", "prepared", "read_snapshot", "snapshot_hash", "write_snapshot"]
