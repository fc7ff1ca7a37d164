"""Clients that keep a server busy, in a process of their own, and what they saw.

Raw sockets that are kept alive and one `select` loop: the clients share two
cores with what they measure, so they must cost little.
"""

import json
import selectors
import socket
import subprocess
import sys
import time
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Sequence
from math import ceil
from typing import Any, NamedTuple

PATIENCE_SECONDS = 30.0
HEAD_END = b"\r\n\r\n"


class Load(NamedTuple):
    """What clients saw: requests answered 2xx, how long all took, each latency in ms, sorted."""

    answered: int
    seconds: float
    latencies: list[float]

    @property
    def rate(self) -> float:
        """Answers per second."""
        return self.answered / self.seconds

    def figures(self, *, each: int = 1, prefix: str = "") -> dict[str, float]:
        """Rate (of the `each` things in a request), p50 and p99, under names with a prefix."""
        return {
            f"{prefix}ours": round(self.rate * each, 1),
            f"{prefix}p50_ms": percentile(self.latencies, 50),
            f"{prefix}p99_ms": percentile(self.latencies, 99),
        }


def percentile(values: Sequence[float], percent: int) -> float:
    """The smallest of sorted values that `percent` per cent do not exceed (nearest rank)."""
    return round(values[max(0, ceil(len(values) * percent / 100) - 1)], 1)


def request(method: str, path: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    """The bytes of an HTTP/1.1 request on a connection that is kept alive."""
    said = {"Host": "127.0.0.1", **headers}
    if body:
        said["Content-Length"] = str(len(body))
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {text}" for name, text in said.items())]
    return "\r\n".join(lines).encode() + HEAD_END + body


def run(address: str, requests: Iterable[bytes], *, clients: int, seconds: float) -> Load:
    """Sends requests with so many clients at once, each the next one as it has its answer.

    `address` is host:port. No request is begun after `seconds`, or once all
    are sent. Raises RuntimeError where one is not answered 2xx.
    """
    job = {
        "address": address,
        "requests": [b64encode(one).decode() for one in requests],
        "clients": clients,
        "seconds": seconds,
    }
    done = subprocess.run(
        [sys.executable, "-m", "zhixing.bench.load"],
        input=json.dumps(job),
        capture_output=True,
        text=True,
        timeout=seconds + PATIENCE_SECONDS,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr.strip().splitlines()[-1])
    found = json.loads(done.stdout)
    return Load(len(found["latencies"]), found["seconds"], sorted(found["latencies"]))


class Client:
    """One connection with at most one request under way."""

    def __init__(self, host: str, port: int) -> None:
        self.socket = socket.create_connection((host, port), PATIENCE_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sent_at = 0.0
        self.heard = b""
        self.missing = 0

    def send(self, request: bytes) -> None:
        self.heard, self.missing = b"", 0
        self.sent_at = time.perf_counter()
        self.socket.sendall(request)

    def receive(self) -> bool:
        """Whether the answer is complete; raises RuntimeError unless it is 2xx with its length."""
        part = self.socket.recv(1 << 18)
        if not part:
            raise RuntimeError("the server closed a connection")
        self.heard += part
        if not self.missing and HEAD_END in self.heard:
            head, _, _ = self.heard.partition(HEAD_END)
            self.missing = len(head) + len(HEAD_END) + content_length(head)
            if head.split(b" ", 2)[1][:1] != b"2":
                raise RuntimeError(f"answered {self.heard[:400]!r}")
        return 0 < self.missing <= len(self.heard)


def content_length(head: bytes) -> int:
    """The length an answer says it has; 0 where it has no body."""
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
        if name.lower() == b"transfer-encoding":
            raise RuntimeError("the answer is chunked")
    return 0


def play(job: dict[str, Any]) -> dict[str, Any]:
    """Sends what a job says; latencies in ms, and seconds to the last answer."""
    host, _, port = job["address"].rpartition(":")
    waiting: Iterator[bytes] = map(b64decode, job["requests"])
    latencies: list[float] = []
    with selectors.DefaultSelector() as selector:
        began = time.perf_counter()
        busy = 0
        for _ in range(job["clients"]):
            client = Client(host, int(port))
            selector.register(client.socket, selectors.EVENT_READ, client)
            if (first := next(waiting, None)) is not None:
                client.send(first)
                busy += 1
        while busy:
            for key, _ in selector.select(PATIENCE_SECONDS):
                if not key.data.receive():
                    continue
                now = time.perf_counter()
                latencies.append((now - key.data.sent_at) * 1000)
                following = next(waiting, None) if now - began < job["seconds"] else None
                if following is None:
                    busy -= 1
                else:
                    key.data.send(following)
        ended = time.perf_counter()
    return {"latencies": latencies, "seconds": ended - began}


if __name__ == "__main__":
    print(json.dumps(play(json.load(sys.stdin))))
