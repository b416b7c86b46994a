from decimal import Decimal

from flask import Flask

from brewhouse.backoffice.blueprints import complaints, logistics, production, purchasing, sales, tours
from brewhouse.backoffice.extensions import db
from brewhouse.config import settings


def money(value: Decimal | None) -> str:
    return f"{value or 0:,.2f} €"


def create_app() -> Flask:
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    app.config["SECRET_KEY"] = "backoffice"
    db.init_app(app)
    app.add_template_filter(money)
    app.register_blueprint(production.bp)
    app.register_blueprint(sales.bp)
    app.register_blueprint(purchasing.bp)
    app.register_blueprint(logistics.bp)
    app.register_blueprint(complaints.bp)
    app.register_blueprint(tours.bp)
    return app
