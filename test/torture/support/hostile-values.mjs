/** Values that have broken loggers, by name; made anew, since some are used up. The large ones only if asked for. */
export function hostileValues(names) {
  return names === undefined ? { ...smallValues(), ...largeValues() } : smallValues();
}

function smallValues() {
  const cycle = { name: 'cycle' };
  cycle.self = cycle;
  const thrower = () => {
    throw new Error('hostile');
  };
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  return {
    undefined: undefined,
    symbol: Symbol('hostile'),
    bigint: 2n ** 70n,
    'not a number': Number.NaN,
    function: thrower,
    cycle,
    'getter that throws': Object.defineProperty({}, 'value', { enumerable: true, get: thrower }),
    'toString that throws': { toString: thrower },
    'toString that gives an object': { toString: () => ({}) },
    'toJSON that throws': { toJSON: thrower },
    'toJSON that gives itself': Object.assign(Object.create({ toJSON: () => cycle }), { a: 1 }),
    'toPrimitive that throws': { [Symbol.toPrimitive]: thrower },
    'inspect that throws': { [Symbol.for('nodejs.util.inspect.custom')]: thrower },
    'proxy that throws': new Proxy(
      {},
      { get: thrower, ownKeys: thrower, getPrototypeOf: thrower, has: thrower },
    ),
    'revoked proxy': revoked.proxy,
    'no prototype': Object.assign(Object.create(null), { key: 1 }),
    '__proto__ key': JSON.parse(
      '{"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}}',
    ),
    'invalid date': new Date(Number.NaN),
    'lone surrogate': 'a\ud800b',
    NUL: 'a\0b',
    'sparse array': Object.assign([], { 4000000000: 1, length: 4_294_967_295 }),
    'detached buffer': detached(),
    'error whose stack throws': Object.defineProperty(new Error('hostile'), 'stack', { get: thrower }),
    'error that is its own cause': ownCause(),
    'error whose message is an object': Object.defineProperty(new Error('hostile'), 'message', {
      value: { a: 1 },
    }),
    'aggregate of itself': ownMember(),
    'error with a proxy for a cause': new Error('hostile', { cause: revoked.proxy }),
  };
}

function largeValues() {
  return {
    'deep nesting': nested(2_000),
    'long text': 'x'.repeat(200_000),
    'a million newlines': '\n'.repeat(1_000_000),
    'many keys': Object.fromEntries(Array.from({ length: 2_000 }, (_, index) => [`key${index}`, index])),
  };
}

function nested(depth) {
  let value = 'bottom';
  for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? [value] : { value };
  return value;
}

function detached() {
  const bytes = new Uint8Array(8);
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
  return bytes;
}

function ownCause() {
  const error = new Error('hostile');
  error.cause = error;
  return error;
}

function ownMember() {
  const error = new AggregateError([], 'hostile');
  error.errors.push(error);
  return error;
}
