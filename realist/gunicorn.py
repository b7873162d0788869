"""How gunicorn serves the site, in `make run` and in production: gunicorn -c python:realist.gunicorn realist.wsgi."""

import gc

from realist import env

bind = f"127.0.0.1:{env.integer('PORT', 8000)}"
workers = env.integer("WEB_CONCURRENCY", 2)
threads = env.integer("WEB_THREADS", 4)  # a thread waits for the database while another computes
worker_class = "gthread"
limit_request_line = 8190  # letters of an address; long lists of filters are long addresses
loglevel = env.text("LOG_LEVEL", "WARNING").lower()
graceful_timeout = 5  # seconds that Ctrl-C waits for open requests
control_socket_disable = True  # the site is stopped and started by its process alone


def post_worker_init(_worker: object) -> None:
    """Warn of a database that waits for `migrate`, and put what start-up made out of the garbage collector's sight.

    Its rounds would pause requests.
    """
    from programmes.checks import log_what_differs  # noqa: PLC0415  models exist only once the worker has set Django up

    log_what_differs()
    gc.collect()
    gc.freeze()
