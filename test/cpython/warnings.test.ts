import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { captureWarnings, getLogger } from '../../lib/core.js';
import { ListHandler } from '../support/list-handler.js';
import { resetLoggingAsPython } from '../support/reset-logging.js';
import { captureStderr } from '../support/stderr-capture.js';

beforeEach(resetLoggingAsPython);
afterEach(() => captureWarnings(false));

/** The listeners are called here as Node calls them, in a turn of their own. */
const warn = (warning: Error & { code?: string }) => process.emit('warning', warning);

describe('captureWarnings', () => {
  it('sends the warnings of the process to a logger, once however often it is asked', () => {
    const handler = new ListHandler();
    getLogger('node.warnings').addHandler(handler);
    captureWarnings(true);
    captureWarnings(true);
    warn(Object.assign(new Error("I'm warning you..."), { name: 'DeprecationWarning', code: 'DEP0000' }));
    expect(handler.records.map((record) => [record.levelname, record.getMessage()])).toEqual([
      ['WARNING', "DeprecationWarning [DEP0000]: I'm warning you..."],
    ]);
  });

  it('leaves other listeners alone, and gives warnings back when it is undone', () => {
    const own: string[] = [];
    const listener = (warning: Error) => own.push(warning.message);
    const handler = new ListHandler();
    getLogger('node.warnings').addHandler(handler);
    process.on('warning', listener);
    try {
      captureWarnings(true);
      warn(new Error('first'));
      captureWarnings(false);
      process.listeners('warning').forEach((each) => {
        if (each === listener) each(new Error('second'));
      });
    } finally {
      process.off('warning', listener);
    }
    expect([own, handler.records.map((record) => record.getMessage())]).toEqual([
      ['first', 'second'],
      ['Error: first'],
    ]);
  });

  it('without any handler has the last resort print them', () => {
    captureWarnings(true);
    const { text } = captureStderr(() => warn(new Error('nobody listens')));
    expect(getLogger('node.warnings').handlers).toEqual([]);
    expect(text).toMatch(/^Error: nobody listens\nError: nobody listens\n {4}at /);
  });
});
