"""CPython's logging: speaks the protocol of worker.mjs over lines of JSON. Writes line by line; it knows no other way."""
import contextvars
import json
import logging
import resource
import sys
import time

MESSAGES = ['order of customer 4711 was %s without objections' % state for state in
            ('accepted', 'paid', 'packed', 'shipped', 'delivered', 'returned', 'refunded', 'closed')]
NAMES = ['alice', 'bob', 'carol', 'dave']
TEXT = '%(asctime)s %(levelname)s %(name)s: %(message)s'
CALLER = '%(asctime)s %(levelname)s %(filename)s:%(lineno)d: %(message)s'
CONTEXT = contextvars.ContextVar('context', default={})


class JsonFormatter(logging.Formatter):
    def format(self, record):
        line = {'timestamp': self.formatTime(record), 'level': record.levelname, 'logger': record.name,
                'message': record.getMessage()}
        line.update(getattr(record, 'fields', {}))
        line.update(CONTEXT.get())
        if record.exc_info:
            line['exception'] = self.formatException(record.exc_info)
        return json.dumps(line)


def failing(i):
    try:
        try:
            raise TypeError('card %d was declined' % i)
        except TypeError as cause:
            raise RuntimeError('payment %d failed' % i) from cause
    except RuntimeError as error:
        return error


ERRORS = [failing(i) for i in range(8)]


def fields(i):
    return {'orderId': i, 'user': NAMES[i & 3], 'amount': 12.5, 'currency': 'EUR', 'isPaid': True}


def create(case, path, second_path):
    formatters = {'text': [logging.Formatter(TEXT)], 'caller': [logging.Formatter(CALLER)],
                  'handlers': [logging.Formatter(TEXT), JsonFormatter()]}.get(case, [JsonFormatter()])
    root = logging.getLogger()
    root.setLevel(logging.INFO)
    for formatter, name in zip(formatters, (path, second_path)):
        handler = logging.FileHandler(name)
        handler.setFormatter(formatter)
        if case == 'filter':
            handler.addFilter(logging.Filter('shop'))
        root.addHandler(handler)
    logger = logging.getLogger('shop.orders.payments.cards.visa' if case == 'child' else 'shop.orders')
    if case == 'context':
        CONTEXT.set({'request_id': '0b0ff3a2-6a5e-4d0c-9c4e-8b7f1f0a1c11', 'user_id': 4711})
    calls = {
        'disabled': lambda i: logger.debug(MESSAGES[i & 7]),
        'arguments': lambda i: logger.info('order %d paid by %s in %d ms', i, NAMES[i & 3], i),
        'fields': lambda i: logger.info(MESSAGES[i & 7], extra={'fields': fields(i)}),
        'error': lambda i: logger.error(MESSAGES[i & 7], exc_info=ERRORS[i & 7]),
    }
    return calls.get(case, lambda i: logger.info(MESSAGES[i & 7]))


def measure(call, count):
    cpu, wall = time.process_time_ns(), time.perf_counter_ns()
    for i in range(count):
        call(i)
    return {'cpu': (time.process_time_ns() - cpu) / count, 'wall': (time.perf_counter_ns() - wall) / count}


def main():
    options = json.loads(sys.argv[1])
    call = create(options['name'], options['target']['path'], options['target']['secondPath'])
    count = 1000
    while measure(call, count)['wall'] * count < options['sliceMs'] * 1e6 and count < 50_000_000:
        count *= 2
    answer({'isReady': True, 'count': count})
    for line in sys.stdin:
        request = json.loads(line)
        if request.get('count'):
            measure(call, request['count'])
            answer({'maxRss': resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024})
        else:
            answer(measure(call, count))


def answer(message):
    sys.stdout.write(json.dumps(message) + '\n')
    sys.stdout.flush()


main()
