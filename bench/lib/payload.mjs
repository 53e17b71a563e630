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

/** Errors with a cause; made once, since what is measured is writing them. */
export const ERRORS = Array.from({ length: 8 }, (_, i) => failingPayment(i));
export const error = (i) => ERRORS[i & 7];

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
