from flask import Flask, g

from backoffice.models import Staff


def staff_name(staff_id: int) -> str:
    if "staff_names" not in g:
        g.staff_names = {person.id: person.name for person in Staff.query.all()}
    return g.staff_names.get(staff_id, "–")


def euros(cents: int | None) -> str:
    return f"{(cents or 0) / 100:.2f} €"


def register(app: Flask) -> None:
    app.jinja_env.filters["staff_name"] = staff_name
    app.jinja_env.filters["euros"] = euros
