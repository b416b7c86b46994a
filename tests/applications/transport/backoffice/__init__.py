from flask import Flask

from backoffice import jinja
from backoffice.cli import office
from backoffice.extensions import db, init_celery
from backoffice.views import api, care, dashboard, sales


def create_app(config: str = "backoffice.config.Production") -> Flask:
    app = Flask(__name__)
    app.config.from_mapping(SQLALCHEMY_DATABASE_URI="postgresql+psycopg://office@localhost/office", SECRET_KEY="dev")
    app.config.from_prefixed_env("OFFICE")
    db.init_app(app)
    init_celery(app)
    jinja.register(app)
    app.cli.add_command(office)
    for blueprint in (sales.bp, care.bp, api.bp, dashboard.bp):
        app.register_blueprint(blueprint)
    return app
