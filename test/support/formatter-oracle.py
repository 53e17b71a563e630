"""Formats records with Python's own logging: one question a line in, one answer a line out."""

import json
import logging
import os
import sys
import time


def answer(question):
    options = question["options"]
    try:
        formatter = logging.Formatter(
            options.get("fmt"),
            options.get("datefmt"),
            options.get("style", "%"),
            options.get("validate", True),
            defaults=options.get("defaults"),
        )
        if options.get("utc"):
            formatter.converter = time.gmtime
        return {"text": formatter.format(logging.makeLogRecord(question["record"]))}
    except Exception as error:
        return {"error": "%s: %s" % (type(error).__name__, error)}


for line in sys.stdin:
    question = json.loads(line)
    os.environ["TZ"] = question["tz"]
    time.tzset()
    print(json.dumps(answer(question)))
