"""Commits, flushes and statements that write, in a loop."""

from counting import case
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from store.legacy import Farm
from store.models import Album, Band, Label, Track


@case
def committed_per_row(session):
    for album in session.scalars(select(Album)).all():
        album.plays += 1
        session.commit()


@case
def added_and_committed(session):
    for band in session.scalars(select(Band)).all():
        session.add(Label(name=band.name))
        session.commit()


@case
def flushed_per_row(session):
    for band in session.scalars(select(Band)).all():
        session.add(Album(title="Live", band_id=band.id))
        session.flush()
    session.commit()


@case
def updated_by_statements(session):
    for track in session.scalars(select(Track)).all():
        session.execute(update(Track).where(Track.id == track.id).values(seconds=track.seconds + 1))
    session.commit()


@case
def deleted_by_statements(session):
    for album in session.scalars(select(Album)).all():
        session.execute(delete(Track).where(Track.album_id == album.id))
    session.commit()


@case
def inserted_by_statements(session):
    for band in session.scalars(select(Band)).all():
        session.execute(insert(Label).values(name=band.name))
    session.commit()


@case
def updated_by_queries(session):
    for farm in session.query(Farm).all():
        session.query(Farm).filter(Farm.id == farm.id).update({"name": farm.name.upper()})
    session.commit()


def save(session, row):
    session.add(row)
    session.commit()
    session.refresh(row)
    return row


@case
def hidden_in_a_function(session):
    return [save(session, Label(name=band.name)).name for band in session.scalars(select(Band)).all()]


@case
def committed_in_a_transaction_each(session):
    names = [band.name for band in session.scalars(select(Band)).all()]
    for band in session.scalars(select(Band)).all():
        with session.begin_nested():
            session.add(Label(name=band.name))
        session.commit()
    return names


# What follows commits once.


@case
def committed_once(session):
    for album in session.scalars(select(Album)).all():
        album.plays += 1
    session.commit()


@case
def added_all(session):
    session.add_all([Label(name=band.name) for band in session.scalars(select(Band))])
    session.commit()


@case
def updated_at_once(session):
    session.execute(update(Track).values(seconds=Track.seconds + 1))
    session.commit()


@case
def deleted_at_once(session):
    session.execute(delete(Track).where(Track.album_id.in_(select(Album.id))))
    session.commit()


@case
def inserted_at_once(session):
    rows = [{"name": band.name} for band in session.scalars(select(Band))]
    session.execute(insert(Label), rows)
    session.commit()


@case
def added_in_a_loop_committed_once(session):
    for band in session.scalars(select(Band)).all():
        session.add(Label(name=band.name))
    session.commit()


@case
def flushed_once(session):
    for band in session.scalars(select(Band)).all():
        band.name = band.name.upper()
    session.flush()
    session.commit()


@case
def committed_for_two(session):
    for name in ("x", "y"):
        session.add(Label(name=name))
        session.commit()


class Ledger:
    def __init__(self):
        self.committed = 0

    def commit(self):
        self.committed += 1


@case
def another_commit(session):
    ledger = Ledger()
    for band in session.scalars(select(Band)):
        ledger.commit()
    return ledger.committed
