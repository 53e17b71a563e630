"""Formats records with the formatters of Python packages: one question a line, one answer a line."""
import datetime, importlib, json, logging, sys, sysconfig, types

# What the package imports when it is loaded needs all that it depends on; the module with the formatter does not.
airflow = types.ModuleType("airflow")
airflow.__path__ = [sysconfig.get_path("purelib") + "/airflow"]
sys.modules["airflow"] = airflow

from django.conf import settings
settings.configure(SECRET_KEY="none", ADMINS=[("Ops", "ops@example.com")], EMAIL_SUBJECT_PREFIX="[Shop] ", INTERNAL_IPS=[])

import django
django.setup()

import colorlog.escape_codes, gunicorn.config, gunicorn.glogging, flask.logging, structlog


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


def structlog_formatter():
    """The chain that structlog's guide gives for records of logging, but for the time: that of the record, not of now."""
    def add_time(logger, name, event):
        time = datetime.datetime.fromtimestamp(event["_record"].created, datetime.timezone.utc)
        event["timestamp"] = time.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return event
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.processors.format_exc_info,
            structlog.stdlib.ExtraAdder(),
            structlog.stdlib.add_logger_name,
            structlog.stdlib.add_log_level,
            add_time,
        ],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, structlog.processors.JSONRenderer()],
        use_get_message=True,
    )


def formatter_of(question):
    kind = question["formatter"]
    if kind == "structlog": return structlog_formatter()
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
