"""Mapped as Flask-SQLAlchemy writes it."""

from flask_sqlalchemy import SQLAlchemy

db = SQLAlchemy()


class Person(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(50))
    topics = db.relationship("Topic", back_populates="person", lazy=True)


class Topic(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    title = db.Column(db.String(50))
    person_id = db.Column(db.Integer, db.ForeignKey("person.id"))
    person = db.relationship("Person", back_populates="topics")
    posts = db.relationship("Post", backref="topic", lazy="dynamic")


class Post(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    text = db.Column(db.String(50))
    topic_id = db.Column(db.Integer, db.ForeignKey("topic.id"))
    person_id = db.Column(db.Integer, db.ForeignKey("person.id"))
    person = db.relationship("Person")
