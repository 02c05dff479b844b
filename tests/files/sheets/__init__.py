"""Tests of the sheets room (表格)."""
