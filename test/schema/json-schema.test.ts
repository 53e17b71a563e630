import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { loggingJsonSchema } from '../../lib/config/components/json-schema.js';
import { schemaFile } from '../support/schema/schema-file.js';

describe('loggingJsonSchema', () => {
  it('gives what the package ships', () => {
    expect(loggingJsonSchema()).toEqual(JSON.parse(readFileSync(schemaFile, 'utf8')));
  });
});
