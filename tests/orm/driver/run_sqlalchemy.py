"""Runs the cases of SQLAlchemy's, in the folder that it is started in."""

import os
import sqlite3
import sys

sys.path[:0] = [os.getcwd(), os.path.dirname(os.path.abspath(__file__))]

from flask import Flask
from sqlalchemy import Integer, event, insert
from sqlalchemy.orm import Session
from sqlmodel import Session as ModelSession

import counting
import databases
from store import forum, inventory, legacy, models

engine = databases.engine
app = Flask("store")
app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
forum.db.init_app(app)
METADATA = [models.Base.metadata, legacy.Base.metadata, inventory.SQLModel.metadata, forum.db.metadata]

with app.app_context():
    forum_engine = forum.db.engine
    connections = {engine: engine.raw_connection().driver_connection}
    connections[forum_engine] = forum_engine.raw_connection().driver_connection
for metadata in METADATA[:3]:
    metadata.create_all(engine)
METADATA[3].create_all(forum_engine)
originals = {}


def fill(connection, metadata, rows):
    """Each table gets its rows, whose foreign keys lead to the row of the same number; the leaves get twice as many."""
    for table in metadata.sorted_tables:
        connection.execute(table.delete())
        double = table.name in ("track", "member", "crop", "harvest", "item", "post")
        some = range(1, (2 * rows if double else rows) + 1)
        values = []
        for i in some:
            row = {}
            for column in table.columns:
                if column.foreign_keys:
                    row[column.name] = (i + 1) // 2 if double else i
                elif column.primary_key or isinstance(column.type, Integer):
                    row[column.name] = i
                else:
                    row[column.name] = f"{table.name} {column.name} {i}"
            values.append(row)
        connection.execute(insert(table), values)


def populate(rows):
    for where, metadatas in ((engine, METADATA[:3]), (forum_engine, METADATA[3:])):
        with where.begin() as connection:
            for metadata in metadatas:
                fill(connection, metadata, rows)
        originals[where] = sqlite3.connect(":memory:", check_same_thread=False)
        connections[where].backup(originals[where])


statements = []


def watch(where):
    # Rows that are inserted together are one statement, though SQLite, which cannot sort what it returns, gets several.
    event.listen(where, "before_execute", lambda c, statement, *rest: statements.append(type(statement).__name__.upper()))
    event.listen(where, "commit", lambda c: statements.append("COMMIT"))


watch(engine)
watch(forum_engine)


def counted(function):
    """The output of a case, with all that it has written, and its statements. What it does is undone."""
    statements.clear()
    try:
        if "forum" in function.__module__:
            with app.app_context():
                output = function()
            where = forum_engine
        else:
            where = engine
            kind = ModelSession if "inventory" in function.__module__ else Session
            takes = function.__code__.co_argcount
            if takes:
                with kind(engine) as session:
                    output = function(session)
            else:
                output = function()
        seen = list(statements)
        wrote = any(it in ("INSERT", "UPDATE", "DELETE", "ANNOTATEDTABLE") for it in seen)
        left = "\n".join(connections[where].iterdump()) if wrote else None
        return (output, left), seen
    finally:
        originals[engine].backup(connections[engine])
        originals[forum_engine].backup(connections[forum_engine])


counting.load("store.cases")
counting.run(populate, counted)
