"""Answers the questions of time-in-zones.ts, one JSON line each, from Python."""
import datetime
import json
import logging.handlers
import os
import sys
import tempfile
import time

FILE = os.path.join(tempfile.mkdtemp(), 'never-written.log')


def answer(question):
    if question['ask'] == 'strftime':
        convert = time.gmtime if question['zone'] == 'utc' else time.localtime
        return time.strftime(question['format'], convert(question['seconds']))
    if question['ask'] == 'zone':
        local = time.localtime(question['seconds'])
        return [local.tm_zone, local.tm_gmtoff, local.tm_isdst == 1]
    options = dict(question['options'])
    if options.get('atTime'):
        options['atTime'] = datetime.time(*options['atTime'])
    handler = logging.handlers.TimedRotatingFileHandler(FILE, delay=True, **options)
    return {'rolloverAt': handler.computeRollover(question['now']), 'suffix': handler.suffix}


for line in sys.stdin:
    question = json.loads(line)
    os.environ['TZ'] = question['tz']
    time.tzset()
    print(json.dumps(answer(question)))
os.rmdir(os.path.dirname(FILE))
