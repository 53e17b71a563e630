/**
 * A quick check of the built package under whatever Node runs it: both formats load, share one registry,
 * and a record gets from a logger to a handler. Prints 'ok'; fails otherwise.
 */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import * as imported from 'nestjs-logging/core';

const require = createRequire(import.meta.url);
const required = require('nestjs-logging/core');
const commonJs = require('../dist/cjs/core.js');

assert.equal(required.getLogger, imported.getLogger, 'import and require load the same copy');
for (const copy of [required, commonJs]) assert.equal(copy.getLogger('x'), imported.getLogger('x'));

const lines = [];
class ListHandler extends commonJs.Handler {
  emit(record) {
    lines.push(this.format(record));
  }
}
const handler = new ListHandler();
handler.setFormatter(new imported.Formatter({ format: '%(levelname)s %(name)s %(funcName)s %(message)s' }));
const logger = imported.getLogger('smoke');
logger.addHandler(handler);
logger.propagate = false;
(function speak() {
  logger.warning('order %d of %s', 7, 'Ada');
})();
assert.deepEqual(lines, ['WARNING smoke speak order 7 of Ada']);

for (const entry of [
  'nestjs-logging',
  'nestjs-logging/handlers',
  'nestjs-logging/testing',
  'nestjs-logging/live',
]) {
  assert.deepEqual(Object.keys(await import(entry)).sort(), Object.keys(require(entry)).sort());
}
await imported.shutdown();
console.log('ok');
