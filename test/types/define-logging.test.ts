import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { defineLogging } from '../../lib/config/components/define-logging.js';
import { compile, compileText, instantiations } from './compiler.js';
import { completions } from './completions.js';
import { largeConfiguration } from './large-configuration.js';

const cases = fileURLToPath(new URL('define-logging.test-d.ts', import.meta.url));
const define = (body: string) => `import { defineLogging } from 'nestjs-logging/core';
defineLogging({ version: 1, formatters: { verbose: {}, json: { class: 'JsonFormatter' } }, ${body} });`;

describe('the types of defineLogging', () => {
  it('accept and refuse what the cases say', () => {
    expect(compile([cases])).toEqual([]);
  });

  it('name what was meant', () => {
    const issues = compileText(define("handlers: { file: { class: 'StreamHandler', formatter: 'verbos' } }"));
    expect(issues.join('\n')).toContain(`Did you mean '"verbose"'?`);
  });

  it('are worked out at a bounded cost: 200 loggers, 50 handlers', () => {
    const cost = instantiations(largeConfiguration(200, 50)) - instantiations(largeConfiguration(0, 1));
    expect(cost).toBeGreaterThan(0);
    expect(cost).toBeLessThan(60_000);
  });
});

describe('an editor offers', () => {
  it('the classes', () => {
    expect(completions(define("handlers: { file: { class: '|' } }"))).toEqual(
      expect.arrayContaining(['logging.FileHandler', 'RotatingFileHandler']),
    );
  });

  it("the options of the entry's class", () => {
    const offered = completions(define("handlers: { file: { class: 'RotatingFileHandler', | } }"));
    expect(offered).toEqual(expect.arrayContaining(['filename', 'maxBytes', 'level', 'formatter']));
    expect(offered).not.toContain('capacity');
  });

  it('the names of formatters', () => {
    expect(completions(define("handlers: { file: { class: 'StreamHandler', formatter: '|' } }"))).toEqual(
      expect.arrayContaining(['verbose', 'json']),
    );
  });

  it('the names of handlers', () => {
    expect(
      completions(
        define("handlers: { file: { class: 'StreamHandler' } }, loggers: { shop: { handlers: ['|'] } }"),
      ),
    ).toEqual(['file']);
  });

  it('the keys of a configuration and of a logger', () => {
    expect(completions(define('|'))).toEqual(expect.arrayContaining(['handlers', 'loggers', 'root']));
    expect(completions(define('loggers: { shop: { | } }'))).toEqual(
      expect.arrayContaining(['level', 'handlers', 'filters', 'propagate']),
    );
  });
});

describe('defineLogging', () => {
  it('gives the configuration back as it is', () => {
    const config = { version: 1 } as const;
    expect(defineLogging(config)).toBe(config);
  });
});
