from dataclasses import dataclass
from datetime import date, timedelta

from flask import Blueprint, jsonify, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from brewhouse.backoffice.extensions import db
from brewhouse.models import Batch, Tank

bp = Blueprint("production", __name__, url_prefix="/production")


@dataclass
class TankTile:
    tank: Tank
    highlight: bool = False

    @property
    def name(self) -> str:
        return self.tank.name

    @property
    def beer(self) -> str:
        batch = self.tank.current_batch
        return batch.recipe.name if batch is not None else "-"


@bp.get("/batches")
def batch_list():
    since = request.args.get("since", type=date.fromisoformat) or date.today() - timedelta(days=365)
    batches = db.session.scalars(
        select(Batch)
        .where(Batch.brewed_on >= since)
        .options(joinedload(Batch.recipe))
        .order_by(Batch.brewed_on.desc())
    ).all()
    return render_template("batches/list.html", batches=batches, since=since)


@bp.get("/tanks.json")
def tank_tiles():
    tanks = db.session.scalars(select(Tank).order_by(Tank.name)).all()
    tiles = [TankTile(tank, highlight=tank.status == "dirty") for tank in tanks]
    return jsonify([{"name": t.name, "beer": t.beer, "highlight": t.highlight} for t in tiles])
