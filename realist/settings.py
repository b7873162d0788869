"""Settings of the site. Every value that differs between machines is an environment variable, read in env.py."""

from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONE, SELF

from realist import env

env.keep_files_private()  # databases, keys, what was erased, files that are uploaded
BASE_DIR = Path(__file__).resolve().parent.parent
LOCAL_DIR = env.path("LOCAL_DIR", BASE_DIR / ".local")  # what `make run` keeps: secret key, collected static files

DEBUG = env.boolean("DEBUG", default=False)
HTTPS = env.boolean("HTTPS", default=True)  # false only on one's own machine, where there is no certificate
SECRET_KEY = env.secret("SECRET_KEY", LOCAL_DIR / "secret-key")
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")  # that the secret key was before
ERASURE_KEY = env.text("ERASURE_KEY")  # of the hashes by which erased words are known again; without it SECRET_KEY
ERASURES_FILE = env.path("ERASURES_FILE", LOCAL_DIR / "erasures.jsonl")  # what was erased, for restored databases
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "programmes",  # first, so that its admin templates come before Django's
    "surveys",
    "realist.apps.CurationConfig",  # django.contrib.admin with our groups
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "knox",
    "simple_history",
    "csp",
]

MIDDLEWARE = [
    "realist.acts.LogRequests",  # first, so that whatever is logged has the number of its request
    "realist.headers.AnswerHeaders",
    "csp.middleware.CSPMiddleware",
    "realist.trouble.ExpectedTrouble",  # sees what all others answer
    "realist.middleware.CountCalls",  # before answers are shortened to those that nothing has changed
    "realist.middleware.AskedFromOtherSites",
    "realist.middleware.ShutWhileRestored",
    "realist.kept_answers.AnswerAgain",  # as it went out, so before all that makes it
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "realist.middleware.GZipWhereAccepted",
    "realist.middleware.ValidatorsOfAnswers",
    "realist.sessions.KeepAnswers",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "realist.sessions.EndSessions",
    "realist.sign_in.KnowBrowsers",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "realist.middleware.ShowUnseenMarks",
    "realist.middleware.RefuseNullCharacters",
    "programmes.pages.standing.KeepSetting",
]

ROOT_URLCONF = "realist.urls"
WSGI_APPLICATION = "realist.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["realist.templates.OwnTemplates", "realist.templates.TemplatesOfApps"],
                )
            ],
            "builtins": ["programmes.templatetags.words"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "programmes.pages.base.parameters_left_out",
                "programmes.pages.base.own_studies_of_reader",
                "programmes.pages.as_data.page_as_data",
                "programmes.pages.standing.where_the_reader_stands",
            ],
        },
    },
]

SQLITE_OPTIONS = {
    # A write takes its lock when its transaction begins, so two curators wait for each other instead of failing.
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,  # seconds; served, it is LONGEST_WAIT
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
}
DATABASES: dict[str, Any] = {
    "default": dj_database_url.parse(env.text("DATABASE_URL", f"sqlite:///{BASE_DIR / 'db.sqlite3'}")),
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = SQLITE_OPTIONS
else:
    # Whoever finds no database is told so within two seconds; and the pause between attempts to reach it never grows,
    # so that the site is back as soon as its database is.
    pool = {"min_size": 1, "max_size": env.integer("DATABASE_POOL_SIZE", 8), "timeout": 1.5, "reconnect_timeout": 1}
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True  # a connection that broke while nobody used it is not handed out
    postgresql_options = DATABASES["default"].setdefault("OPTIONS", {})
    postgresql_options["pool"] = pool
    postgresql_options.setdefault("connect_timeout", 2)
    # Disks have no arms that must be moved; and compiling a search takes longer than answering it.
    postgresql_options.setdefault("options", "-c random_page_cost=1.1 -c jit=off")

LOSE_DATA = env.boolean("LOSE_DATA", default=False)  # whether going back to an older version may lose something
LONGEST_WAIT = 10  # seconds for what others have locked: threads that wait serve nobody
LEAST_FREE_MEGABYTES = env.integer("LEAST_FREE_MEGABYTES", 200)  # with less free on a disk the site is not ready
# Of memory, in each worker, for answers that are given again while the database is as it was; 0 for none.
KEPT_ANSWERS_MEGABYTES = env.count("KEPT_ANSWERS_MEGABYTES", 0 if DEBUG else 32, least=0)

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
AUTHENTICATION_BACKENDS = ["realist.sign_in.CountedPasswords", "programmes.integrity.groups.TeamPermissions"]
SESSION_COOKIE_AGE = 7 * 24 * 3600  # seconds, however often it is used
SESSION_IDLE_MINUTES = env.count("SESSION_IDLE_MINUTES", 480, least=1)  # without use
CSRF_FAILURE_VIEW = "realist.signed_out.answer_to_foreign_form"
LOGIN_URL = "desk-sign-in"
LOGIN_REDIRECT_URL = "desk"

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_I18N = False  # the site speaks one language; participants' words are never translated
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = LOCAL_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "realist.static_files.CollectedFiles",
    },
}

