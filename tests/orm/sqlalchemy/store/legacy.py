"""Mapped as SQLAlchemy 1.4 writes it, with backrefs."""

from sqlalchemy import Column, ForeignKey, Integer, String
from sqlalchemy.orm import backref, declarative_base, relationship

Base = declarative_base()


class Town(Base):
    __tablename__ = "town"
    id = Column(Integer, primary_key=True)
    name = Column(String)


class Farm(Base):
    __tablename__ = "farm"
    id = Column(Integer, primary_key=True)
    name = Column(String)
    town_id = Column(Integer, ForeignKey("town.id"))
    town = relationship("Town", backref="farms")


class Field(Base):
    __tablename__ = "field"
    id = Column(Integer, primary_key=True)
    name = Column(String)
    acres = Column(Integer, default=1)
    farm_id = Column(Integer, ForeignKey("farm.id"))
    farm = relationship("Farm", backref=backref("fields", lazy="select"))


class Crop(Base):
    __tablename__ = "crop"
    id = Column(Integer, primary_key=True)
    name = Column(String)
    field_id = Column(Integer, ForeignKey("field.id"))
    field = relationship(Field, backref=backref("crops", lazy="subquery"))
    harvests = relationship("Harvest", lazy="dynamic", back_populates="crop")


class Harvest(Base):
    __tablename__ = "harvest"
    id = Column(Integer, primary_key=True)
    tons = Column(Integer)
    crop_id = Column(Integer, ForeignKey("crop.id"))
    crop = relationship("Crop", back_populates="harvests")
