"""Statements that are made, and what becomes of them."""

from counting import case
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from press.models import House, Page, Title


@case
def condition_lost(session, wanted=2):
    asked = select(Page).order_by(Page.id)
    asked.where(Page.number == wanted)
    return len(session.scalars(asked).all())


@case
def option_lost(session):
    asked = select(House).order_by(House.id)
    asked.options(selectinload(House.titles))
    return [len(house.titles) for house in session.scalars(asked)]


@case
def filter_of_a_query_lost(session):
    pages = session.query(Page)
    pages.filter(Page.number > 1)
    return pages.count()


@case
def limit_lost(session, few=True):
    pages = session.query(Page).order_by(Page.id)
    if few:
        pages.limit(2)
    return len(pages.all())


# What follows is taken.


@case
def condition_taken(session, wanted=2):
    asked = select(Page).order_by(Page.id)
    asked = asked.where(Page.number == wanted)
    return len(session.scalars(asked).all())


@case
def condition_returned(session):
    def numbered(number):
        return select(Page).where(Page.number == number)

    return len(session.scalars(numbered(1)).all())


@case
def limit_taken(session):
    pages = session.query(Page).order_by(Page.id)
    return [page.id for page in pages.limit(2)]


@case
def deleted(session):
    session.query(Title).filter(Title.id == 99).delete()
    return session.query(Title).count()
