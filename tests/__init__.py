"""Tests (测试): a mirror of the source, oracles beside it, journeys across it."""
