"""Relationships of SQLAlchemy 2.0."""

from operator import attrgetter

from counting import case
from sqlalchemy import func, select
from sqlalchemy.orm import (
    aliased,
    contains_eager,
    defaultload,
    immediateload,
    joinedload,
    lazyload,
    selectinload,
    subqueryload,
)

from store.models import Album, Band, City, Label, Member, Sleeve, Track


@case
def scalars_read_parent(session):
    return [album.band.name for album in session.scalars(select(Album))]


@case
def execute_read_children(session):
    out = []
    for album in session.execute(select(Album)).scalars():
        for track in album.tracks:
            out.append(track.title)
    return out


@case
def rows_as_tuples(session):
    return [album.band.name for (album,) in session.execute(select(Album).order_by(Album.id))]


@case
def rows_by_index(session):
    return [row[0].band.name for row in session.execute(select(Album)).all()]


@case
def rows_by_name(session):
    return [row.Album.band.name for row in session.execute(select(Album)).all()]


@case
def secondary(session):
    statement = select(Album).where(Album.plays > 0)
    return {album.title: [label.name for label in album.labels] for album in session.scalars(statement).all()}


@case
def two_hops_one_loaded(session):
    albums = session.scalars(select(Album).options(joinedload(Album.band))).all()
    return [album.band.city.name for album in albums]


@case
def children_of_children(session):
    bands = session.scalars(select(Band).options(selectinload(Band.albums))).all()
    return [track.title for band in bands for album in band.albums for track in album.tracks]


@case
def property_of_the_model(session):
    return [band.home for band in session.scalars(select(Band))]


@case
def method_of_the_model(session):
    return [band.titles() for band in session.scalars(select(Band))]


@case
def method_two_hops(session):
    return [track.credit() for track in session.scalars(select(Track)).all()]


def name_of(album):
    return album.band.name


@case
def function_with_the_row(session):
    return [name_of(album) for album in session.scalars(select(Album))]


def some_albums(session):
    return session.scalars(select(Album).order_by(Album.title)).all()


@case
def rows_from_a_function(session):
    return [album.band.name for album in some_albums(session)]


@case
def joined_but_not_loaded(session):
    statement = select(Album).join(Album.band).where(Band.name != "x")
    return [album.band.name for album in session.scalars(statement)]


@case
def option_on_another_relation(session):
    statement = select(Band).options(selectinload(Band.albums))
    return [band.city.name for band in session.scalars(statement).unique()]


@case
def limited_to_many(session):
    return [album.band.name for album in session.scalars(select(Album).limit(100))]


@case
def lazy_by_an_option(session):
    statement = select(Band).options(lazyload(Band.members))
    return [len(band.members) for band in session.scalars(statement)]


@case
def sorted_by_a_lambda(session):
    albums = session.scalars(select(Album)).all()
    return [album.title for album in sorted(albums, key=lambda album: album.band.name)]


# What follows loads what it reads, or reads nothing.


@case
def scalars_load_parent(session):
    return [album.band.name for album in session.scalars(select(Album).options(joinedload(Album.band)))]


@case
def mapped_eager(session):
    return [album.sleeve.url for album in session.scalars(select(Album))]


@case
def mapped_eager_list(session):
    return [[member.name for member in band.members] for band in session.scalars(select(Band))]


@case
def loaded_by_selectin(session):
    statement = select(Album).options(selectinload(Album.tracks), selectinload(Album.labels))
    return [(len(album.tracks), len(album.labels)) for album in session.scalars(statement)]


@case
def loaded_by_subquery(session):
    return [len(album.tracks) for album in session.scalars(select(Album).options(subqueryload(Album.tracks)))]


@case
def contained(session):
    statement = select(Album).join(Album.band).options(contains_eager(Album.band))
    return [album.band.name for album in session.scalars(statement)]


@case
def chained_options(session):
    statement = select(Track).options(joinedload(Track.album).joinedload(Album.band))
    return [track.credit() for track in session.scalars(statement)]


@case
def chained_selectin(session):
    statement = select(Band).options(selectinload(Band.albums).selectinload(Album.tracks))
    return [track.title for band in session.scalars(statement) for album in band.albums for track in album.tracks]


@case
def foreign_key_is_there(session):
    return [album.band_id for album in session.scalars(select(Album))]


@case
def columns_only(session):
    return [title for (title,) in session.execute(select(Album.title))]


