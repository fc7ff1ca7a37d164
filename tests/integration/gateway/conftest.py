"""A running platform with a roster, shared by the tests of the gateway."""

from collections.abc import Iterator

import httpx
import pytest

from tests.integration.gateway.college import College
from tests.platform import Platform, running


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """The whole platform, embedded."""
    with running(tmp_path_factory.mktemp("gateway")) as platform:
        yield platform


@pytest.fixture(scope="session")
def administrator(platform: Platform) -> Iterator[httpx.Client]:
    """A client of the administrator."""
    with platform.sign_in() as client:
        yield client


@pytest.fixture(scope="session")
def college(platform: Platform, administrator: httpx.Client) -> Iterator[College]:
    """Four members with accounts, a secretary of each branch, and no program yet."""
    college = College.founded(platform, administrator)
    yield college
    for client in college.people.values():
        client.close()
