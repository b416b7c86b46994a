"""`session.query`, backrefs and lazy loading of SQLAlchemy 1.4."""

from counting import case
from sqlalchemy import func
from sqlalchemy.orm import joinedload, noload, selectinload, subqueryload

from store.legacy import Crop, Farm, Field, Harvest, Town


@case
def all_read_parent(session):
    return [farm.town.name for farm in session.query(Farm).all()]


@case
def iterated_query(session):
    out = []
    for field in session.query(Field).filter(Field.acres > 0):
        out.append(field.farm.name)
    return out


@case
def backref_list(session):
    return {town.name: [farm.name for farm in town.farms] for town in session.query(Town)}


@case
def backref_with_arguments(session):
    return [len(farm.fields) for farm in session.query(Farm).order_by(Farm.name).all()]


@case
def two_hops(session):
    return [field.farm.town.name for field in session.query(Field).options(joinedload(Field.farm))]


@case
def dynamic_list(session):
    return [[harvest.tons for harvest in crop.harvests] for crop in session.query(Crop)]


@case
def dynamic_count(session):
    return [crop.harvests.count() for crop in session.query(Crop).all()]


@case
def dynamic_filter(session):
    return [crop.harvests.filter(Harvest.tons > 0).all() for crop in session.query(Crop).all()] and None


@case
def text_option_on_another(session):
    query = session.query(Farm).options(selectinload(Farm.fields))
    return [farm.town.name for farm in query]


@case
def filtered_by(session):
    query = session.query(Field).filter_by(acres=1) if False else session.query(Field)
    return [field.farm.name for field in query.limit(500).all()]


@case
def yielded_per(session):
    return [crop.field.name for crop in session.query(Crop).yield_per(100)]


# What follows loads what it reads, or reads nothing.


@case
def all_joined(session):
    return [farm.town.name for farm in session.query(Farm).options(joinedload(Farm.town)).all()]


@case
def backref_loaded(session):
    return [[farm.name for farm in town.farms] for town in session.query(Town).options(selectinload(Town.farms))]


@case
def two_hops_joined(session):
    query = session.query(Field).options(joinedload(Field.farm).joinedload(Farm.town))
    return [field.farm.town.name for field in query]


@case
def subquery_by_the_mapping(session):
    return [len(field.crops) for field in session.query(Field)]


@case
def key_only(session):
    return [farm.town_id for farm in session.query(Farm)]


@case
def columns(session):
    return [name for name, in session.query(Farm.name)]


@case
def two_entities(session):
    return [(farm.name, town.name) for farm, town in session.query(Farm, Town).join(Town)]


@case
def one_by_get(session):
    farm = session.query(Farm).get(1)
    return farm.town.name


@case
def of_one_parent(session):
    town = session.query(Town).first()
    return [farm.name for farm in town.farms]


@case
def grouped(session):
    query = session.query(Farm.town_id, func.count(Farm.id)).group_by(Farm.town_id)
    return [tuple(row) for row in query]


@case
def never_loaded(session):
    return [farm.fields for farm in session.query(Farm).options(noload(Farm.fields))] and None


@case
def subquery_loaded(session):
    return [len(farm.fields) for farm in session.query(Farm).options(subqueryload(Farm.fields))]
