import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { printf, printfMapping } from '../../lib/python/printf/printf.js';
import { TemplateError } from '../../lib/python/template.js';

interface PrintfCase {
  readonly id: string;
  readonly msg: string;
  readonly args: unknown[] | object;
  readonly want: { readonly message: string } | { readonly error: true };
}

const cases = readFileSync(new URL('./cases/printf.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line, reviveBigInt) as PrintfCase);

function reviveBigInt(_key: string, value: unknown): unknown {
  const isBigInt = typeof value === 'object' && value !== null && '$bigint' in value;
  return isBigInt ? BigInt(String(value.$bigint)) : value;
}

/** As a record does it: without arguments the message stays as it is. */
function getMessage({ msg, args }: PrintfCase): string {
  if (!Array.isArray(args)) return printfMapping(msg, args);
  return args.length === 0 ? msg : printf(msg, args);
}

function outcomeOf(one: PrintfCase): PrintfCase['want'] {
  try {
    return { message: getMessage(one) };
  } catch (error) {
    expect(error).toBeInstanceOf(TemplateError);
    return { error: true };
  }
}

describe('messages with arguments, as CPython recorded them', () => {
  it('has all the cases', () => {
    expect(cases).toHaveLength(791);
  });

  it.each(cases.map((one) => [one.id, one.msg, one] as const))('%s: %j', (_id, _msg, one) => {
    expect(outcomeOf(one)).toEqual(one.want);
  });
});
