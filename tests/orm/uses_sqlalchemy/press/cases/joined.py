"""Lists that are loaded with their objects."""

from counting import case
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload, subqueryload

from press.models import House, Page, Title


@case
def two_lists(session):
    asked = select(Title).options(joinedload(Title.pages), joinedload(Title.prints)).order_by(Title.id)
    return [(len(it.pages), len(it.prints)) for it in session.scalars(asked).unique()]


@case
def two_lists_by_two_calls(session):
    asked = select(Title).options(joinedload(Title.pages))
    asked = asked.options(joinedload(Title.writers)).order_by(Title.id)
    return [(len(it.pages), len(it.writers)) for it in session.scalars(asked).unique().all()]


@case
def two_lists_of_a_query(session):
    titles = session.query(Title).options(joinedload(Title.prints), joinedload(Title.writers))
    return sorted((len(it.prints), len(it.writers)) for it in titles.all())


@case
def two_lists_of_what_is_joined(session):
    asked = select(House).options(
        joinedload(House.titles).joinedload(Title.pages), joinedload(House.titles).joinedload(Title.prints)
    )
    return [len(it.titles) for it in session.scalars(asked).unique()]


@case
def a_list_beside_a_list(session):
    asked = select(House).options(joinedload(House.titles).joinedload(Title.pages), joinedload(House.offices))
    return [(len(it.titles), len(it.offices)) for it in session.scalars(asked).unique()]


# What follows is no product.


@case
def one_list(session):
    asked = select(Title).options(joinedload(Title.pages)).order_by(Title.id)
    return [len(it.pages) for it in session.scalars(asked).unique()]


@case
def a_list_of_a_list(session):
    asked = select(Title).options(joinedload(Title.pages).joinedload(Page.notes))
    return sorted(len(it.pages) for it in session.scalars(asked).unique())


@case
def one_joined_and_one_selected(session):
    asked = select(Title).options(joinedload(Title.pages), selectinload(Title.prints))
    return sorted((len(it.pages), len(it.prints)) for it in session.scalars(asked).unique())


@case
def both_selected(session):
    asked = select(Title).options(selectinload(Title.pages), subqueryload(Title.prints))
    return sorted((len(it.pages), len(it.prints)) for it in session.scalars(asked))


@case
def one_object_and_a_list(session):
    asked = select(Title).options(joinedload(Title.house), joinedload(Title.pages))
    return sorted((it.house.name, len(it.pages)) for it in session.scalars(asked).unique())


@case
def a_list_below_what_is_selected(session):
    asked = select(House).options(selectinload(House.titles).joinedload(Title.pages), joinedload(House.offices))
    return sorted((len(it.titles), len(it.offices)) for it in session.scalars(asked).unique())
