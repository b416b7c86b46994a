"""Mapped as SQLAlchemy 2.0 writes it."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Table
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    pass


album_label = Table(
    "album_label",
    Base.metadata,
    Column("album_id", ForeignKey("album.id"), primary_key=True),
    Column("label_id", ForeignKey("label.id"), primary_key=True),
)


class City(Base):
    __tablename__ = "city"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Band(Base):
    __tablename__ = "band"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    city_id: Mapped[int] = mapped_column(ForeignKey("city.id"))
    city: Mapped[City] = relationship()
    albums: Mapped[list[Album]] = relationship(back_populates="band")
    members: Mapped[list[Member]] = relationship(back_populates="band", lazy="selectin")

    @property
    def home(self) -> str:
        return self.city.name

    def titles(self) -> list[str]:
        return [album.title for album in self.albums]


class Member(Base):
    __tablename__ = "member"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    band_id: Mapped[int] = mapped_column(ForeignKey("band.id"))
    band: Mapped[Band] = relationship(back_populates="members")


class Label(Base):
    __tablename__ = "label"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Album(Base):
    __tablename__ = "album"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    plays: Mapped[int] = mapped_column(default=0)
    band_id: Mapped[int] = mapped_column(ForeignKey("band.id"))
    band: Mapped[Band] = relationship(back_populates="albums")
    tracks: Mapped[list[Track]] = relationship(back_populates="album", order_by="Track.id")
    labels: Mapped[list[Label]] = relationship(secondary=album_label)
    sleeve: Mapped[Sleeve | None] = relationship(back_populates="album", lazy="joined")


class Sleeve(Base):
    __tablename__ = "sleeve"
    id: Mapped[int] = mapped_column(primary_key=True)
    url: Mapped[str]
    album_id: Mapped[int] = mapped_column(ForeignKey("album.id"))
    album: Mapped[Album] = relationship(back_populates="sleeve")


class Track(Base):
    __tablename__ = "track"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    seconds: Mapped[int] = mapped_column(default=60)
    album_id: Mapped[int] = mapped_column(ForeignKey("album.id"))
    album: Mapped[Album] = relationship(back_populates="tracks")

    def credit(self) -> str:
        return f"{self.title} by {self.album.band.name}"
