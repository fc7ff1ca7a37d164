"""The command `zhixing`."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import click

from zhixing import logs, settings
from zhixing.local.errors import LocalServerError
from zhixing.settings import SERVICES, CannotStart, SettingError, Settings


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
@click.option(
    "--demo", "with_demo", is_flag=True, help="Load the demo college if nothing is there."
)
def up(with_demo: bool) -> None:
    """Everything in one process."""
    from zhixing import green, platform  # noqa: F401
    from zhixing.demo.greeting import when_ready

    with clear_refusals():
        found = configured()
        with platform.Databases(found) as urls:
            platform.migrate_all(urls)
            platform.run(found, urls, SERVICES, when_ready(found, demo=with_demo))


@main.command("run")
@click.argument("services", nargs=-1, required=True, type=click.Choice(SERVICES))
def run_services(services: tuple[str, ...]) -> None:
    """Named services against the configured broker and databases."""
    from zhixing import green, platform  # noqa: F401

    with clear_refusals():
        found = configured()
        if found.embedded_broker or found.embedded_database:
            raise SettingError("ZHIXING_AMQP_URL and ZHIXING_DATABASE_URL must be set")
        platform.require_migrated(found.database_urls, services)
        platform.run(found, found.database_urls, services)


@main.command()
@click.argument("services", nargs=-1, type=click.Choice(SERVICES))
def migrate(services: tuple[str, ...]) -> None:
    """Brings the schemas of services, or of all, up to date; safe to run twice and at once."""
    from zhixing import green, platform  # noqa: F401

    with clear_refusals():
        named = services or SERVICES
        with platform.Databases(configured()) as urls:
            platform.migrate_all(urls, named)
        click.echo(f"up to date: {', '.join(named)}")


@main.command()
@click.argument("service", type=click.Choice(SERVICES))
def rebuild(service: str) -> None:
    """Empties what a service has heard and lets it catch up from history."""
    from zhixing import green, operate  # noqa: F401

    with clear_refusals():
        heard = operate.rebuild_service(configured(), service)
        click.echo(
            f"{service} is emptied; {heard} facts of its own are heard again, the rest follows"
        )


@main.group("parked")
def parked_facts() -> None:
    """Facts a handler could not take."""


@parked_facts.command("list")
@click.argument("service", required=False, type=click.Choice(SERVICES))
def parked_list(service: str | None) -> None:
    """What is parked, without bodies."""
    from zhixing import green, operate  # noqa: F401

    with clear_refusals():
        found = configured()
        for name in [service] if service else SERVICES:
            for row in operate.list_parked(found, name):
                click.echo(json.dumps({"service": name, **row}, default=str, ensure_ascii=False))


@parked_facts.command("show")
@click.argument("service", type=click.Choice(SERVICES))
@click.argument("number", type=int)
def parked_show(service: str, number: int) -> None:
    """One parked fact with its body, which may hold personal data."""
    from zhixing import green, operate  # noqa: F401

    with clear_refusals():
        row = operate.show_parked(configured(), service, number)
        click.echo(json.dumps(row, ensure_ascii=False, indent=2))


def mark(service: str, number: int | None, everything: bool, status: str) -> None:
    from zhixing import green, operate  # noqa: F401

    with clear_refusals():
        if (number is None) != everything:
            raise click.UsageError("name one number, or --all")
        click.echo(f"{status}: {operate.mark_parked(configured(), service, status, number)}")


@parked_facts.command("replay")
@click.argument("service", type=click.Choice(SERVICES))
@click.argument("number", type=int, required=False)
@click.option("--all", "everything", is_flag=True)
def parked_replay(service: str, number: int | None, everything: bool) -> None:
    """Has the running service take parked facts again."""
    mark(service, number, everything, "retry")


@parked_facts.command("drop")
@click.argument("service", type=click.Choice(SERVICES))
@click.argument("number", type=int, required=False)
@click.option("--all", "everything", is_flag=True)
def parked_drop(service: str, number: int | None, everything: bool) -> None:
    """Gives parked facts up; they stay listed as dropped."""
    mark(service, number, everything, "dropped")


@main.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of real statements and ratings.",
)
def demo(as_json: bool, data: Path | None) -> None:
    """Plays a whole training over HTTP; fails where anything is lost or doubled."""
    from zhixing.demo import play

    logs.configure("info")
    figures = play.play(data or play.DATA)
    show(figures, as_json)
    if figures["lost"] or figures["doubled"]:
        sys.exit(1)


@main.group("import")
def import_() -> None:
    """Takes in what others keep in files."""


@import_.command("roster")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@click.option("--url", help="Of the running gateway; default ZHIXING_PUBLIC_URL.")
def import_roster(file: Path, dry_run: bool, url: str | None) -> None:
    """Members from Excel or CSV; nobody is deleted for being absent from the file."""
    from zhixing import roster

    with clear_refusals():
        found = settings.read()
        lines, refused = roster.sent(file, url or found.public_url, found.admin_password, dry_run)
    for line in lines:
        click.echo(line)
    if refused:
        sys.exit(1)


@main.command()
@click.argument("marks", type=click.Path(path_type=Path))
@click.option("--staff", type=click.Path(path_type=Path), help="CSV of staff marks: outcome,mark.")
@click.option(
    "--method",
    type=click.Choice(["mean", "median", "reliability"]),
    default="reliability",
    show_default=True,
)
@click.option("--scale", default="0:100", show_default=True, help="Least and largest mark.")
@click.option("--reviewers", type=click.Path(path_type=Path), help="CSV to write of reviewers.")
def consensus(
    marks: Path,
    staff: Path | None,
    method: Literal["mean", "median", "reliability"],
    scale: str,
    reviewers: Path | None,
) -> None:
    """What the marks of a CSV file (reviewer,outcome,mark) agree on, by outcome."""
    from zhixing.consensus import tables

    with clear_refusals():
        written = tables(marks, staff, method, scale, reviewers)
    click.echo(written, nl=False)


@main.group()
def bench() -> None:
    """Measures ours beside an honest baseline, in one run."""


@bench.command("pipeline")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def bench_pipeline(as_json: bool) -> None:
    """Facts from learning through assessment to the archive."""
    from zhixing.bench import pipeline

    show(pipeline.measure(), as_json)


@bench.command("intake")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def bench_intake(as_json: bool) -> None:
    """Statements of partners, stored; and their way to a record."""
    from zhixing.bench import intake

    show(intake.measure(), as_json)


@bench.command("pages")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def bench_pages(as_json: bool) -> None:
    """The pages people look at most."""
    from zhixing.bench import pages

    show(pages.measure(), as_json)


@bench.command("rebuild")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def bench_rebuild(as_json: bool) -> None:
    """An archive emptied and standing again from history."""
    from zhixing.bench import rebuild

    show(rebuild.measure(), as_json)


@bench.command("close")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def bench_close(as_json: bool) -> None:
    """From the end of the reviews to the last certificate."""
    from zhixing.bench import close

    show(close.measure(), as_json)


@bench.command("consensus")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def bench_consensus(as_json: bool) -> None:
    """How near the truth consensus comes in simulated cohorts, beside mean and median."""
    from zhixing.bench import consensus

    show(consensus.measure(), as_json)


def show(figures: dict[str, object], as_json: bool) -> None:
    """Prints figures as one JSON object, or a line each."""
    if as_json:
        click.echo(json.dumps(figures))
    else:
        for name, value in figures.items():
            click.echo(f"{name:>20}  {value}")
