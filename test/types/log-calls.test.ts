import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { compile, compileText } from './compiler.js';

const cases = fileURLToPath(new URL('log-calls.test-d.ts', import.meta.url));

describe('the types of log calls', () => {
  it('accept and refuse what the cases say', () => {
    expect(compile([cases])).toEqual([]);
  });

  it('name the key that is none of the options', () => {
    const call = `getLogger('shop').error('m', { extra: { a: 1 }, excinfo: new Error('x') });`;
    const issues = compileText(`import { getLogger } from 'nestjs-logging/core';\n${call}`);
    expect(issues.join('\n')).toMatch(/'Error' is not assignable to type 'never'|excinfo/);
  });
});
