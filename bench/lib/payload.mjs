/** What is logged: the same for every competitor. */
export const LOGGER_NAME = 'shop.orders';
export const DEEP_NAME = 'shop.orders.payments.cards.visa';
export const TEMPLATE = 'order %d paid by %s in %d ms';

/** Eight messages in turn, so that no engine takes the text for a constant. */
const MESSAGES = ['accepted', 'paid', 'packed', 'shipped', 'delivered', 'returned', 'refunded', 'closed'].map(
  (state) => `order of customer 4711 was ${state} without objections`,
);
const NAMES = ['alice', 'bob', 'carol', 'dave'];

export const message = (i) => MESSAGES[i & 7];
export const person = (i) => NAMES[i & 3];

/** Five fields of the usual kinds. */
export const fields = (i) => ({ orderId: i, user: person(i), amount: 12.5, currency: 'EUR', isPaid: true });

/** Texts of which no two are the same. */
export const uniqueMessage = (i) => `order ${i} of customer ${i * 7} was paid with ${person(i)}'s card`;
export const longMessage = (i) => `${LONG}${i}`;
const LONG = 'the quick brown fox jumps over the lazy dog, '.repeat(23);
export const unicodeMessage = (i) => `заказ ${i} оплачен: 💳 ✓ — спасибо, ${person(i)}`;
export const controlMessage = (i) => `first line of ${i}\nsecond, \u001b[31mred\u001b[0m`;

/** Calls of twenty loggers, each at a place of its own: no engine learns one of them by heart. */
export function callSites(loggerOf) {
  const log = Array.from({ length: 20 }, (_, at) => loggerOf(`shop.part${at}`));
  return [
    (i) => log[0].info(message(i)),
    (i) => log[1].info(message(i)),
    (i) => log[2].info(message(i)),
    (i) => log[3].info(message(i)),
    (i) => log[4].info(message(i)),
    (i) => log[5].info(message(i)),
    (i) => log[6].info(message(i)),
    (i) => log[7].info(message(i)),
    (i) => log[8].info(message(i)),
    (i) => log[9].info(message(i)),
    (i) => log[10].info(message(i)),
    (i) => log[11].info(message(i)),
    (i) => log[12].info(message(i)),
    (i) => log[13].info(message(i)),
    (i) => log[14].info(message(i)),
    (i) => log[15].info(message(i)),
    (i) => log[16].info(message(i)),
    (i) => log[17].info(message(i)),
    (i) => log[18].info(message(i)),
    (i) => log[19].info(message(i)),
  ];
}

/** Sixteen loggers for calls at one place, as where each has its own in a field of an object. */
export const manyLoggers = (loggerOf) => Array.from({ length: 16 }, (_, at) => loggerOf(`shop.part${at}`));

/** Five fields whose names and values come from fifty kinds of calls. */
export const newFields = (i) => ({
  [`step${i % 50}`]: i,
  user: `${person(i)}-${i}`,
  amount: i * 1.25,
  currency: 'EUR',
  isPaid: i % 2 === 0,
});

/** What is bound to a logger for a tenant, a request or a job. */
export const BOUND = {
  tenant: 'acme',
  region: 'eu-west-1',
  requestId: '0b0ff3a2-6a5e-4d0c-9c4e-8b7f1f0a1c11',
  userId: 4711,
  plan: 'pro',
};

export const nestedFields = (i) => ({
  order: {
    id: i,
    lines: [
      { sku: 'a-1', count: 2, price: 9.5 },
      { sku: 'b-2', count: 1, price: 19 },
    ],
    customer: { name: person(i), address: { city: 'Riga', zip: '1010' } },
  },
  paidAt: new Date(1_700_000_000_000 + i * 1_000),
  dueAt: new Date(1_710_000_000_000 + i * 1_000),
});

/** Secrets under names that say so, and where they are. */
export const secretFields = (i) => ({
  user: { name: person(i), password: `hunter${i}`, mail: 'alice@example.org' },
  token: `t-${i}`,
  headers: { authorization: `Bearer abcdefgh${i}`, accept: '*/*' },
  orderId: i,
});
export const SECRET_PATHS = ['user.password', 'token', 'headers.authorization'];

/** Errors with a cause; made once, since what is measured is writing them. */
export const ERRORS = Array.from({ length: 8 }, (_, i) => failingPayment(i));
export const error = (i) => ERRORS[i & 7];

/** Errors with two causes, each with properties of its own, as those of drivers have. */
const DEEP_ERRORS = Array.from({ length: 8 }, (_, i) => {
  const socket = Object.assign(new Error('connect ECONNREFUSED'), {
    code: 'ECONNREFUSED',
    errno: -111,
    port: 5432,
  });
  const query = Object.assign(new Error(`query ${i} failed`, { cause: socket }), {
    code: '08006',
    severity: 'FATAL',
  });
  return Object.assign(new Error(`payment ${i} failed`, { cause: query }), { orderId: i, statusCode: 502 });
});
export const deepError = (i) => DEEP_ERRORS[i & 7];

function failingPayment(i) {
  try {
    chargeCard(i);
  } catch (cause) {
    return new Error(`payment ${i} failed`, { cause });
  }
}

function chargeCard(i) {
  throw new TypeError(`card ${i} was declined`);
}

/** The fields of a running request. */
export const CONTEXT = { request_id: '0b0ff3a2-6a5e-4d0c-9c4e-8b7f1f0a1c11', user_id: 4711 };
