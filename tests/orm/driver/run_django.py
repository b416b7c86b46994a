"""Runs the cases of Django's, in the folder that it is started in."""

import os
import sys

sys.path[:0] = [os.getcwd(), os.path.dirname(os.path.abspath(__file__))]
os.environ["DJANGO_SETTINGS_MODULE"] = "shop.settings"

import django

django.setup()

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection, transaction

import counting
from shop.models import *

TABLES = [it for it in apps.get_app_config("shop").get_models()]


def populate(rows):
    ContentType.objects.clear_cache()
    with connection.constraint_checks_disabled(), connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            if table.startswith("shop_"):
                cursor.execute(f'delete from "{table}"')
    every = range(1, rows + 1)
    make = lambda model, **fields: model.objects.bulk_create(
        model(pk=i, **{name: value(i) for name, value in fields.items()}) for i in every
    )
    twice = lambda model, **fields: model.objects.bulk_create(
        model(pk=i, **{name: value((i + 1) // 2) for name, value in fields.items()}) for i in range(1, 2 * rows + 1)
    )
    same = lambda i: i
    make(Country, name=lambda i: f"Country {i}")
    make(Publisher, name=lambda i: f"Publisher {i}", country_id=same)
    make(Author, name=lambda i: f"Author {i}", country_id=same, mentor_id=lambda i: rows + 1 - i)
    make(Tag, name=lambda i: f"tag {i}")
    make(Book, title=lambda i: f"Book {i}", author_id=same, publisher_id=same, editor_id=lambda i: rows + 1 - i)
    make(Cover, book_id=same, url=lambda i: f"/covers/{i}")
    twice(Chapter, book_id=same, title=lambda i: f"Chapter of {i}", number=same)
    make(Reader, name=lambda i: f"Reader {i}", country_id=same)
    twice(Review, book_id=same, reader_id=lambda i: rows + 1 - i, stars=lambda i: 1 + i % 5)
    make(Loan, book_id=same, reader_id=same)
    # The first reader has lent every book.
    Loan.objects.bulk_create(Loan(pk=rows + i, book_id=i, reader_id=1) for i in every)
    kind = ContentType.objects.get_for_model(Book)
    make(Note, text=lambda i: f"Note {i}", content_type=lambda i: kind, object_id=same)
    make(Copy, book_id=same, owner_id=same)
    make(Parcel, loan_id=same)
    make(Invoice, loan_id=same)
    make(Shelfmark, name=lambda i: f"Mark {i}")
    for many in (Book.tags.through, Reader.favourites.through):
        first, second = [it.attname for it in many._meta.fields[1:3]]
        many.objects.bulk_create(many(**{first: i, second: i}) for i in every)
        # The first of all is of many.
        many.objects.bulk_create(many(**{first: i, second: 1}) for i in every if i > 1)


class Undone(Exception):
    pass


def counted(function):
    """The output of a case, with all that it has written, and its statements. What it does is undone."""
    statements = []

    def count(execute, sql, *args):
        if not sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN")):
            statements.append(sql)
        return execute(sql, *args)

    try:
        with transaction.atomic():
            with connection.execute_wrapper(count):
                output = function()
            wrote = any(not it.lstrip("(").upper().startswith("SELECT") for it in statements)
            left = [list(it.objects.order_by("pk").values_list()) for it in TABLES] if wrote else None
            raise Undone
    except Undone:
        return (output, left), statements


call_command("migrate", run_syncdb=True, verbosity=0)
counting.load("shop.cases")
counting.run(populate, counted)
