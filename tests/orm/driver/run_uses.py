"""Runs the cases of uses, in the folder that it is started in, and prints the signs that each shows: what the database
plans, what was made and not taken, what failed."""

import json
import os
import sys
import warnings

sys.path[:0] = [os.getcwd(), os.path.dirname(os.path.abspath(__file__))]
os.environ["DJANGO_SETTINGS_MODULE"] = "depot.settings"

import django

django.setup()

from django.apps import apps
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection, models, transaction
from django.db.models import QuerySet
from django.db.models.fields.related_descriptors import ForwardManyToOneDescriptor

import counting
from depot.models import *

ROWS = 4


def populate():
    every = range(1, ROWS + 1)
    User.objects.bulk_create(User(pk=i, username=f"u{i}") for i in every)
    Site.objects.bulk_create(Site(pk=i, name=f"Site {i}", code=f"c{i}", owner_id=i) for i in every)
    Label.objects.bulk_create(Label(pk=i, text=f"label {i}") for i in every)
    Parcel.objects.bulk_create(
        Parcel(pk=i, site_id=i, token=f"t{i}", serial=f"s{i}", reference=f"r{i}", batch=i, origin=f"o{i}") for i in every
    )
    Move.objects.bulk_create(Move(pk=i, parcel_id=i, shelf=i, slot=i, barcode=f"b{i}") for i in every)
    Claim.objects.bulk_create(Claim(pk=i, move_id=i, email=f"a{i}@x.org", number=f"n{i}") for i in every)
    Address.objects.bulk_create(Address(pk=i, claim_id=i, town=f"town {i}", street=f"street {i}") for i in every)
    Ledger.objects.bulk_create(Ledger(pk=i, claim_id=i, code=f"c{i}") for i in every)
    Audit.objects.bulk_create(Audit(pk=i, claim_id=i, actor=f"a{i}", subject=f"s{i}") for i in every)
    Gear.objects.bulk_create(Gear(pk=i, name=f"gear {i}") for i in every)
    Driver.objects.bulk_create(Driver(pk=i, user_id=i, licence=f"l{i}") for i in every)
    Licensed.objects.bulk_create(Licensed(pk=i, site_id=i) for i in every)
    Trip.objects.bulk_create(Trip(pk=i, driver_id=i, gear_id=i, licensed_id=i) for i in every)
    Stop.objects.bulk_create(Stop(pk=i, trip_id=1, met_id=i) for i in every)
    for parcel in Parcel.objects.all():
        parcel.labels.add(*every)


# A queryset is taken when it is asked, or another is made of it.
watched = []
original_clone, original_init = QuerySet._clone, QuerySet.__init__


def clone(self):
    self._taken = True
    made = original_clone(self)
    frame = sys._getframe(1)
    # What Django makes for itself lies deeper.
    for _ in range(5):
        frame = frame and frame.f_back
        if frame and "/depot/" in frame.f_code.co_filename:
            watched.append(made)
            break
    return made


def taking(name):
    original = getattr(QuerySet, name)

    def method(self, *args, **kwargs):
        self._taken = True
        return original(self, *args, **kwargs)

    setattr(QuerySet, name, method)


QuerySet._clone = clone
for name in ("_fetch_all", "iterator", "count", "exists", "update", "delete", "aggregate", "get", "in_bulk"):
    taking(name)

# Which fields of the rows that were fetched are read.
fetched, read = set(), {}
original_from_db = models.Model.from_db.__func__


def from_db(cls, *args):
    made = original_from_db(cls, *args)
    fetched.add(cls.__name__)
    kept.append(made)
    return made


def reading(model):
    names = {it.attname for it in model._meta.concrete_fields}
    plain = model.__getattribute__

    def __getattribute__(self, name):
        if name in names and "depot" in sys._getframe(1).f_code.co_filename:
            read.setdefault(type(self).__name__, set()).add(name)
            read_of.setdefault(id(self), set()).add(name)
        return plain(self, name)

    model.__getattribute__ = __getattribute__


