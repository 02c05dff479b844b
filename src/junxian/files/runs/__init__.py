"""Runs (核算): close, verify, compare and explain over files, called alike by the command line and by jobs."""
