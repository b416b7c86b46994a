"""Classes that are made with the model that they ask for."""

from typing import Generic, List, Type, TypeVar

from counting import case
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from store.models import Album, Band, Track

M = TypeVar("M")


class Crud(Generic[M]):
    def __init__(self, model: Type[M]):
        self.model = model

    def get_multi(self, session: Session, *, skip: int = 0, limit: int = 100) -> List[M]:
        return session.query(self.model).offset(skip).limit(limit).all()


class CrudAlbum(Crud[Album]):
    def latest(self, session):
        return self.get_multi(session, limit=1000)


album_crud = CrudAlbum(Album)


@case
def made_at_the_top(session):
    return [album.band.name for album in album_crud.get_multi(session)]


@case
def method_of_one_that_is_made_at_the_top(session):
    return [album.band.name for album in album_crud.latest(session)]


class Repository(Generic[M]):
    def __init__(self, session: Session, model: Type[M]):
        self.session = session
        self.model = model

    def statement(self):
        return select(self.model)

    def all(self) -> List[M]:
        return list(self.session.scalars(self.statement()).all())

    def get(self, key) -> M:
        return self.session.get(self.model, key)


class Albums(Repository[Album]):
    def __init__(self, session: Session):
        super().__init__(session, Album)


class Bands(Repository[Band]):
    def __init__(self, session: Session):
        Repository.__init__(self, model=Band, session=session)


class AlbumsWithBands(Albums):
    def statement(self):
        return select(self.model).options(joinedload(Album.band))


class Service:
    def __init__(self, albums: Albums):
        self.albums = albums

    def listed(self):
        return self.albums.all()


@case
def handed_on_to_a_base(session):
    return [len(album.tracks) for album in Albums(session).all()]


@case
def two_hops_from_a_repository(session):
    return [album.band.city.name for album in Albums(session).all()]


@case
def through_a_service(session):
    return [album.band.name for album in Service(Albums(session)).listed()]


@case
def loaded_by_a_repository(session):
    return [album.band.name for album in AlbumsWithBands(session).all()]


@case
def one_by_a_repository(session):
    return Albums(session).get(1).band.name


@case
def columns_of_a_repository(session):
    return [track.title for track in Repository(session, Track).all()]


class Tracks(Repository[Track]):
    def __init__(self, session: Session):
        super().__init__(session, Track)

    def all(self):
        return [row.title for row in super().all()]


@case
def lengths_by_a_repository(session):
    return [len(title) for title in Tracks(session).all()]


@case
def tracks_of_a_repository(session):
    return [track.album.title for track in Crud(Track).get_multi(session, limit=50)]


@case
def both_by_repositories(session):
    bands = Bands(session)
    return [bands.get(album.band_id).name for album in Albums(session).all()]


@case
def page_of_a_repository(session):
    return [album.band.name for album in album_crud.get_multi(session, skip=0, limit=1000)]


@case
def put_there_by_the_session(session):
    albums = AlbumsWithBands(session).all()
    return [(album.title, album.band.name) for album in albums]


@case
def one_for_all_rows(session):
    band = Bands(session).get(1)
    return [(album.title, band.name) for album in Albums(session).all()]


@case
def own_columns(session):
    return [album.title for album in album_crud.get_multi(session)]


@case
def loaded_through_a_service(session):
    return [album.band.name for album in Service(AlbumsWithBands(session)).listed()]


@case
def loaded_with_the_statement(session):
    statement = Albums(session).statement().options(joinedload(Album.tracks))
    return [len(album.tracks) for album in session.scalars(statement).unique()]
