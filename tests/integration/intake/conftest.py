"""A running platform with a partner, shared by the tests of the intake."""

from collections.abc import Iterator

import httpx
import pytest

from tests.integration.intake.partner import Partner
from tests.platform import Platform, running


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """The whole platform, embedded."""
    with running(tmp_path_factory.mktemp("intake")) as platform:
        yield platform


@pytest.fixture(scope="session")
def administrator(platform: Platform) -> Iterator[httpx.Client]:
    """A client of the administrator."""
    with platform.sign_in() as client:
        yield client


@pytest.fixture
def partner(platform: Platform, administrator: httpx.Client) -> Partner:
    """A partner nobody else knows."""
    return Partner.let_in(platform, administrator)