# Nothing is loaded from elsewhere and nothing inline is run.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^(?:healthz|readyz)$"]  # what watches the site asks gunicorn itself, without TLS
SESSION_COOKIE_NAME = "__Host-sessionid" if HTTPS else "sessionid"  # which no other host of the domain can set
CSRF_COOKIE_NAME = "__Host-csrftoken" if HTTPS else "csrftoken"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = env.integer("HSTS_SECONDS", 31_536_000) if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 24_000_000  # a pasted transcript of the greatest length that is read, in any script
if env.boolean("BEHIND_PROXY", default=False):  # the proxy must set, never pass on, this header
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    BELIEVE_REQUEST_ID = True
else:
    BELIEVE_REQUEST_ID = False
TRUSTED_PROXIES = env.count("TRUSTED_PROXIES", 0)  # whose entries in X-Forwarded-For are believed

API_RATES = {
    "anonymous": env.rate("API_RATE_ANONYMOUS", "600/minute"),  # of one address
    "user": env.rate("API_RATE_USER", "3000/minute"),
}
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "programmes.api.tokens.MemberToken",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "DEFAULT_THROTTLE_CLASSES": ["realist.throttles.CallRate"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_RENDERER_CLASSES": ["programmes.api.renderers.ORJSONRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "programmes.api.negotiation.WeighedFormats",
    "EXCEPTION_HANDLER": "programmes.api.problems.problem_response",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Realist API",
    "DESCRIPTION": (
        "Programme theories, their CMOCs, and the evidence behind them. Of each text `x-words` says whose words it is: "
        "a participant’s, the authors’ or a curator’s."
    ),
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVERS": [{"url": "/", "description": "This site"}],
    "LICENSE": {"name": "Of each study, as its field `licence` says"},
    # Terms stand where they are used: fields of one name have others in each resource.
    "POSTPROCESSING_HOOKS": ["programmes.api.openapi.without_marks"],
}

SIMPLE_HISTORY_HISTORY_CHANGE_REASON_USE_TEXT_FIELD = True
SIMPLE_HISTORY_REVERT_DISABLED = True  # going back is a change like any other, with a reason

LOGGING_CONFIG = "realist.logs.set_up"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "lines": {"()": "realist.logs.LineFormatter"},
        "json": {"()": "realist.logs.JSONFormatter"},
        "unreduced": {"format": "{levelname} {name} {message}", "style": "{"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "unreduced" if DEBUG else env.one_of("LOG_FORMAT", "lines", "json"),
        },
    },
    "root": {"handlers": ["console"], "level": env.one_of("LOG_LEVEL", *env.LOG_LEVELS)},
    "loggers": {
        "django": {"handlers": []},  # with DEBUG its own handler would say everything a second time
        **({} if DEBUG else {"django.server": {"handlers": [], "propagate": True}}),
        "psycopg.pool": {"level": "ERROR"},  # it tells of each attempt to reach a database that is down
    },
}
