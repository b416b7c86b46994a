"""What FastAPI makes of rows by a `response_model`, and pydantic by `from_attributes`."""

from typing import Annotated, Generic, List, Optional, TypeVar

from counting import case
from databases import fetch, get_session
from fastapi import APIRouter, Depends, FastAPI
from pydantic import AliasPath, BaseModel, ConfigDict, Field, TypeAdapter
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from store.models import Album, Band, City, Label, Member, Sleeve, Track


class Model(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class BandOut(Model):
    name: str


class AlbumOut(Model):
    title: str
    band: BandOut


class TrackOut(Model):
    title: str


app = FastAPI()


@app.get("/nested", response_model=list[AlbumOut])
def nested_albums(session: Session = Depends(get_session)):
    return session.scalars(select(Album).order_by(Album.id)).all()


@case
def nested_model():
    return fetch(app, "/nested")


class WithTracks(Model):
    title: str
    tracks: List[TrackOut] = []


@app.get("/lists", response_model=List[WithTracks])
def album_lists(session: Session = Depends(get_session)):
    return session.execute(select(Album)).scalars().all()


@case
def nested_list():
    return fetch(app, "/lists")


@app.get("/annotated")
def annotated_albums(session: Session = Depends(get_session)) -> list[AlbumOut]:
    albums = session.scalars(select(Album)).all()
    return albums


@case
def return_annotation():
    return fetch(app, "/annotated")


router = APIRouter(prefix="/by-router")


class Deep(Model):
    title: str
    album: AlbumOut


@router.get("/deep", response_model=list[Deep])
def deep_tracks(session: Session = Depends(get_session)):
    return session.scalars(select(Track).options(joinedload(Track.album))).all()


app.include_router(router)


@case
def second_hop_is_missing():
    return fetch(app, "/by-router/deep")


@case
def validated_by_hand():
    session = next(get_session())
    return [AlbumOut.model_validate(album).model_dump() for album in session.scalars(select(Album))]


class WithHome(Model):
    name: str
    home: str


@app.get("/property", response_model=list[WithHome])
def property_bands(session: Session = Depends(get_session)):
    return session.scalars(select(Band)).all()


@case
def property_in_a_model():
    return fetch(app, "/property")


class Legacy(BaseModel):
    title: str
    labels: list[TrackOut] = []
    band: Optional[BandOut] = None

    class Config:
        from_attributes = True


class LegacyAlbum(BaseModel):
    title: str
    band: Optional[BandOut] = None

    class Config:
        from_attributes = True


@app.get("/config", response_model=list[LegacyAlbum])
def config_albums(skip: int = 0, limit: int = 100, session: Session = Depends(get_session)):
    return session.query(Album).offset(skip).limit(limit).all()


@case
def config_class():
    return fetch(app, "/config")


def crud_albums(session: Session):
    return session.query(Album).order_by(Album.title).all()


@app.get("/crud", response_model=list[AlbumOut])
def crud(session: Session = Depends(get_session)):
    return crud_albums(session)


@case
def rows_from_a_function():
    return fetch(app, "/crud")


class Page(BaseModel):
    items: list[AlbumOut]
    total: int


@app.get("/page", response_model=Page)
def page_of_albums(session: Session = Depends(get_session)):
    albums = session.scalars(select(Album).limit(50)).all()
    return {"items": albums, "total": len(albums)}


@case
def within_a_page():
    return fetch(app, "/page")


# What follows loads what it reads, or reads nothing.


@app.get("/nested-loaded", response_model=list[AlbumOut])
def loaded_albums(session: Session = Depends(get_session)):
    return session.scalars(select(Album).options(joinedload(Album.band))).all()


@case
def nested_model_loaded():
    return fetch(app, "/nested-loaded")


@app.get("/lists-loaded", response_model=List[WithTracks])
def loaded_lists(session: Session = Depends(get_session)):
    return session.scalars(select(Album).options(selectinload(Album.tracks))).all()


@case
def nested_list_loaded():
    return fetch(app, "/lists-loaded")


class Plain(Model):
    title: str
    band_id: int


@app.get("/plain", response_model=list[Plain])
def plain_albums(session: Session = Depends(get_session)):
    return session.scalars(select(Album)).all()


@case
def plain_model():
    return fetch(app, "/plain")


class WithSleeve(Model):
    title: str
    url: Optional[str] = None


class SleeveOut(Model):
    url: str


class Sleeved(Model):
    title: str
    sleeve: Optional[SleeveOut] = None


@app.get("/eager", response_model=list[Sleeved])
def eager_albums(session: Session = Depends(get_session)):
    return session.scalars(select(Album)).all()


@case
def eager_by_the_mapping():
    return fetch(app, "/eager")


@app.get("/one/{key}", response_model=WithTracks)
def one_album(key: int, session: Session = Depends(get_session)):
    return session.get(Album, key)


@case
def one_row():
    return fetch(app, "/one/1")


@router.get("/deep-loaded", response_model=list[Deep])
def deep_loaded(session: Session = Depends(get_session)):
    return session.scalars(select(Track).options(joinedload(Track.album).joinedload(Album.band))).all()


app.include_router(router, prefix="/again")


@case
def second_hop_is_loaded():
    return fetch(app, "/again/by-router/deep-loaded")


@case
def validated_by_hand_loaded():
    session = next(get_session())
    statement = select(Album).options(joinedload(Album.band))
    return [AlbumOut.model_validate(album).model_dump() for album in session.scalars(statement)]


@app.get("/no-model")
def no_model(session: Session = Depends(get_session)):
    return [{"title": album.title} for album in session.scalars(select(Album))]


@case
def without_a_model():
    return fetch(app, "/no-model")


@app.get("/columns", response_model=list[Plain])
def columns(session: Session = Depends(get_session)):
    return session.execute(select(Album.title, Album.band_id)).all()


@case
def columns_only():
    return fetch(app, "/columns")


def every_band(session: Session = Depends(get_session)):
    return session.scalars(select(Band).order_by(Band.id)).all()


def every_band_with_albums(session: Session = Depends(get_session)):
    return session.scalars(select(Band).options(selectinload(Band.albums)).order_by(Band.id)).all()


@app.get("/given")
def given_bands(bands=Depends(every_band)):
    return [[album.title for album in band.albums] for band in bands]


@case
def rows_that_the_framework_gives():
    return fetch(app, "/given")


@app.get("/given-loaded")
def given_loaded_bands(bands=Depends(every_band_with_albums)):
    return [[album.title for album in band.albums] for band in bands]


@case
def loaded_rows_that_the_framework_gives():
    return fetch(app, "/given-loaded")


class AlbumRow(Model):
    band_name: str = Field(validation_alias=AliasPath("band", "name"))


@app.get("/aliased", response_model=list[AlbumRow])
def aliased_albums(session: Session = Depends(get_session)):
    return session.scalars(select(Album).order_by(Album.id)).all()


@case
def alias_that_leads_to_another():
    return fetch(app, "/aliased")


@app.get("/aliased-loaded", response_model=list[AlbumRow])
def aliased_loaded_albums(session: Session = Depends(get_session)):
    return session.scalars(select(Album).options(joinedload(Album.band)).order_by(Album.id)).all()


@case
def alias_that_leads_to_a_loaded_one():
    return fetch(app, "/aliased-loaded")


T = TypeVar("T")


class Answer(Model, Generic[T]):
    data: T


class Paged(Model, Generic[T]):
    items: list[T]
    total: int


class Albums(Model):
    data: list[AlbumOut]
    count: int


def all_albums(session: Session):
    return session.scalars(select(Album).order_by(Album.id)).all()


def loaded_albums(session: Session):
    return session.scalars(select(Album).options(joinedload(Album.band)).order_by(Album.id)).all()


@app.get("/made", response_model=Albums)
def albums_made(session: Session = Depends(get_session)):
    albums = session.scalars(select(Album).order_by(Album.id)).all()
    return Albums(data=albums, count=len(albums))


@case
def model_made_of_rows():
    return fetch(app, "/made")


@app.get("/made-loaded", response_model=Albums)
def loaded_albums_made(session: Session = Depends(get_session)):
    albums = loaded_albums(session)
    return Albums(data=albums, count=len(albums))


@case
def model_made_of_loaded_rows():
    return fetch(app, "/made-loaded")


@app.get("/answer", response_model=Answer[list[AlbumOut]])
def answered_albums(session: Session = Depends(get_session)):
    return {"data": session.scalars(select(Album).order_by(Album.id)).all()}


@case
def generic_model_around_a_list():
    return fetch(app, "/answer")


@app.get("/answer-loaded", response_model=Answer[list[AlbumOut]])
def answered_loaded_albums(session: Session = Depends(get_session)):
    return {"data": loaded_albums(session)}


@case
def generic_model_around_a_loaded_list():
    return fetch(app, "/answer-loaded")


@app.get("/page")
def page_of_albums(session: Session = Depends(get_session)) -> Paged[AlbumOut]:
    albums = session.scalars(select(Album).order_by(Album.id)).all()
    return Paged[AlbumOut](items=albums, total=len(albums))


@case
def generic_page():
    return fetch(app, "/page")


@app.get("/page-plain", response_model=Paged[TrackOut])
def page_of_plain_albums(session: Session = Depends(get_session)):
    return {"items": all_albums(session), "total": 1}


@case
def generic_page_of_columns():
    return fetch(app, "/page-plain")


albums_adapter = TypeAdapter(list[AlbumOut])


@case
def adapter_of_a_list(session):
    albums = session.scalars(select(Album).order_by(Album.id)).all()
    return [it.band.name for it in albums_adapter.validate_python(albums)]


@case
def adapter_of_a_loaded_list(session):
    return [it.band.name for it in TypeAdapter(list[AlbumOut]).validate_python(loaded_albums(session))]


def every_album(session: Session = Depends(get_session)) -> list[Album]:
    return session.scalars(select(Album).order_by(Album.id)).all()


def every_album_with_its_band(session: Session = Depends(get_session)) -> list[Album]:
    return session.scalars(select(Album).options(joinedload(Album.band)).order_by(Album.id)).all()


EveryAlbum = Annotated[list[Album], Depends(every_album)]
EveryLoadedAlbum = Annotated[list[Album], Depends(every_album_with_its_band)]


@app.get("/albums-by-a-name")
def albums_by_a_name(albums: EveryAlbum):
    return [album.band.name for album in albums]


@case
def depended_on_by_a_name():
    return fetch(app, "/albums-by-a-name")


@app.get("/loaded-albums-by-a-name")
def loaded_albums_by_a_name(albums: EveryLoadedAlbum):
    return [album.band.name for album in albums]


@case
def loaded_and_depended_on_by_a_name():
    return fetch(app, "/loaded-albums-by-a-name")
