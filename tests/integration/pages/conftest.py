"""A running platform on which one member has passed and another has done nothing."""

from collections.abc import Callable, Iterator

import httpx
import pytest

from tests.integration.pages.training import Training, held
from tests.platform import Platform, running


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """The whole platform, embedded."""
    with running(tmp_path_factory.mktemp("pages")) as platform:
        yield platform


@pytest.fixture(scope="session")
def training(platform: Platform) -> Training:
    """A training that was held to its end."""
    return held(platform)


@pytest.fixture
def browser(platform: Platform) -> Iterator[httpx.Client]:
    """A browser that nobody has used: it keeps cookies and goes where it is sent."""
    with httpx.Client(base_url=platform.base_url, timeout=60, follow_redirects=True) as client:
        yield client


@pytest.fixture
def signed_in(browser: httpx.Client, training: Training) -> Callable[[str], httpx.Client]:
    """User name → the browser, signed in through the form."""

    def enter(username: str) -> httpx.Client:
        answer = training.enter(browser, username)
        assert answer.status_code == 200
        assert 'action="/sign-out"' in answer.text
        return browser

    return enter
