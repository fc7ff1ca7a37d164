"""/healthz, /readyz and /metrics at the public address.

Where machines have an address of their own (METRICS_BIND), nothing is counted
in public.
"""

from apiflask import APIBlueprint
from flask import Response, abort, current_app

from services.messaging.health import Answer, alive, counted, ready

health = APIBlueprint("health", __name__, tag="health")


@health.get("/healthz")
@health.doc(summary="Whether the process answers")
def healthz() -> Response:
    return response(alive())


@health.get("/readyz")
@health.doc(summary="Whether all services here are ready, check by check", responses=[503])
def readyz() -> Response:
    return response(ready())


@health.get("/metrics")
@health.doc(summary="What is counted, for Prometheus")
def metrics() -> Response:
    if current_app.config["METRICS_BIND"]:
        abort(404)
    return response(counted())


def response(answer: Answer) -> Response:
    status, type_, body = answer
    return Response(body, status, {"Content-Type": type_, "Cache-Control": "no-store"})
