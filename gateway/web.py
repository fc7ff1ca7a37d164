"""The WSGI application inside nameko: one worker per request, which is handed the service."""

from collections.abc import Callable, Iterable
from typing import Any

from eventlet.event import Event as Signal
from nameko.extensions import Entrypoint
from nameko.web.server import WebServer


class Application(WebServer):
    """nameko's web server, serving a WSGI application instead of routes of its own."""

    def get_wsgi_app(self) -> Callable[..., Iterable[bytes]]:
        (entrypoint,) = self._providers
        handle: Callable[..., Iterable[bytes]] = entrypoint.handle
        return handle


class Web(Entrypoint):
    """Answers HTTP requests with what the decorated method returns for (environ, start_response)."""

    server = Application()

    def setup(self) -> None:
        self.server.register_provider(self)

    def stop(self) -> None:
        self.server.unregister_provider(self)

    def handle(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        done = Signal()

        def finish(_: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
            done.send((result, exc_info))
            return result, exc_info

        self.container.spawn_worker(self, (environ, start_response), {}, handle_result=finish)
        result, exc_info = done.wait()
        if exc_info:
            raise exc_info[1]
        answer: Iterable[bytes] = result
        return answer


web = Web.decorator