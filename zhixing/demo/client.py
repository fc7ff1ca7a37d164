"""A client of the public HTTP API, as anybody could write one."""

import time
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any, TypeVar
from uuid import uuid4

import httpx

PATIENCE_SECONDS = 30.0
FIRST_WAIT_SECONDS = 0.1
LONGEST_WAIT_SECONDS = 2.0
LOOK_SECONDS = 0.2
MOST_ROWS = 200
XAPI_VERSION = {"X-Experience-API-Version": "1.0.3"}

T = TypeVar("T")


class Problem(Exception):
    """The API refused: what its problem+json says."""

    def __init__(self, response: httpx.Response) -> None:
        self.status = response.status_code
        try:
            said = response.json()
        except ValueError:
            said = {}
        self.errors: list[dict[str, Any]] = said.get("errors", [])
        self.detail = said.get("detail") or response.text[:500]
        asked = f"{response.request.method} {response.request.url.path}"
        super().__init__(f"{asked}: {self.status} {self.detail}")


class Client:
    """The API at one address, in the name of one account or of nobody.

    Every write carries an Idempotency-Key, so it is safely sent again where
    the answer is 503 or the connection breaks, for `patience` seconds.
    """

    def __init__(
        self,
        base_url: str,
        *,
        patience: float = PATIENCE_SECONDS,
        http: httpx.Client | None = None,
        auth: httpx.Auth | None = None,
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self.patience = patience
        self.http = http or httpx.Client(timeout=PATIENCE_SECONDS, trust_env=False)
        self.auth = auth

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def signed_in(self, username: str, password: str) -> "Client":
        """The same API in the name of an account."""
        told = self.post("/api/v1/tokens", {"username": username, "password": password})
        return self.known_as(Bearer(told["token"]))

    def partner(self, username: str, password: str) -> "Client":
        """The xAPI door in the name of a partner."""
        return self.known_as(httpx.BasicAuth(username, password))

    def known_as(self, auth: httpx.Auth) -> "Client":
        return Client(self.base_url, patience=self.patience, http=self.http, auth=auth)

    def get(self, path: str, **query: Any) -> Any:
        """The answer of an address."""
        return self.ask("GET", path, params=query)

    def rows(self, path: str, **query: Any) -> Iterator[dict[str, Any]]:
        """All rows of a list, page after page."""
        cursor: dict[str, str] = {}
        while True:
            page = self.get(path, limit=MOST_ROWS, **query, **cursor)
            yield from page["rows"]
            if page["next"] is None:
                return
            cursor = {"cursor": page["next"]}

    def post(self, path: str, body: Any = None, *, key: str | None = None, **sent: Any) -> Any:
        """Tells an address something new."""
        return self.write("POST", path, body, key, sent)

    def put(self, path: str, body: Any = None, *, key: str | None = None, **sent: Any) -> Any:
        """Tells an address how something is to be."""
        return self.write("PUT", path, body, key, sent)

    def write(self, method: str, path: str, body: Any, key: str | None, sent: Any) -> Any:
        if body is not None:
            sent = sent | {"json": body}
        return self.ask(method, path, headers={"Idempotency-Key": key or str(uuid4())}, **sent)

    def statements(self, statements: list[dict[str, Any]]) -> list[str]:
        """Sends statements to the xAPI door; their ids."""
        ids: list[str] = self.ask("POST", "/xapi/statements", headers=XAPI_VERSION, json=statements)
        return ids

    def ask(self, method: str, path: str, **sent: Any) -> Any:
        """The answer's JSON value, or its bytes; raises `Problem` where the API refuses."""
        until, wait = time.monotonic() + self.patience, FIRST_WAIT_SECONDS
        while True:
            late = time.monotonic() > until
            try:
                response = self.http.request(method, self.base_url + path, auth=self.auth, **sent)
                if response.status_code != HTTPStatus.SERVICE_UNAVAILABLE or late:
                    return content(response)
            except httpx.TransportError:
                if late:
                    raise
            time.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT_SECONDS)

    def is_ready(self) -> bool:
        """Whether everything behind the address is ready to serve."""
        try:
            return self.http.get(f"{self.base_url}/readyz").status_code == HTTPStatus.OK
        except httpx.TransportError:
            return False

    def waiting(self) -> int:
        """How many facts are committed and not yet told, as far as this address knows."""
        services = self.get("/readyz")["services"].values()
        return sum(checks["relay"].get("waiting", 0) for checks in services)


class Bearer(httpx.Auth):
    """A token in every request."""

    def __init__(self, token: str) -> None:
        self.header = f"Bearer {token}"

    def auth_flow(self, request: httpx.Request) -> Iterator[httpx.Request]:  # type: ignore[override]
        request.headers["Authorization"] = self.header
        yield request


def content(response: httpx.Response) -> Any:
    if response.is_error:
        raise Problem(response)
    if response.headers.get("Content-Type", "").startswith("application/json"):
        return response.json()
    return response.content


def eventually(condition: Callable[[], T], what: str, seconds: float = PATIENCE_SECONDS) -> T:
    """What a condition finds, once it finds something; raises `TimeoutError` saying what not."""
    until = time.monotonic() + seconds
    while not (found := condition()):
        if time.monotonic() > until:
            raise TimeoutError(f"not within {seconds:g} s: {what}")
        time.sleep(LOOK_SECONDS)
    return found
