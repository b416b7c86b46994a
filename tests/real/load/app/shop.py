"""A small application whose routes a load test asks for."""

from functools import wraps

from flask import Blueprint, Flask, abort, jsonify, request

items = Blueprint("items", __name__, url_prefix="/api/items")


def login_required(view):
    @wraps(view)
    def guarded(*args, **kwargs):
        if request.headers.get("Authorization") != "Bearer let me in":
            abort(401)
        return view(*args, **kwargs)

    return guarded


@items.get("/")
def every():
    return jsonify([1, 2, 3])


@items.route("/<int:item_id>", methods=["GET", "DELETE"])
def one(item_id):
    return jsonify({"id": item_id})


@items.post("/")
def add():
    return jsonify(request.get_json()), 201


@items.get("/search/<word>/<uuid:key>")
@login_required
def search(word, key):
    return jsonify({"word": word, "key": str(key)})


app = Flask(__name__)
app.register_blueprint(items)


@app.get("/health")
def health():
    return "ok"


@app.get("/broken")
def broken():
    abort(503)
