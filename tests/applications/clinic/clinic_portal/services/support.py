from functools import wraps

import click

from ..models import Insurer, Patient


def insurer_labeler(separator: str = " / "):
    def label(insurer_id: int) -> str:
        insurer = Insurer.query.filter_by(id=insurer_id).first()
        if insurer is None:
            return "self-paying"
        return f"{insurer.code}{separator}{insurer.name}"

    return label


def each_active_patient(func):
    @wraps(func)
    def wrapper(*args, **kwargs):
        handled = 0
        for patient in Patient.query.active().order_by(Patient.id):
            if func(patient, *args, **kwargs):
                handled += 1
        click.echo(f"{handled} patients handled")

    return wrapper
