import { spawnSync } from 'node:child_process';
import { askProgram } from './ask-program.js';

const version = spawnSync('python3', ['--version'], { encoding: 'utf8' });

/** True where a `python3` can be asked; where there is none, the reason is printed once. */
export const hasPython: boolean = version.status === 0;
if (!hasPython) console.warn('python3 was not found: comparisons with the live interpreter are skipped');

/** The minor version of `python3`: 11 for 3.11; 0 where there is none. */
export const pythonMinor = Number(/^Python 3\.(\d+)/.exec(version.stdout ?? '')?.[1] ?? 0);

/**
 * Runs `body`, the body of a Python function of `case`, once for each case, in one interpreter.
 * Gives back what it returned, or the name and message of what it raised.
 */
export function askPython(body: string, cases: readonly unknown[], interpreter = 'python3'): unknown[] {
  const script = [
    'import json, sys',
    // JavaScript's true and false print as such; in all else they are Python's.
    'class Bool(int):',
    '    def __repr__(self): return "true" if self else "false"',
    '    def __format__(self, spec): return int.__format__(self, spec) if spec else repr(self)',
    'Bool.__name__ = "bool"',
    'def value(v):',
    '    if isinstance(v, bool): return Bool(v)',
    '    if isinstance(v, dict):',
    '        if "$int" in v: return int(v["$int"])',
    '        if "$float" in v: return float(v["$float"])',
    '        return {k: value(x) for k, x in v.items()}',
    '    if isinstance(v, list): return [value(x) for x in v]',
    '    return v',
    'def answer(case):',
    ...body.split('\n').map((line) => `    ${line}`),
    'for line in sys.stdin:',
    '    try: result = {"text": answer(value(json.loads(line)))}',
    '    except Exception as e: result = {"error": type(e).__name__ + ": " + str(e)}',
    '    print(json.dumps(result))',
  ].join('\n');
  return askProgram(interpreter, ['-c', script], cases);
}

/** Code points that this Node's tables of Unicode know and those of `python3` do not, or the other way round. */
export function differingCodePoints(): ReadonlySet<number> {
  const body = 'import unicodedata\nreturn [i for i in range(*case) if unicodedata.category(chr(i)) == "Cn"]';
  const [answer] = askPython(body, [[0, 0x110000]]) as { text: number[] }[];
  const unassigned = new Set(answer?.text);
  const differing = new Set<number>();
  for (let code = 0; code < 0x110000; code++) {
    if (/\p{Cn}/u.test(String.fromCodePoint(code)) !== unassigned.has(code)) differing.add(code);
  }
  return differing;
}

/** A JavaScript value as {@link askPython} passes it on: an integral number is an integer. */
export function toPython(value: unknown): unknown {
  if (typeof value === 'bigint') return { $int: value.toString() };
  if (typeof value !== 'number') return value;
  return Number.isInteger(value) ? { $int: BigInt(value).toString() } : { $float: String(value) };
}

/** What a call gave, in the form of {@link askPython}'s answers. */
export function outcome(call: () => string): unknown {
  try {
    return { text: call() };
  } catch (error) {
    return { error: String(error) };
  }
}
