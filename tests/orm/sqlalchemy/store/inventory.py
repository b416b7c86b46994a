"""Mapped as SQLModel writes it."""

from typing import Optional

from sqlmodel import Field, Relationship, SQLModel


class Depot(SQLModel, table=True):
    id: Optional[int] = Field(default=None, primary_key=True)
    name: str
    items: list["Item"] = Relationship(back_populates="depot")


class Maker(SQLModel, table=True):
    id: Optional[int] = Field(default=None, primary_key=True)
    name: str


class ItemBase(SQLModel):
    name: str
    depot_id: int = Field(foreign_key="depot.id")


class Item(ItemBase, table=True):
    id: Optional[int] = Field(default=None, primary_key=True)
    maker_id: int = Field(foreign_key="maker.id")
    depot: Depot = Relationship(back_populates="items")
    maker: Optional[Maker] = Relationship()


class ItemOut(ItemBase):
    id: int
    maker: Optional[Maker] = None


class Items(SQLModel):
    data: list[ItemOut]
    count: int
