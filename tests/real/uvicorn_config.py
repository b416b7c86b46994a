"""Prints what uvicorn's own command line makes of its arguments and the environment: the configuration that it runs."""
import importlib
import json
import sys

import uvicorn.config

# The package binds the command to the name of its module.
command = importlib.import_module("uvicorn.main")


def show(app, **options):
    options["app"] = app
    # The application is not loaded, and the last of these is no part of the configuration.
    options.pop("app_dir", None)
    config = uvicorn.config.Config(**options)
    names = ("port", "uds", "fd", "limit_concurrency", "limit_max_requests", "timeout_keep_alive",
             "timeout_graceful_shutdown", "interface", "reload")
    said = {name: getattr(config, name) for name in names}
    # With a reloader `uvicorn.run` starts one worker whatever is asked for.
    said["workers"] = 1 if config.should_reload else config.workers
    print(json.dumps(said))


command.run = show
command.main(sys.argv[1:], prog_name="uvicorn")