@case
def two_columns(session):
    statement = select(Album.title, Band.name).join(Album.band)
    return [(row.title, row.name) for row in session.execute(statement)]


@case
def back_to_the_parent(session):
    bands = session.scalars(select(Band).options(selectinload(Band.albums)))
    return [album.band.name for band in bands for album in band.albums]


@case
def one_row(session):
    album = session.get(Album, 1)
    return [album.band.name, [track.title for track in album.tracks]]


@case
def first_of_all(session):
    album = session.scalars(select(Album).order_by(Album.id)).first()
    return album.band.name


@case
def all_of_one_parent(session):
    return [track.album.title for track in session.scalars(select(Track).where(Track.album_id == 1))]


@case
def three_rows(session):
    return [album.band.name for album in session.scalars(select(Album).limit(3))]


@case
def parents_are_there(session):
    bands = {band.id: band for band in session.scalars(select(Band))}
    return [bands[album.band_id].name for album in session.scalars(select(Album))]


@case
def counted_by_the_database(session):
    statement = select(Band.name, func.count(Album.id)).join(Band.albums).group_by(Band.name)
    return [tuple(row) for row in session.execute(statement)]


@case
def options_from_a_list(session):
    options = [joinedload(Album.band), selectinload(Album.tracks)]
    statement = select(Album).options(*options)
    return [(album.band.name, len(album.tracks)) for album in session.scalars(statement).unique()]


def rows_of(session, model):
    return session.scalars(select(model)).all()


class Store:
    def __init__(self, session):
        self.session = session

    def _query(self, model):
        return self.session.query(model)

    def _bands(self):
        return self._query(Band)

    def _labels(self):
        return self._query(Label)


@case
def albums_by_a_helper(session):
    return [album.band.name for album in rows_of(session, Album)]


@case
def labels_by_a_helper(session):
    return [label.name for label in rows_of(session, Label)]


@case
def albums_by_a_method(session):
    return [album.band.name for album in Store(session)._query(Album)]


@case
def bands_by_two_methods(session):
    return [len(band.albums) for band in Store(session)._bands()]


@case
def labels_by_two_methods(session):
    return [label.name for label in Store(session)._labels()]


@case
def two_models_at_once(session):
    rows = session.execute(select(Album, Band).join(Album.band).order_by(Album.id))
    return [(album.title, band.name, len(album.tracks)) for album, band in rows]


@case
def two_models_that_have_each_other(session):
    rows = session.execute(select(Album, Band).join(Album.band).order_by(Album.id))
    return [(band.name, album.band.name) for album, band in rows]


@case
def two_models_with_what_they_read(session):
    rows = session.execute(select(Album, Band).join(Album.band).options(selectinload(Album.tracks)).order_by(Album.id))
    return [(band.name, len(album.tracks)) for album, band in rows]


class Shelf:
    model = None
    options = ()

    def __init__(self, session):
        self.session = session

    def all(self):
        return self.session.scalars(select(self.model).options(*self.options)).all()


class Albums(Shelf):
    model = Album


@case
def options_that_the_class_does_not_list(session):
    return [album.band.name for album in Albums(session).all()]


class LoadedAlbums(Shelf):
    model = Album
    options = (joinedload(Album.band),)


@case
def options_that_the_class_lists(session):
    return [album.band.name for album in LoadedAlbums(session).all()]


@case
def sorted_by_a_getter_with_a_name(session):
    by_band = attrgetter("band.name")
    return [album.title for album in sorted(session.scalars(select(Album)).all(), key=by_band)]


@case
def sorted_by_a_getter_of_a_column(session):
    by_title = attrgetter("title")
    return [album.title for album in sorted(session.scalars(select(Album)).all(), key=by_title)]


@case
def rows_in_partitions(session):
    return [album.band.name for part in session.scalars(select(Album)).partitions(10) for album in part]


@case
def rows_of_mappings(session):
    return [row["Album"].band.name for row in session.execute(select(Album)).mappings()]


@case
def rows_of_an_alias(session):
    other = aliased(Album)
    return [album.band.name for album in session.scalars(select(other).order_by(other.id)).all()]


@case
def partitions_loaded(session):
    statement = select(Album).options(joinedload(Album.band))
    return [album.band.name for part in session.scalars(statement).partitions(10) for album in part]


@case
def beside_each_row(session):
    rows = session.execute(select(Album).add_columns(Band.name).join(Album.band))
    return [(album.title, name) for album, name in rows]
