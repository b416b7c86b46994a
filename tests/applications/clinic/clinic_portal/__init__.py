from flask import Flask

from .extensions import celery, db, login_manager


def create_app(config: dict | None = None) -> Flask:
    app = Flask(__name__)
    app.config.from_mapping(SQLALCHEMY_DATABASE_URI="postgresql://clinic@localhost/clinic", SECRET_KEY="dev")
    app.config.update(config or {})
    db.init_app(app)
    login_manager.init_app(app)

    from . import cli, tasks
    from .blueprints import api, appointments, billing, pharmacy
    from .models import User

    login_manager.user_loader(lambda ident: db.session.get(User, int(ident)))
    for module in (api, appointments, billing, pharmacy):
        app.register_blueprint(module.bp)
    cli.register(app)

    class ContextTask(celery.Task):
        def __call__(self, *args, **kwargs):
            with app.app_context():
                return self.run(*args, **kwargs)

    celery.Task = ContextTask
    app.extensions["celery"] = celery
    app.extensions["tasks"] = tasks
    return app
