import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import * as core from 'nestjs-logging/core';
import * as handlers from 'nestjs-logging/handlers';
import { readPage } from '../support/docs/markdown.js';
import { askPython, hasPython } from '../support/live-python.js';
import { resetLogging } from '../support/reset-logging.js';

/** The public names of a module of Python's, and for classes those of their members. */
const namesOf = `
import importlib, inspect
module = importlib.import_module(case)
names = {}
for name in getattr(module, "__all__", None) or dir(module):
    value = getattr(module, name)
    if name.startswith("_") or inspect.ismodule(value): continue
    if getattr(value, "__module__", case) != case: continue
    members = dir(value) if inspect.isclass(value) else []
    names[name] = [member for member in members if not member.startswith("_") and not hasattr(object, member)]
return names`;

/** What makes an instance, whose own properties are members too; others are made with nothing. */
const options: Readonly<Record<string, object>> = {
  BaseRotatingHandler: { filename: join(tmpdir(), 'never.log'), delay: true },
  BufferingHandler: { capacity: 1 },
  DatagramHandler: { host: 'localhost', port: 1 },
  FileHandler: { filename: join(tmpdir(), 'never.log'), delay: true },
  HTTPHandler: { host: 'localhost', url: '/' },
  MemoryHandler: { capacity: 1 },
  RotatingFileHandler: { filename: join(tmpdir(), 'never.log'), delay: true },
  SMTPHandler: { mailhost: 'localhost', fromaddr: 'a@example.com', toaddrs: 'b@example.com', subject: 's' },
  SocketHandler: { host: 'localhost', port: 1 },
  SysLogHandler: { address: ['localhost', 1] },
  TimedRotatingFileHandler: { filename: join(tmpdir(), 'never.log'), delay: true },
  WatchedFileHandler: { filename: join(tmpdir(), 'never.log'), delay: true },
};

/** Names of Python's that are neither here nor explained on the page. */
function gaps(names: Readonly<Record<string, readonly string[]>>, told: ReadonlySet<string>): string[] {
  return Object.entries(names).flatMap(([name, members]) => {
    const ours = ({ ...core, ...handlers } as Readonly<Record<string, unknown>>)[name];
    if (ours === undefined) return told.has(name) ? [] : [name];
    if (members.length === 0) return [];
    const type = ours as new (options: object) => object;
    const instance = name === 'Handler' ? type.prototype : make(name, type);
    return members
      .filter(
        (member) =>
          !(member in instance) && !(member in type) && !told.has(member) && !told.has(`${name}.${member}`),
      )
      .map((member) => `${name}.${member}`);
  });
}

function make(name: string, type: new (...args: never[]) => object): object {
  const args: unknown[] = { Logger: ['x'], LoggerAdapter: [core.getLogger('x')] }[name] ?? [
    options[name] ?? {},
  ];
  return new type(...(args as never[]));
}

describe('the names of Python’s modules (skipped where python3 is absent)', () => {
  const page = readPage('docs/differences-from-python.md').text;
  const section = /## Names that are not here\n([\s\S]*?)\n## /.exec(page)?.[1] ?? '';
  const told = new Set([...section.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name));
  afterAll(resetLogging);

  (hasPython ? it : it.skip).each(['logging', 'logging.handlers', 'logging.config'])(
    '%s: each is here, or listed as not here',
    (name) => {
      const [answer] = askPython(namesOf, [name]) as { text: Record<string, string[]> }[];
      expect(Object.keys(answer?.text ?? {}).length).toBeGreaterThan(0);
      expect(gaps(answer?.text ?? {}, told)).toEqual([]);
    },
  );
});
