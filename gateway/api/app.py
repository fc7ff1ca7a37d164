"""The one WSGI application: JSON API, partner intake and pages."""

from collections.abc import Mapping
from typing import Any

from apiflask import APIFlask

from gateway.accounts.api import accounts
from gateway.api import problems
from gateway.api.health import health
from gateway.intake.api import blueprints
from gateway.pages.views import blueprint
from services.messaging.database import Database

TITLE = "Zhixing 知行"
VERSION = "1.0"
MOST_BYTES = 10 * 1024 * 1024
# Of form fields that are no files.
MOST_FORM_BYTES = 2 * 1024 * 1024


def create_app(config: Mapping[str, Any], database: Database) -> APIFlask:
    """The application of one process; `config` is what nameko is configured with."""
    app = APIFlask(
        __name__,
        title=TITLE,
        version=VERSION,
        spec_path="/api/openapi.json",
        docs_path="/api/docs",
        json_errors=False,
        static_folder=None,
    )
    app.config.update(
        SECRET_KEY=config["SECRET_KEY"],
        PUBLIC_URL=config["PUBLIC_URL"],
        HOME=config["HOME"],
        ZONE=config["ZONE"],
        METRICS_BIND=config["METRICS_BIND"],
        MAX_CONTENT_LENGTH=MOST_BYTES,
        MAX_FORM_MEMORY_SIZE=MOST_FORM_BYTES,
    )
    app.extensions["database"] = database
    problems.register(app)
    for one in (health, accounts):
        app.register_blueprint(one)
    for one in blueprints():
        app.register_blueprint(one)
    app.register_blueprint(blueprint())
    return app
