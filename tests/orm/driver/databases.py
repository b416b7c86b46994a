"""The one database of SQLAlchemy's cases, and what asks an application for a page."""

from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool
from sqlmodel import Session as ModelSession

engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})


def get_session():
    with Session(engine) as session:
        yield session


def get_model_session():
    with ModelSession(engine) as session:
        yield session


def fetch(app, path):
    from fastapi.testclient import TestClient

    response = TestClient(app).get(path)
    assert response.status_code == 200, response.text
    return response.text
