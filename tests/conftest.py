"""For all tests: no example may fail for being slow; speed is measured by `make bench` and never asserted.

Translations are compiled before anything reads them, so that a test never speaks an older language than its source.
"""

from hypothesis import settings

from tools import messages

messages.compile_all()

settings.register_profile("house", deadline=None)
settings.load_profile("house")
