"""A query of its own for each row, of SQLAlchemy's."""

import functools

from counting import case
from sqlalchemy import exists, func, select, text
from sqlalchemy.orm import Session

from store.legacy import Farm, Field
from store.models import Album, Band, City, Label, Member, Track


@case
def got_by_key(session):
    return [session.get(Band, album.band_id).name for album in session.scalars(select(Album))]


@case
def executed_per_row(session):
    out = []
    for album in session.scalars(select(Album)).all():
        tracks = session.execute(select(Track).where(Track.album_id == album.id)).scalars().all()
        out.append(len(tracks))
    return out


@case
def scalar_per_row(session):
    out = []
    for band in session.scalars(select(Band)):
        out.append(session.scalar(select(func.count()).select_from(Album).where(Album.band_id == band.id)))
    return out


@case
def scalars_per_key(session):
    keys = session.scalars(select(Album.band_id)).all()
    return [session.scalars(select(Band).where(Band.id == key)).one().name for key in keys]


@case
def query_per_row(session):
    return [session.query(Field).filter(Field.farm_id == farm.id).count() for farm in session.query(Farm)]


@case
def first_per_row(session):
    return [session.query(Farm).filter_by(id=field.farm_id).first().name for field in session.query(Field).all()]


@case
def refreshed_per_row(session):
    albums = session.scalars(select(Album)).all()
    for album in albums:
        session.refresh(album)
    return [album.title for album in albums]


def band_of(session, key):
    return session.get(Band, key)


@case
def hidden_in_a_function(session):
    return [band_of(session, album.band_id).name for album in session.scalars(select(Album))]


class Shelf:
    def __init__(self, session: Session):
        self.session = session

    def tracks(self, album_id):
        return self.session.scalars(select(Track).where(Track.album_id == album_id)).all()

    def all(self):
        albums = self.session.scalars(select(Album)).all()
        return {album.title: len(self.tracks(album.id)) for album in albums}


@case
def hidden_in_a_method(session):
    return Shelf(session).all()


@case
def exists_per_row(session):
    out = []
    for album in session.scalars(select(Album)):
        out.append(session.scalar(select(exists().where(Track.album_id == album.id))))
    return out


@case
def plain_text_per_row(session):
    out = []
    for album in session.scalars(select(Album)):
        out.append(session.execute(text("select name from band where id = :id"), {"id": album.band_id}).scalar())
    return out


# What follows asks once for all, or for one.


@case
def all_by_their_keys(session):
    albums = session.scalars(select(Album)).all()
    bands = session.scalars(select(Band).where(Band.id.in_([album.band_id for album in albums])))
    names = {band.id: band.name for band in bands}
    return [names[album.band_id] for album in albums]


@case
def counted_in_groups(session):
    rows = session.execute(select(Album.band_id, func.count()).group_by(Album.band_id))
    return {key: count for key, count in rows}


@case
def asked_before_the_loop(session):
    total = session.scalar(select(func.count()).select_from(Album))
    return [album.plays / total for album in session.scalars(select(Album))]


@case
def one_by_key(session):
    return session.get(Band, 1).name


@case
def dict_get(session):
    names = {band.id: band.name for band in session.scalars(select(Band))}
    return [names.get(album.band_id) for album in session.scalars(select(Album))]


@case
def statement_built_in_a_loop(session):
    statement = select(Album)
    for word in ("x", "y"):
        statement = statement.where(Album.title != word)
    return [album.title for album in session.scalars(statement)]


@case
def for_two_names(session):
    return [session.scalar(select(Band).where(Band.name == name)).id for name in ("band name 1", "band name 1")]


@case
def already_in_the_session(session):
    bands = session.scalars(select(Band)).all()
    assert bands
    return [band.name for band in bands]


@case
def joined_rows(session):
    rows = session.execute(select(Album, Band).join(Album.band))
    return [(album.title, band.name) for album, band in rows]


@case
def in_a_tuple(session):
    keys = session.scalars(select(Album.band_id)).all()
    return len(session.scalars(select(Band).where(Band.id.in_(keys))).all())


@case
def columns_counted_per_row(session):
    out = []
    for farm in session.query(Farm):
        out.append(session.query(func.count(Field.id)).filter(Field.farm_id == farm.id).scalar())
    return out


@case
def got_by_rows_of_columns(session):
    return [session.get(Farm, key).name for (key,) in session.query(Field.farm_id).all()]


@case
def columns_asked_once(session):
    counts = dict(session.query(Field.farm_id, func.count(Field.id)).group_by(Field.farm_id).all())
    return [counts.get(farm.id) for farm in session.query(Farm)]


@case
def the_first_row_of_columns(session):
    first = session.query(Field.farm_id, Field.id).first()
    return [session.get(Farm, first[0]).name for part in first]


def longest_of(session, album):
    stmt = select(Track.seconds).where(Track.album_id == album.id).order_by(Track.seconds.desc()).limit(1)
    return session.scalar(stmt)


@case
def the_first_column_per_row(session):
    return [longest_of(session, album) for album in session.scalars(select(Album))]


@case
def the_first_columns_once(session):
    keys = session.execute(select(Track.album_id, Track.seconds).limit(5)).all()
    return {key: seconds for key, seconds in keys}


def with_tracks(run):
    @functools.wraps(run)
    def wrapper(session, album, *args):
        if session.scalar(select(func.count(Track.id)).where(Track.album_id == album.id)) is None:
            return None
        return run(session, album, *args)

    return wrapper


@with_tracks
def title_of(session, album, mark):
    return f"{mark} {album.title}"


@case
def asked_by_a_decorator(session):
    return [title_of(session, album, "-") for album in session.scalars(select(Album)).all()]


def marked(run):
    @functools.wraps(run)
    def wrapper(session, album, *args):
        if album.id is None:
            return None
        return run(session, album, *args)

    return wrapper


@marked
def mark_of(session, album, mark):
    return f"{mark} {album.title}"


@case
def looked_at_by_a_decorator(session):
    return [mark_of(session, album, "-") for album in session.scalars(select(Album)).all()]
