"""Core (核心): computes; no files, no network, no clock."""
