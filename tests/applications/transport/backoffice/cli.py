import click
from flask.cli import AppGroup

from backoffice.models import Outlet, Ticket

office = AppGroup("office")


@office.command("outlet-sales")
@click.option("--city")
def outlet_sales(city: str | None) -> None:
    query = Outlet.query.order_by(Outlet.name)
    if city:
        query = query.filter(Outlet.city == city)
    for outlet in query:
        sold = outlet.tickets.filter(Ticket.state == "sold").count()
        click.echo(f"{outlet.name:<40} {sold:>8}")
