"""Flask-SQLAlchemy."""

from counting import case
from flask import jsonify, render_template_string
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from store.forum import Person, Post, Topic, db


@case
def query_of_the_model():
    return [topic.person.name for topic in Topic.query.all()]


@case
def query_by_session():
    return [topic.person.name for topic in db.session.query(Topic).order_by(Topic.id)]


@case
def paginated():
    page = Topic.query.order_by(Topic.id).paginate(page=1, per_page=50)
    return [topic.person.name for topic in page.items]


@case
def statement_by_session():
    return [post.person.name for post in db.session.execute(db.select(Post)).scalars()]


@case
def backref_of_a_post():
    return [post.topic.title for post in db.session.scalars(select(Post))]


@case
def dynamic_count():
    return {topic.title: topic.posts.count() for topic in Topic.query}


@case
def dynamic_first():
    return [topic.posts.order_by(Post.id.desc()).first().text for topic in Topic.query.all()]


@case
def queried_per_row():
    return [Person.query.get(topic.person_id).name for topic in Topic.query.all()]


@case
def filtered_per_row():
    return [Topic.query.filter_by(person_id=person.id).count() for person in Person.query.all()]


def as_dict(topic):
    return {"title": topic.title, "by": topic.person.name}


@case
def as_json():
    return jsonify([as_dict(topic) for topic in Topic.query.filter(Topic.title != "x").all()]).get_json()


@case
def list_of_a_person():
    return [[topic.title for topic in person.topics] for person in Person.query.all()]


# What follows loads what it reads, or reads nothing.


@case
def query_joined():
    return [topic.person.name for topic in Topic.query.options(joinedload(Topic.person)).all()]


@case
def list_loaded():
    return [len(person.topics) for person in Person.query.options(selectinload(Person.topics))]


@case
def statement_joined():
    statement = db.select(Post).options(joinedload(Post.person), joinedload(Post.topic))
    return [(post.person.name, post.topic.title) for post in db.session.scalars(statement)]


@case
def key_only():
    return [topic.person_id for topic in Topic.query]


@case
def one_or_404():
    topic = db.get_or_404(Topic, 1)
    return [topic.person.name, topic.posts.count()]


@case
def first():
    return Topic.query.order_by(Topic.id).first().person.name


@case
def columns():
    return [tuple(row) for row in db.session.query(Topic.title, Person.name).join(Topic.person)]


@case
def paginated_loaded():
    page = Topic.query.options(joinedload(Topic.person)).paginate(page=1, per_page=50)
    return [topic.person.name for topic in page.items]


@case
def mapped_in_python():
    people = {person.id: person.name for person in Person.query}
    return [people[topic.person_id] for topic in Topic.query]
