import { LoggingError } from '../core/errors.js';
import { escapeControls } from '../core/formatting/sanitize.js';
import { describeUnknownLevel, findLevel } from '../core/levels.js';
import type { HandlerVerdict } from '../core/loggers/logging-flow.js';
import { levelText } from './component-text.js';
import { type Explanation, explainRecord } from './explain-record.js';
import { importModules, type LoadSettings, loadPlan } from './load-plan.js';
import { levelStyle, type Painter, painterFor, type Terminal, writeJson } from './terminal.js';

/** Options of `explain`. */
export interface ExplainSettings extends LoadSettings {
  readonly json?: boolean;
}

/** Shows where a record would go, and why not elsewhere. */
export async function explain(
  file: string,
  logger: string,
  level: string,
  settings: ExplainSettings,
  terminal: Terminal,
): Promise<number> {
  await importModules(settings);
  const { plan } = await loadPlan(file, { ...settings, allowUnknown: true }, terminal);
  const explanation = explainRecord(plan, logger, parseLevel(level));
  if (settings.json) writeJson(terminal, explanation);
  else terminal.stdout.write(`${print(explanation, painterFor('stdout', terminal)).join('\n')}\n`);
  return 0;
}

/** A level by name, in any case, or number. @throws {LoggingError} `ERR_LOGGING_UNKNOWN_LEVEL` */
export function parseLevel(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  const level = findLevel(text);
  if (level !== undefined) return level;
  throw new LoggingError('ERR_LOGGING_UNKNOWN_LEVEL', describeUnknownLevel(text));
}

function print(explanation: Explanation, paint: Painter): string[] {
  const { logger, level, way, elsewhere, stopsAt } = explanation;
  const shown = paint(levelText(level), levelStyle(level));
  const isReached = way.some(({ handlers }) => handlers.some(({ verdict }) => verdict !== 'no'));
  return [
    `A record of ${nameText(logger, paint)} at ${shown}:`,
    ...fateText(explanation, paint),
    ...way.flatMap(({ logger: each, handlers }) =>
      handlers.length === 0
        ? []
        : [`  at ${nameText(each, paint)}`, ...handlers.map((one) => verdictText(one, paint))],
    ),
    ...(stopsAt === undefined
      ? []
      : [`  ${nameText(stopsAt, paint)} does not propagate: it goes no further`]),
    ...(explanation.isEnabled && !isReached ? [nowhereText(explanation)] : []),
    ...(elsewhere.length === 0 ? [] : ['  not at all', ...elsewhere.map((one) => verdictText(one, paint))]),
  ];
}

function fateText(
  { logger, isNamed, effectiveLevel, levelOf, isEnabled, filters }: Explanation,
  paint: Painter,
): string[] {
  const level = paint(levelText(effectiveLevel), levelStyle(effectiveLevel));
  const owner =
    levelOf === logger || (levelOf === '' && logger === 'root')
      ? 'its own'
      : `that of ${nameText(levelOf, paint)}`;
  return [
    ...(isNamed ? [] : ['  the configuration does not name the logger']),
    `  its level is ${level}, ${owner}: the record is ${isEnabled ? 'made' : paint('not made', 'red')}`,
    ...filters.filter(({ verdict }) => isEnabled && verdict !== 'yes').map(({ reason }) => `  ${reason}`),
  ];
}

/** As in Python without any handler; one that refuses the record counts. */
function nowhereText({ way, level }: Explanation): string {
  if (way.some(({ handlers }) => handlers.length > 0)) return '  no handler takes it';
  return level >= 30
    ? '  no handler on its way: the bare message goes to standard error, as the last resort'
    : '  no handler on its way, and the last resort begins at WARNING';
}

const MARKS = { yes: ['✓', 'green'], no: ['✗', 'red'], maybe: ['?', 'yellow'] } as const;

function verdictText({ handler, class: type, verdict, reason }: HandlerVerdict, paint: Painter): string {
  const [mark, style] = MARKS[verdict];
  return `    ${paint(mark, style)} ${paint(escapeControls(handler, true), 'cyan')} (${type}): ${escapeControls(reason, true)}`;
}

function nameText(name: string, paint: Painter): string {
  return paint(
    name === '' || name === 'root' ? 'the root logger' : `"${escapeControls(name, true)}"`,
    'bold',
  );
}
