from datetime import date

import click
from sqlalchemy import func, select

from brewhouse.db import SessionLocal
from brewhouse.models import Ingredient, IngredientLot
from brewhouse.services.batches import release_tanks
from brewhouse.worker.tasks import enqueue_nightly, run_export


@click.group()
def cli() -> None:
    """Brewhouse maintenance commands."""


@cli.command("stock-report")
@click.option("--kind", default=None)
def stock_report(kind: str | None) -> None:
    with SessionLocal() as session:
        stmt = select(Ingredient).order_by(Ingredient.name)
        if kind:
            stmt = stmt.where(Ingredient.kind == kind)
        for ingredient in session.scalars(stmt).all():
            kg = session.scalar(
                select(func.sum(IngredientLot.remaining_kg)).where(
                    IngredientLot.ingredient_id == ingredient.id
                )
            )
            marker = "!" if (kg or 0) < ingredient.reorder_kg else " "
            click.echo(f"{marker} {ingredient.name:<30} {kg or 0:>10}")


@cli.command("release-tanks")
def release() -> None:
    with SessionLocal() as session:
        click.echo(f"{release_tanks(session, date.today())} tanks released")


@cli.command("export")
@click.argument("name")
@click.argument("path", type=click.Path(dir_okay=False))
def export(name: str, path: str) -> None:
    click.echo(f"{run_export(name, path)} rows written")


@cli.command("nightly")
def nightly() -> None:
    enqueue_nightly()


if __name__ == "__main__":
    cli()
