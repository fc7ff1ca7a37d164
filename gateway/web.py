"""The WSGI application inside nameko: one worker per request, which is handed the service."""

from collections.abc import Callable, Iterable
from logging import getLogger
from typing import Any

from eventlet import wsgi
from eventlet.event import Event as Signal
from nameko.extensions import DependencyProvider, Entrypoint
from nameko.web.server import HttpOnlyProtocol, WebServer

from gateway.accounts.tokens import ensure_admin
from gateway.api.app import create_app
from services.messaging.database import Database

# A connection that says nothing for so long is closed.
SILENCE_SECONDS = 60.0

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


class Application(WebServer):
    """nameko's web server, serving a WSGI application instead of routes of its own."""

    def get_wsgi_app(self) -> Wsgi:
        (entrypoint,) = self._providers
        handle: Wsgi = entrypoint.handle
        return handle

    def get_wsgi_server(self, sock: Any, wsgi_app: Wsgi, **_: Any) -> wsgi.Server:
        return wsgi.Server(
            sock,
            sock.getsockname(),
            wsgi_app,
            protocol=HttpOnlyProtocol,
            log=getLogger(__name__),
            log_output=False,
            debug=False,
            socket_timeout=SILENCE_SECONDS,
        )


class Web(Entrypoint):
    """Answers HTTP requests with what the method returns for (environ, start_response)."""

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

        if environ.get("HTTP_TRANSFER_ENCODING", "").lower() == "chunked":
            # eventlet ends such a body where it ends; without this it would be read as empty.
            environ["wsgi.input_terminated"] = True
        self.container.spawn_worker(self, (environ, start_response), {}, handle_result=finish)
        result, exc_info = done.wait()
        if exc_info:
            raise exc_info[1]
        answer: Iterable[bytes] = result
        return answer


web = Web.decorator


class Site(DependencyProvider):
    """Hands the gateway its one WSGI application; nobody is served before the admin can sign in."""

    def __init__(self) -> None:
        self.made = Signal()

    def start(self) -> None:
        (database,) = (one for one in self.container.dependencies if isinstance(one, Database))
        ensure_admin(database, self.container.config["ADMIN_PASSWORD"])
        self.made.send(create_app(self.container.config, database))

    def get_dependency(self, worker_ctx: Any) -> Wsgi:
        app: Wsgi = self.made.wait()
        return app
