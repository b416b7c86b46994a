"""With foreign keys of all kinds."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, PrimaryKeyConstraint, Table, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    pass


title_writer = Table(
    "title_writer",
    Base.metadata,
    Column("title_id", ForeignKey("titles.id"), primary_key=True),
    Column("writer_id", ForeignKey("writers.id"), primary_key=True),
)


class House(Base):
    __tablename__ = "houses"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    titles: Mapped[list[Title]] = relationship(back_populates="house")
    offices: Mapped[list[Office]] = relationship()


class Writer(Base):
    __tablename__ = "writers"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Title(Base):
    __tablename__ = "titles"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    house_id: Mapped[int] = mapped_column(ForeignKey("houses.id"))
    house: Mapped[House] = relationship(back_populates="titles")
    pages: Mapped[list[Page]] = relationship(order_by="Page.id")
    prints: Mapped[list[Print]] = relationship(order_by="Print.id")
    writers: Mapped[list[Writer]] = relationship(secondary=title_writer)


class Office(Base):
    __tablename__ = "offices"
    id: Mapped[int] = mapped_column(primary_key=True)
    house_id: Mapped[int] = mapped_column(ForeignKey("houses.id"), index=True)
    head_id: Mapped[int] = mapped_column(ForeignKey("writers.id"), unique=True)


class Page(Base):
    __tablename__ = "pages"
    __table_args__ = (UniqueConstraint("title_id", "number"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]
    title_id: Mapped[int] = mapped_column(ForeignKey("titles.id"))
    drawn_by_id: Mapped[int] = mapped_column(ForeignKey("writers.id"))
    notes: Mapped[list[Note]] = relationship()


class Note(Base):
    __tablename__ = "notes"
    __table_args__ = (Index("ix_notes", "page_id", "number"), {"sqlite_autoincrement": True})
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]
    page_id: Mapped[int] = mapped_column(ForeignKey("pages.id"))


class Print(Base):
    __tablename__ = "prints"
    id = Column(Integer, primary_key=True)
    title_id = Column(Integer, ForeignKey("titles.id", ondelete="CASCADE"), nullable=False)
    house_id = Column(Integer, ForeignKey(House.id))


class Royalty(Base):
    __tablename__ = "royalties"
    title_id: Mapped[int] = mapped_column(ForeignKey("titles.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    paid_by_id: Mapped[int] = mapped_column(ForeignKey("houses.id"), index=False)


class Loan(Base):
    __tablename__ = "loans"
    __table_args__ = (PrimaryKeyConstraint("reader_id", "number"), Index("ix_loans", "number", "print_id"))
    reader_id: Mapped[int] = mapped_column(ForeignKey("writers.id"))
    number: Mapped[int]
    print_id: Mapped[int] = mapped_column(ForeignKey("prints.id"))


Index("ix_prints_house", Print.house_id)
