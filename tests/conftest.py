"""For all tests: no example may fail for being slow; speed is measured by `make bench` and never asserted."""

from hypothesis import settings

settings.register_profile("house", deadline=None)
settings.load_profile("house")
