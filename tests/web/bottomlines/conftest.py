"""The published rounds of the cockpit's tests."""

from tests.web.cockpit.conftest import chinese, published

__all__ = ["chinese", "published"]
