"""How gunicorn serves the site, in `make run` and in production: gunicorn -c python:realist.gunicorn realist.wsgi."""

import gc
import logging

from programmes.words import NobodysWords
from realist import env
from realist.server_log import ServerLogger
from realist.worker import PatientWorker

log = logging.getLogger(__name__)
env.keep_files_private()
bind = f"127.0.0.1:{env.integer('PORT', 8000)}"
workers = env.integer("WEB_CONCURRENCY", 2)
threads = env.integer("WEB_THREADS", 4)  # a thread waits for the database while another computes
worker_class = PatientWorker
limit_request_line = 0  # none: a head of 64 KB is refused as a whole, and the site says which address is too long
loglevel = env.one_of("LOG_LEVEL", *env.LOG_LEVELS).lower()
logger_class = ServerLogger
forwarded_allow_ips = ""  # what proxies say of a request is believed as far as the settings say, and by Django alone
graceful_timeout = 5  # seconds that Ctrl-C waits for open requests
control_socket_disable = True  # the site is stopped and started by its process alone


def post_worker_init(_worker: object) -> None:
    """Warn of a database that waits for `migrate`, and put what start-up made out of the garbage collector's sight.

    Its rounds would pause requests.
    """
    # Models exist only once the worker has set Django up.
    from programmes.checks import log_what_differs  # noqa: PLC0415
    from realist.private_files import files_are_private  # noqa: PLC0415

    log_what_differs()
    for message in files_are_private(["default"]):
        log.warning("%s %s", NobodysWords(message.msg), NobodysWords(message.hint))
    gc.collect()
    gc.freeze()
