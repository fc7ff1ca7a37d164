"""The one WSGI application: JSON API, partner intake and pages."""

from collections.abc import Mapping
from typing import Any

from apiflask import APIFlask

from gateway.accounts.api import accounts
from gateway.api import bodies, description, problems
from gateway.api.certificates import certificates
from gateway.api.desk import desk
from gateway.api.documents import documents
from gateway.api.enrollments import enrollments
from gateway.api.health import health
from gateway.api.outcomes import outcomes
from gateway.api.people import people
from gateway.api.programs import programs
from gateway.api.quizzes import quizzes
from gateway.api.reading import reading
from gateway.api.reviews import reviews
from gateway.intake.api import blueprints
from gateway.pages.views import blueprint
from services.messaging.database import Database

TITLE = "Zhixing 知行"
VERSION = "1.0"
OWN = (
    accounts,
    people,
    programs,
    enrollments,
    outcomes,
    reviews,
    quizzes,
    reading,
    desk,
    certificates,
)


def create_app(config: Mapping[str, Any], database: Database) -> APIFlask:
    """The application of one process; `config` is what nameko is configured with."""
    app = APIFlask(
        __name__,
        title=TITLE,
        version=VERSION,
        spec_path="/api/openapi.json",
        docs_path=None,
        json_errors=False,
        static_folder=None,
    )
    app.config.update(
        SECRET_KEY=config["SECRET_KEY"],
        PUBLIC_URL=config["PUBLIC_URL"],
        HOME=config["HOME"],
        ZONE=config["ZONE"],
        METRICS_BIND=config["METRICS_BIND"],
        MAX_CONTENT_LENGTH=bodies.MOST_BYTES,
        MAX_FORM_MEMORY_SIZE=bodies.MOST_FIELDS,
    )
    app.extensions["database"] = database
    problems.register(app)
    app.register_blueprint(health)
    app.register_blueprint(documents)
    for own in OWN:
        app.register_blueprint(own)
    for partners in blueprints():
        app.register_blueprint(partners)
    app.register_blueprint(blueprint())
    app.before_request_funcs.update({own.name: [bodies.expect] for own in OWN})
    description.register(app)
    return app
