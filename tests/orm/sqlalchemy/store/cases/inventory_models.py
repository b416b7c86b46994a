"""SQLModel."""

from counting import case
from databases import fetch, get_model_session
from fastapi import Depends, FastAPI
from sqlalchemy.orm import joinedload, selectinload
from sqlmodel import Session, func, select

from store.inventory import Depot, Item, ItemOut, Items, Maker

app = FastAPI()


@case
def exec_read_parent(session):
    return [item.depot.name for item in session.exec(select(Item))]


@case
def exec_all_read_children(session):
    return {depot.name: [item.name for item in depot.items] for depot in session.exec(select(Depot)).all()}


@case
def optional_parent(session):
    out = []
    for item in session.exec(select(Item).where(Item.name != "x")).all():
        out.append(item.maker.name if item.maker else None)
    return out


@case
def second_hop(session):
    depots = session.exec(select(Depot).options(selectinload(Depot.items))).all()
    return [item.maker.name for depot in depots for item in depot.items]


@case
def offset_and_limit(session):
    return [item.depot.name for item in session.exec(select(Item).offset(0).limit(100)).all()]


def described(item: Item) -> str:
    return f"{item.name} in {item.depot.name}"


@case
def described_by_a_function(session):
    return [described(item) for item in session.exec(select(Item)).all()]


@case
def counted_in_python(session):
    return sum(len(depot.items) for depot in session.exec(select(Depot)))


@case
def got_per_row(session):
    return [session.get(Maker, item.maker_id).name for item in session.exec(select(Item))]


# What follows loads what it reads, or reads nothing.


@case
def exec_joined(session):
    return [item.depot.name for item in session.exec(select(Item).options(joinedload(Item.depot)))]


@case
def exec_selectin(session):
    return [len(depot.items) for depot in session.exec(select(Depot).options(selectinload(Depot.items)))]


@case
def keys(session):
    return [(item.depot_id, item.maker_id) for item in session.exec(select(Item))]


@case
def two_entities(session):
    return [(item.name, depot.name) for item, depot in session.exec(select(Item, Depot).join(Depot))]


@case
def one(session):
    item = session.exec(select(Item).where(Item.id == 1)).one()
    return item.depot.name


@case
def by_key(session):
    return session.get(Item, 1).maker.name


@case
def names(session):
    return [name for name in session.exec(select(Item.name))]


@case
def total(session):
    return session.exec(select(func.count()).select_from(Item)).one()


@case
def second_hop_loaded(session):
    statement = select(Depot).options(selectinload(Depot.items).joinedload(Item.maker))
    return [item.maker.name for depot in session.exec(statement).all() for item in depot.items]


@app.get("/items", response_model=list[ItemOut])
def read_items(session: Session = Depends(get_model_session)):
    return session.exec(select(Item).order_by(Item.id)).all()


@case
def schema_with_a_base_of_the_table():
    return fetch(app, "/items")


@app.get("/items-loaded", response_model=list[ItemOut])
def read_loaded_items(session: Session = Depends(get_model_session)):
    return session.exec(select(Item).options(selectinload(Item.maker)).order_by(Item.id)).all()


@case
def schema_with_a_base_of_the_table_loaded():
    return fetch(app, "/items-loaded")


@app.get("/counted", response_model=Items)
def read_counted_items(session: Session = Depends(get_model_session)):
    count = session.exec(select(func.count()).select_from(Item)).one()
    items = session.exec(select(Item).order_by(Item.id).limit(100)).all()
    return Items(data=items, count=count)


@case
def list_with_its_count():
    return fetch(app, "/counted")
