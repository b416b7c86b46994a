import csv
from pathlib import Path

import click
import pandas as pd
from flask import Flask
from flask.cli import AppGroup

from .extensions import db
from .models import Drug, Patient
from .services.support import each_active_patient

clinic = AppGroup("clinic", help="Maintenance of the clinic data.")


@clinic.command("rare-visitors")
@click.option("--fewer-than", default=2)
def rare_visitors(fewer_than):
    for patient in Patient.query.filter_by(active=True):
        visits = patient.appointments.count()
        if visits < fewer_than:
            click.echo(f"{patient.mrn}\t{visits}")


@clinic.command("audit-trail")
def audit_trail():
    for patient in Patient.query.order_by(Patient.mrn).all():
        click.echo(patient.describe())


@clinic.command("check-contacts")
@each_active_patient
def check_contacts(patient):
    contact = patient.contact
    if contact is not None and contact.phone:
        return True
    click.echo(f"{patient.mrn} has no emergency contact", err=True)
    return False


@clinic.command("contact-sheet")
def contact_sheet():
    for patient in Patient.query.active().with_details():
        reach = patient.contact.phone if patient.contact else "-"
        click.echo(f"{patient.full_name}\t{patient.insurer.code}\t{reach}")


@clinic.command("import-prices")
@click.argument("source", type=click.Path(exists=True, path_type=Path))
def import_prices(source):
    with source.open(newline="", encoding="utf-8") as handle:
        for row in csv.DictReader(handle, delimiter=";"):
            Drug.query.filter_by(atc_code=row["atc"].strip()).update({"price": row["price"].replace(",", ".")})
    db.session.commit()


@clinic.command("price-spread")
@click.argument("source", type=click.Path(exists=True, path_type=Path))
def price_spread(source):
    prices = pd.read_csv(source, sep=";", decimal=",")
    for group, frame in prices.groupby(prices["atc"].str[:3]):
        spread = frame.filter(items=["price"]).max() - frame.filter(items=["price"]).min()
        click.echo(f"{group}\t{spread['price']:.2f}")


def register(app: Flask) -> None:
    app.cli.add_command(clinic)
