"""Formats records with the formatters of Python packages: one question a line, one answer a line."""
import importlib, json, logging, sys, sysconfig, types

# What the package imports when it is loaded needs all that it depends on; the module with the formatter does not.
airflow = types.ModuleType("airflow")
airflow.__path__ = [sysconfig.get_path("purelib") + "/airflow"]
sys.modules["airflow"] = airflow

from django.conf import settings
settings.configure(SECRET_KEY="none", ADMINS=[("Ops", "ops@example.com")], EMAIL_SUBJECT_PREFIX="[Shop] ", INTERNAL_IPS=[])

import django
django.setup()

import colorlog.escape_codes, gunicorn.config, gunicorn.glogging, flask.logging


def named(path):
    module, _, name = path.rpartition(".")
    return getattr(importlib.import_module(module), name)


def record_of(given):
    record = logging.makeLogRecord({
        **{"name": "shop", "args": (), "exc_text": None, "stack_info": None, "exc_info": None},
        **given["attributes"],
    })
    record.args = tuple(given["attributes"].get("args", ()))
    record.__dict__.update(given["extra"])
    return record


def mail_of(question):
    """Subject and first part of the mail; the report behind it is Django's own."""
    from django.utils.log import AdminEmailHandler
    sent = []
    class Keeping(AdminEmailHandler):
        def send_mail(self, subject, message, *args, **kwargs):
            sent.append([subject, message.split("\n\n")[0]])
    handler = Keeping()
    if question["options"]: handler.setFormatter(logging.Formatter(**question["options"]))
    handler.emit(record_of(question["record"]))
    return sent


def formatter_of(question):
    kind = question["formatter"]
    if kind == "flask": return flask.logging.default_handler.formatter
    if kind == "gunicorn":
        logger = gunicorn.glogging.Logger(gunicorn.config.Config())
        return logging.Formatter(logger.error_fmt, logger.datefmt)
    return named(kind)(**question["options"])


def answer(question):
    if question["formatter"] == "mail": return mail_of(question)
    record = record_of(question["record"])
    return formatter_of(question).format(record)


for line in sys.stdin:
    try: result = {"text": answer(json.loads(line))}
    except Exception as error: result = {"error": type(error).__name__ + ": " + str(error)}
    print(json.dumps(result))
