import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compiledFile } from '../compiled-sources.js';
import { type Example, fileName, folderName } from './examples.js';
import { repository } from './markdown.js';
import { serve } from './serve-example.js';

/** What a program printed (`''`), and the files it wrote, by name. */
export type Outputs = ReadonlyMap<string, string>;

const runner = join(repository, 'test/support/docs/example-runner.ts');

/** Runs all `ts run` blocks, each in a folder of its own but in one process, and gives what each printed. */
export async function runTypeScript(examples: readonly Example[], folder: string): Promise<Outputs[]> {
  const jobs = examples.map((example) => ({
    file: compiledFileOf(example, folder),
    cwd: makeFolder(folder, example),
  }));
  const outputFile = join(folder, 'output.txt');
  const output = openSync(outputFile, 'w');
  const child = spawn(process.execPath, [compiledFile(runner)], {
    stdio: ['pipe', output, output],
    env: { ...process.env, NODE_OPTIONS: '', FORCE_COLOR: undefined, NODE_ENV: 'development' },
  });
  child.stdin?.end(JSON.stringify(jobs));
  await new Promise((resolve) => child.once('close', resolve));
  closeSync(output);
  const [stray = '', ...parts] = readFileSync(outputFile, 'utf8').split('\u0001\n');
  if (parts.length !== jobs.length) throw new Error(`the examples stopped early: ${stray}${parts.at(-1)}`);
  return examples.map((example, index) => collect(example, parts[index] ?? '', jobs[index]?.cwd ?? ''));
}

/** Runs one `python run` block with the real interpreter. */
export function runPython(example: Example, folder: string): Outputs {
  const cwd = makeFolder(folder, example);
  writeFileSync(join(cwd, 'app.py'), example.program.text);
  const run = spawnSync('sh', ['-c', 'exec python3 -u app.py 2>&1'], { cwd, encoding: 'utf8' });
  return collect(example, run.stdout, cwd);
}

/** Starts one `ts serve` block and sends it the requests of its commands. */
export async function runServer(example: Example, folder: string): Promise<Outputs> {
  const cwd = makeFolder(folder, example);
  return collect(
    example,
    await serve(compiledFileOf(example, folder), cwd, example.commands?.text ?? ''),
    cwd,
  );
}

function compiledFileOf({ page, program }: Example, folder: string): string {
  return join(folder, folderName(page), fileName(program).replace(/\.ts$/, '.js'));
}

function makeFolder(folder: string, { page, program, inputs }: Example): string {
  const cwd = join(folder, folderName(page), `at-${program.line}`);
  mkdirSync(cwd, { recursive: true });
  for (const { flags, text } of inputs) writeFileSync(join(cwd, flags.get('file') as string), text);
  return cwd;
}

function collect({ outputs }: Example, printed: string, cwd: string): Outputs {
  const files = outputs.flatMap((block) => block.flags.get('file') ?? []);
  const text = printed.replaceAll(`${cwd}/`, '');
  return new Map([
    ['', text],
    ...files.map((name) => [name, readWritten(join(cwd, name), name, text)] as const),
  ]);
}

/** What the program printed shows why there is no file. */
function readWritten(path: string, name: string, printed: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : `${name} was not written\n${printed}`;
}
