"""Settings: one file. Every variable read from the environment is described in docs/reference/settings.md."""

from pathlib import Path

from csp.constants import NONE, SELF

from chuangwen.environment import database, home_folder, own_secret, read_flag, read_list, read_number, read_pairs

PACKAGE = Path(__file__).resolve().parent
HOME = home_folder()
PACKS = Path(read_list("CHUANGWEN_PACKS", default=[str(PACKAGE.parent.parent / "packs")])[0])

SECRET_KEY = own_secret(HOME)
DEBUG = read_flag("CHUANGWEN_DEBUG", default=False)
ALLOWED_HOSTS = read_list("CHUANGWEN_HOSTS", default=["127.0.0.1", "localhost", "[::1]", "testserver"])
CSRF_TRUSTED_ORIGINS = read_list("CHUANGWEN_ORIGINS", default=[])
SITE_ADDRESS = read_list("CHUANGWEN_ADDRESS", default=[*CSRF_TRUSTED_ORIGINS[:1], ""])[0].rstrip("/")
BOT_HOSTS = read_list("CHUANGWEN_BOT_HOSTS", default=[])
BEHIND_HTTPS = read_flag("CHUANGWEN_HTTPS", default=False)

INSTALLED_APPS = [
    "chuangwen.records.ledger",
    "chuangwen.records.jobs",
    "chuangwen.records.standards",
    "chuangwen.records.township",
    "chuangwen.records.duties",
    "chuangwen.records.archive",
    "chuangwen.records.filing",
    "chuangwen.records.releases",
    "chuangwen.records.notices",
    "chuangwen.records.measures",
    "chuangwen.work.cases",
    "chuangwen.work.plans",
    "chuangwen.work.rotas",
    "chuangwen.results.scoring",
    "chuangwen.results.submission",
    "chuangwen.results.dashboard",
    "chuangwen.doors.site",
    "chuangwen.doors.overview_pages",
    "chuangwen.doors.evaluation_pages",
    "chuangwen.doors.submission_pages",
    "chuangwen.doors.case_pages",
    "chuangwen.doors.office_pages",
    "chuangwen.doors.archive_pages",
    "chuangwen.doors.portal",
    "chuangwen.doors.disclosure",
    "chuangwen.doors.commands",
    "chuangwen.kit",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "axes",
    "csp",
    "django_htmx",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "chuangwen.doors.site.language.ChosenLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "axes.middleware.AxesMiddleware",
    "chuangwen.doors.site.middleware.TownMiddleware",
]

ROOT_URLCONF = "chuangwen.urls"
WSGI_APPLICATION = "chuangwen.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "chuangwen.doors.site.framing.frame",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DATABASES = {"default": database(HOME)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LANGUAGE_COOKIE_AGE = 31_536_000
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = BEHIND_HTTPS
LOCALE_PATHS = [PACKAGE / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = HOME / "static"
STATIC_ROOT.mkdir(exist_ok=True)
STATICFILES_DIRS = [PACKAGE / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

AUTH_USER_MODEL = "township.Person"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "chuangwen.records.township.passwords.ThreeKindsOfCharacters"},
    {"NAME": "chuangwen.records.township.passwords.NotUsedBefore"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_FORMS = {
    "reauthenticate": "chuangwen.doors.site.forms.AgainForm",
    "login": "chuangwen.doors.site.forms.SignInForm",
    "change_password": "chuangwen.doors.site.forms.NewPasswordForm",
}
ACCOUNT_ADAPTER = "chuangwen.doors.site.adapter.SignIn"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {"login_failed": None}  # axes counts failures, in the database
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Chuangwen"
USERSESSIONS_TRACK_ACTIVITY = False
AXES_FAILURE_LIMIT = read_number("CHUANGWEN_SIGN_IN_FAILURES", default=5, least=1)
AXES_COOLOFF_TIME = read_number("CHUANGWEN_LOCK_MINUTES", default=20, least=1) / 60
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "chuangwen.doors.site.lockout.locked"
AXES_VERBOSE = False
SILENCED_SYSTEM_CHECKS = ["axes.W006"]

IDLE_SECONDS = read_number("CHUANGWEN_IDLE_MINUTES", default=30, least=1) * 60
SESSION_COOKIE_AGE = IDLE_SECONDS
SESSION_SAVE_EVERY_REQUEST = False
SESSION_COOKIE_SECURE = BEHIND_HTTPS
CSRF_COOKIE_SECURE = BEHIND_HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if BEHIND_HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_HTTPS else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "style-src": [SELF, "'unsafe-inline'"],
        "script-src": [SELF],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
    }
}

DATA_UPLOAD_MAX_MEMORY_SIZE = 20_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
DATA_UPLOAD_MAX_NUMBER_FILES = 500
FILE_UPLOAD_MAX_MEMORY_SIZE = 5_000_000
UPLOAD_MOST_BYTES = read_number("CHUANGWEN_UPLOAD_MB", default=50, least=1) * 1_000_000
LARGEST_BYTES = read_number("CHUANGWEN_LARGEST_MB", default=4096, least=1) * 1_000_000
FILES = HOME / "files"
WATCHED = read_pairs("CHUANGWEN_WATCH")
READ_PAGES = read_number("CHUANGWEN_READ_PAGES", default=2000, least=1)
READ_SECONDS = read_number("CHUANGWEN_READ_SECONDS", default=120, least=1)
READ_MEGABYTES = read_number("CHUANGWEN_READ_MB", default=1024, least=256)
OCR_WORKERS = read_number("CHUANGWEN_OCR_WORKERS", default=1, least=0)
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"axes": {"level": "ERROR"}},
}
