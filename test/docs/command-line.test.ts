import { describe, expect, it } from '@jest/globals';
import { CommandLine } from '../support/command-line.js';
import { readPage } from '../support/docs/markdown.js';

const { blocks } = readPage('docs/cli.md');
const files = blocks.flatMap(({ flags, text }) =>
  flags.has('file') ? [[flags.get('file') as string, text]] : [],
);
const sessions = blocks
  .filter(({ language }) => language === 'console')
  .flatMap(({ text }) => commands(text));

/** The commands of a session, each with what is to come of it. */
function commands(text: string): [command: string, output: string][] {
  return text
    .split(/^\$ npx nestjs-logging /m)
    .slice(1)
    .map((part) => [part.slice(0, part.indexOf('\n')), part.slice(part.indexOf('\n') + 1)]);
}

describe('the commands of docs/cli.md print what the page says', () => {
  const cli = new CommandLine(Object.fromEntries(files));

  it.each(sessions)('%s', (command, output) => {
    const [words = '', input] = command.split(' < ');
    const { stdout } = cli.run(words.split(' '), input === undefined ? {} : { input: cli.read(input) });
    expect(stdout).toBe(output);
  });

  it('are there', () => {
    expect(sessions.length).toBeGreaterThan(4);
  });
});
