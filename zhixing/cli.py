"""The command `zhixing`."""

import eventlet

eventlet.monkey_patch()

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from zhixing import logs, settings
from zhixing.local.errors import LocalServerError
from zhixing.platform import (
    CannotStart,
    Databases,
    migrate_all,
    require_migrated,
    run,
)
from zhixing.settings import SERVICES, SettingError, Settings


@contextmanager
def clear_refusals() -> Iterator[None]:
    """Ends with one clear line and exit code 2 where the platform cannot start."""
    try:
        yield
    except (SettingError, CannotStart, LocalServerError) as refusal:
        click.echo(f"zhixing: {refusal}", err=True)
        sys.exit(2)


@click.group()
def main() -> None:
    """Zhixing 知行: education and training of Party members at a university."""


def configured() -> Settings:
    found = settings.read()
    logs.configure(found.log_level)
    return found


@main.command()
def up() -> None:
    """Everything in one process."""
    with clear_refusals():
        found = configured()
        with Databases(found) as urls:
            migrate_all(urls)
            run(found, urls, SERVICES)


@main.command("run")
@click.argument("services", nargs=-1, required=True, type=click.Choice(SERVICES))
def run_services(services: tuple[str, ...]) -> None:
    """Named services against the configured broker and databases."""
    with clear_refusals():
        found = configured()
        if found.embedded_broker or found.embedded_database:
            raise SettingError("ZHIXING_AMQP_URL and ZHIXING_DATABASE_URL must be set")
        require_migrated(found.database_urls, services)
        run(found, found.database_urls, services)


@main.command()
@click.argument("services", nargs=-1, type=click.Choice(SERVICES))
def migrate(services: tuple[str, ...]) -> None:
    """Brings the schemas of services, or of all, up to date; safe to run twice and at once."""
    with clear_refusals():
        named = services or SERVICES
        with Databases(configured()) as urls:
            migrate_all(urls, named)
        click.echo(f"up to date: {', '.join(named)}")
