"""Relationships of SQLAlchemy 2.0."""

from counting import case
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from store.models import Album, Band, City, Label, Member, Sleeve, Track


@case
def scalars_read_parent(session):
    return [album.band.name for album in session.scalars(select(Album))]


@case
def scalars_load_parent(session):
    return [album.band.name for album in session.scalars(select(Album).options(joinedload(Album.band)))]


@case
def mapped_eager(session):
    return [album.sleeve.url for album in session.scalars(select(Album))]


@case
def execute_read_children(session):
    out = []
    for album in session.execute(select(Album)).scalars():
        for track in album.tracks:
            out.append(track.title)
    return out