kept, read_of, got = [], {}, []
original_get_object = ForwardManyToOneDescriptor.get_object


def get_object(self, instance):
    made = original_get_object(self, instance)
    got.append(made)
    return made


ForwardManyToOneDescriptor.get_object = get_object
models.Model.from_db = classmethod(from_db)
for model in apps.get_app_config("depot").get_models():
    reading(model)


class Counted(int):
    """A count that knows what is done with it."""

    used = False

    def __hash__(self):
        return int.__hash__(self)


def use(name, original):
    def method(self, *args):
        self.used = True
        return original(self, *args)

    setattr(Counted, name, method)


for name in ("__add__", "__radd__", "__sub__", "__mul__", "__str__", "__repr__", "__format__", "__index__", "__int__"):
    use(name, getattr(int, name))
counts = []
original_count = QuerySet.count


def count_rows(self):
    made = Counted(original_count(self))
    counts.append(made)
    return made


QuerySet.count = count_rows

joined_unasked = []
original_select_related = QuerySet.select_related


def select_related(self, *fields):
    if not fields:
        joined_unasked.append(self)
    return original_select_related(self, *fields)


QuerySet.select_related = select_related


def plans(statements):
    """What the database does for each statement that has a condition or an order."""
    signs = set()
    with connection.cursor() as cursor:
        for sql, params in statements:
            cursor.execute("EXPLAIN QUERY PLAN " + sql, params)
            for *_, detail in cursor.fetchall():
                if detail.startswith("SCAN") and " WHERE " in sql:
                    signs.add("scans")
                if "TEMP B-TREE FOR ORDER BY" in detail:
                    signs.add("sorts")
            if "RAND" in sql:
                signs.add("random")
    return signs


# Tables that grow with the users of a site, and one whose rows have a text that asks.
GROWING = ("auth_user", "depot_driver", "depot_licensed")


def offers(sql):
    """Whether a statement reads all rows of such a table, to offer them."""
    whole = not any(word in sql for word in (" WHERE ", " LIMIT ", " JOIN ", "COUNT("))
    return whole and any(f'FROM "{table}"' in sql for table in GROWING)


class Undone(Exception):
    pass


def shown(function):
    statements, signs, error = [], set(), None

    def count(execute, sql, params, many, context):
        if sql.startswith(("SELECT", "UPDATE", "DELETE")) and not many:
            statements.append((sql, params))
        return execute(sql, params, many, context)

    watched.clear()
    for it in (joined_unasked, fetched, kept, read, read_of, got, counts):
        it.clear()
    try:
        with transaction.atomic():
            with connection.execute_wrapper(count):
                output = function()
            if fetched - set(read):
                signs.add("unread")
            if any(len(read.get(it, ())) == 1 for it in fetched):
                signs.add("one_column")
            # A row that a foreign key fetched, of which nothing is read but its key.
            if any(read_of.get(id(it), set()) <= {"id"} for it in got):
                signs.add("for_its_key")
            if any(not it.used for it in counts) and not isinstance(output, Counted):
                signs.add("only_tested")
            if any(offers(sql) for sql, _ in statements):
                signs.add("offers")
            signs |= plans(statements)
            raise Undone
    except Undone:
        pass
    except ValueError as failed:
        signs.add("raises")
        error, output = str(failed), None
    if any(not getattr(it, "_taken", False) for it in watched):
        signs.add("thrown")
    if joined_unasked:
        signs.add("joined")
    return sorted(signs), str(output), error


warnings.simplefilter("ignore")
call_command("migrate", run_syncdb=True, verbosity=0)
populate()
counting.load("depot.cases")
out = []
for function, (path, start, end) in counting.places().items():
    signs, output, error = shown(function)
    kind = os.path.basename(path)[:-3]
    out.append(
        dict(kind=kind, name=function.__name__, path=path, start=start, end=end, signs=signs, output=output, error=error)
    )
json.dump(out, sys.stdout)
