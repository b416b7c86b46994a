"""Runs the cases of uses of SQLAlchemy, in the folder that it is started in, and prints the signs that each shows: rows
that are the product of lists, statements that are made and not taken. Each foreign key is a case, too: the database is asked
how it would look for the rows of one parent."""

import json
import os
import re
import sys

sys.path[:0] = [os.getcwd(), os.path.dirname(os.path.abspath(__file__))]

from sqlalchemy import create_engine, event, insert, text
from sqlalchemy.orm import Query, Session
from sqlalchemy.sql.selectable import Select

import counting
from press import models

# Objects, and items in each list of one of them.
OBJECTS, ITEMS = 2, 6
engine = create_engine("sqlite://")
models.Base.metadata.create_all(engine)


def populate():
    with engine.begin() as connection:
        add = lambda table, rows: connection.execute(insert(table), list(rows))
        objects, items = range(1, OBJECTS + 1), range(1, OBJECTS * ITEMS + 1)
        of = lambda i: (i - 1) // ITEMS + 1
        add(models.House, ({"id": i, "name": f"House {i}"} for i in objects))
        add(models.Writer, ({"id": i, "name": f"Writer {i}"} for i in items))
        add(models.Title, ({"id": i, "name": f"Title {i}", "house_id": i} for i in objects))
        add(models.Office, ({"id": i, "house_id": of(i), "head_id": i} for i in items))
        add(models.Page, ({"id": i, "number": i, "title_id": of(i), "drawn_by_id": i} for i in items))
        add(models.Note, ({"id": i, "number": i, "page_id": i} for i in items))
        add(models.Print, ({"id": i, "title_id": of(i), "house_id": of(i)} for i in items))
        add(models.title_writer, ({"title_id": of(i), "writer_id": i} for i in items))


# A statement is taken when another is made of it, or when it is run.
made, fetched = [], []
generate = {it: it._generate for it in (Select, Query)}


def watching(kind):
    def _generate(self):
        self.__dict__["_taken"] = True
        out = generate[kind](self)
        out.__dict__.pop("_taken", None)
        frame = sys._getframe(1)
        # What SQLAlchemy makes for itself lies deeper.
        for _ in range(5):
            frame = frame and frame.f_back
            if frame and "/press/" in frame.f_code.co_filename:
                made.append(out)
                break
        return out

    kind._generate = _generate


watching(Select)
watching(Query)


@event.listens_for(engine, "before_execute")
def ran(connection, statement, *rest):
    statement.__dict__["_taken"] = True


for name in ("_iter", "delete", "update", "count"):

    def taking(name=name, original=getattr(Query, name)):
        def method(self, *args, **kwargs):
            self.__dict__["_taken"] = True
            return original(self, *args, **kwargs)

        setattr(Query, name, method)

    taking()


def shown(function):
    made.clear()
    statements = []

    def count(connection, cursor, statement, parameters, context, many):
        statements.append((statement, parameters))

    event.listen(engine, "after_cursor_execute", count)
    try:
        with Session(engine) as session:
            output = function(session)
    finally:
        event.remove(engine, "after_cursor_execute", count)
    signs = set()
    with engine.connect() as connection:
        for statement, parameters in statements:
            if statement.startswith("SELECT"):
                rows = connection.exec_driver_sql(statement, parameters).fetchall()
                # Each list has `ITEMS` for each object; a product has more rows than all of them.
                if len(rows) > OBJECTS * ITEMS:
                    signs.add("product")
    if any(not it.__dict__.get("_taken") for it in made):
        signs.add("thrown")
    return sorted(signs), str(output)


def foreign_keys():
    """How the rows of one parent are looked for, for each foreign key of a class."""
    path = "press/models.py"
    lines = open(path).read().splitlines()
    for mapper in sorted(models.Base.registry.mappers, key=lambda it: it.class_.__name__):
        start = next(i for i, line in enumerate(lines, 1) if line.startswith(f"class {mapper.class_.__name__}("))
        for column in mapper.local_table.columns:
            if not column.foreign_keys:
                continue
            at = next(i for i in range(start, len(lines) + 1) if re.match(rf"\s+{column.name}\b", lines[i - 1]))
            with engine.connect() as connection:
                sql = f"EXPLAIN QUERY PLAN SELECT * FROM {column.table.name} WHERE {column.name} = 1"
                plan = [it[-1] for it in connection.execute(text(sql))]
            signs = ["scans"] if any(it.startswith("SCAN") for it in plan) else []
            name = f"{mapper.class_.__name__}.{column.name}"
            yield dict(kind="models", name=name, path=path, start=at, end=at, signs=signs, output="", error=None)


populate()
counting.load("press.cases")
out = list(foreign_keys())
for function, (path, start, end) in counting.places().items():
    signs, output = shown(function)
    kind = os.path.basename(path)[:-3]
    out.append(
        dict(kind=kind, name=function.__name__, path=path, start=start, end=end, signs=signs, output=output, error=None)
    )
json.dump(out, sys.stdout)
