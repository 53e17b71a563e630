import { spawnSync } from 'node:child_process';

/**
 * Asks a program that reads questions from standard input, one a line in JSON, and answers each with such a line.
 *
 * @returns The answers, in order.
 */
export function askProgram<Answer>(
  program: string,
  args: readonly string[],
  questions: readonly unknown[],
): Answer[] {
  const { status, stdout, stderr } = spawnSync(program, args, {
    input: questions.map((question) => `${JSON.stringify(question)}\n`).join(''),
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr}`);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Answer);
}
