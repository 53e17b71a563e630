import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { repository } from '../support/docs/markdown.js';

/** Folders of tests that are no rooms: what tests read. */
const others: readonly string[] = ['fixtures', 'support'];

/** The folders below one, at any depth, relative to it. */
function roomsOf(folder: string): string[] {
  return readdirSync(join(repository, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(repository, folder).length + 1));
}

describe('the tests', () => {
  it.each(['config', 'handlers'])('of %s are in the rooms of lib', (folder) => {
    const rooms = roomsOf(`test/${folder}`).filter((room) => !others.includes(room.split('/')[0] ?? ''));
    expect(rooms.length).toBeGreaterThan(2);
    expect(roomsOf(`lib/${folder}`)).toEqual(expect.arrayContaining(rooms));
  });
});
