import type { ConfigPlan } from '../config/plan/planned-config.js';
import type { ConfigIssue } from '../config/read/config-origin.js';
import { isForeign } from './foreign-names.js';
import { issueText } from './issue-text.js';
import { importModules, issuesOf, type LoadSettings, loadPlan } from './load-plan.js';
import { findSharing, findWarnings } from './plan-warnings.js';
import { painterFor, plural, type Terminal, writeJson } from './terminal.js';
import { unusedEntries } from './unused-entries.js';

/** Options of `check`. */
export interface CheckSettings extends LoadSettings {
  readonly json?: boolean;
  /** How many processes are to use the configuration; default one. */
  readonly instances?: number;
}

interface Verdict {
  readonly file: string;
  readonly issues: readonly ConfigIssue[];
  /** Notes, which are not errors. */
  readonly notes: readonly string[];
  /** What is allowed and seldom meant. */
  readonly warnings: readonly string[];
  readonly summary: string;
}

/** Reports every error of configuration files. @returns The exit status: 1 if there is any error. */
export async function check(
  files: readonly string[],
  settings: CheckSettings,
  terminal: Terminal,
): Promise<number> {
  await importModules(settings);
  const verdicts: Verdict[] = [];
  for (const file of files) verdicts.push(await judge(file, settings, terminal));
  if (settings.json) {
    writeJson(
      terminal,
      verdicts.map(({ file, issues, notes, warnings }) => ({
        ...{ file, ok: issues.length === 0, issues, notes },
        ...(warnings.length > 0 ? { warnings } : {}),
      })),
    );
  } else {
    print(verdicts, terminal);
  }
  return verdicts.some(({ issues }) => issues.length > 0) ? 1 : 0;
}

async function judge(file: string, settings: CheckSettings, terminal: Terminal): Promise<Verdict> {
  try {
    // PM2 numbers the processes of an application; what names its number is not shared.
    const numbered = (NODE_APP_INSTANCE: string) => loadPlan(file, settings, terminal, { NODE_APP_INSTANCE });
    const { instances = 1 } = settings;
    const { plan, unknown } = await (instances > 1 ? numbered('0') : loadPlan(file, settings, terminal));
    const notes = [
      ...[...plan.handlerLevels.keys()].map((name) => `handlers.${name} has to exist when this is applied`),
      ...unknown.map((name) => `${name} is not known here and not checked`),
      ...unusedEntries(plan).map((path) => `${path} is not used`),
    ];
    const environment = settings.environment ?? terminal.env.NODE_ENV;
    const warnings = findWarnings(plan, environment === 'production');
    if (instances > 1) warnings.push(...findSharing(plan, (await numbered('1')).plan, instances));
    return { file, issues: [], notes, warnings, summary: summary(plan) };
  } catch (error) {
    return { file, issues: issuesOf(error, file), notes: [], warnings: [], summary: '' };
  }
}

function summary({ handlers, loggers, root }: ConfigPlan): string {
  const names = root === undefined ? loggers.length : loggers.length + 1;
  return `${plural(names, 'logger')}, ${plural(handlers.length, 'handler')}`;
}

function print(verdicts: readonly Verdict[], terminal: Terminal): void {
  const paint = painterFor('stdout', terminal);
  for (const { file, issues, notes, warnings, summary: text } of verdicts) {
    for (const issue of issues) terminal.stdout.write(`${issueText(issue, paint)}\n`);
    if (issues.length > 0) continue;
    terminal.stdout.write(`${paint(file, 'bold')}: ${paint('ok', 'green')}, ${text}\n`);
    for (const warning of warnings) terminal.stdout.write(`  ${paint('warning', 'yellow')}: ${warning}\n`);
    for (const note of notes) terminal.stdout.write(`  ${paint('note', 'yellow')}: ${note}\n`);
  }
  const count = verdicts.reduce((sum, { issues }) => sum + issues.length, 0);
  const failed = verdicts.filter(({ issues }) => issues.length > 0).length;
  if (count > 0) terminal.stderr.write(`${plural(count, 'error')} in ${plural(failed, 'file')}\n`);
  if (verdicts.some(({ issues }) => issues.some(isUnknownClass))) {
    terminal.stderr.write(
      'for classes of your own: --import the module that registers them, or --allow-unknown\n',
    );
  }
}

/** A class name that may be one of the application's, and not a typo. */
function isUnknownClass({ path, message }: ConfigIssue): boolean {
  const [, name] = /registered as "([^"]+)"/.exec(message) ?? [];
  return /\.(class|\(\))$/.test(path) && name !== undefined && isForeign(name);
}
