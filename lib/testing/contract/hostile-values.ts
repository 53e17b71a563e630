/** Values that have broken loggers, by name; created for each use, because some are used up. */
export function hostileValues(): [name: string, value: unknown][] {
  const cycle: Record<string, unknown> = { name: 'cycle' };
  cycle.self = cycle;
  const thrower = () => {
    throw new Error('hostile');
  };
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  return [
    ['undefined', undefined],
    ['null', null],
    ['a symbol', Symbol('hostile')],
    ['a big integer', 2n ** 70n],
    ['no number', Number.NaN],
    ['a function', thrower],
    ['a cycle', cycle],
    ['a getter that throws', Object.defineProperty({}, 'value', { enumerable: true, get: thrower })],
    ['a toString that throws', { toString: thrower }],
    ['a toString that gives an object', { toString: () => ({}) }],
    ['a toJSON that throws', { toJSON: thrower }],
    ['a toPrimitive that throws', { [Symbol.toPrimitive]: thrower }],
    ['an inspect that throws', { [Symbol.for('nodejs.util.inspect.custom')]: thrower }],
    [
      'a proxy that throws',
      new Proxy({}, { get: thrower, ownKeys: thrower, getPrototypeOf: thrower, has: thrower }),
    ],
    ['a revoked proxy', revoked.proxy],
    ['an object without a prototype', Object.assign(Object.create(null), { key: 1 })],
    [
      'a __proto__ key',
      JSON.parse('{"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}}'),
    ],
    ['an invalid date', new Date(Number.NaN)],
    ['a lone surrogate', 'a\ud800b'],
    ['a NUL', 'a\0b'],
    ['deep nesting', nested(2000)],
    ['a long text', 'x'.repeat(200_000)],
    ['many keys', Object.fromEntries(Array.from({ length: 2000 }, (_, index) => [`key${index}`, index]))],
    ['an error whose stack throws', Object.defineProperty(new Error('hostile'), 'stack', { get: thrower })],
    ['an error that is its own cause', ownCause()],
    [
      'an error whose message is an object',
      Object.defineProperty(new Error('hostile'), 'message', { value: { a: 1 } }),
    ],
  ];
}

function nested(depth: number): unknown {
  let value: unknown = 'bottom';
  for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? [value] : { value };
  return value;
}

function ownCause(): Error {
  const error = new Error('hostile');
  error.cause = error;
  return error;
}
