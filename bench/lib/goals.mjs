/** What the project promises of its speed; each tells from a report how far it is, or undefined where that was not measured. */
export const GOALS = [
  atLeast('JSON line, batched: ahead of pino', 3.5, (r) => timesPino(r, 'json', 'batched-file')),
  atLeast('three arguments, batched: ahead of pino', 3, (r) => timesPino(r, 'arguments', 'batched-file')),
  atLeast('five extra fields, batched: ahead of pino', 3, (r) => timesPino(r, 'fields', 'batched-file')),
  atLeast('Error with a cause, batched: ahead of pino', 1.8, (r) => timesPino(r, 'error', 'batched-file')),
  atLeast('disabled call: as cheap as pino', 1, (r) => timesPino(r, 'disabled', 'batched-file')),
  atMost('text line, batched: times the limit', 1.6, (r) => timesLimit(r, 'text', 'batched-file')),
  atMost('text line, line by line: times the limit', 1.25, (r) => timesLimit(r, 'text', 'line-file')),
  atMost('JSON line, line by line: times the limit', 1.25, (r) => timesLimit(r, 'json', 'line-file')),
  atLeast('JSON line, line by line: ahead of pino', 1, (r) => timesPino(r, 'json', 'line-file')),
  atMost('second handler: times one more text and one JSON line', 1, (r) => secondHandler(r, 'batched-file')),
  atMost('context fields: ns a line', 100, (r) => extra(r, 'context', 'json', 'batched-file')),
  atMost('caller information: ns a line', 12_000, (r) => extra(r, 'caller', 'text', 'batched-file')),
  atMost(
    "import of 'nestjs-logging/core': ms more than an empty module",
    25,
    (r) => r.loading?.['nestjs-logging/core']?.extraWall,
  ),
  atMost('Express: part of the processor time nestjs-pino adds', 0.2, (r) => partOfPino(r, 'express')),
  atMost('the same, lines collected as nestjs-pino does', 0.2, (r) =>
    partOfPino(r, 'express', 'ours-batched'),
  ),
  atMost('Fastify: part of the processor time nestjs-pino adds', 0.45, (r) => partOfPino(r, 'fastify')),
  atMost('the same, lines collected as nestjs-pino does', 0.45, (r) =>
    partOfPino(r, 'fastify', 'ours-batched'),
  ),
  atLeast(
    'Express: part of the requests a second without logging',
    0.92,
    (r) => r.http?.express?.ours?.perSecondOfNone,
  ),
  atLeast(
    'Fastify: part of the requests a second without logging',
    0.7,
    (r) => r.http?.fastify?.ours?.perSecondOfNone,
  ),
];

/** Each goal with the value of a report and whether it is reached. */
export function judge(report) {
  return GOALS.map(({ title, wanted, sign, value }) => {
    const actual = value(report);
    const isKnown = actual !== undefined && Number.isFinite(actual);
    const isReached = isKnown ? (sign === '≥' ? actual >= wanted : actual <= wanted) : undefined;
    return {
      title,
      goal: `${sign} ${wanted}`,
      value: isKnown ? Number(actual.toPrecision(3)) : undefined,
      isReached,
    };
  });
}

function atLeast(title, wanted, value) {
  return { title, wanted, sign: '≥', value };
}

function atMost(title, wanted, value) {
  return { title, wanted, sign: '≤', value };
}

const result = (report, name, mode, competitor) => report.cases?.[name]?.[mode]?.[competitor];
const timesPino = (report, name, mode) => result(report, name, mode, 'pino')?.ratio;

function timesLimit(report, name, mode) {
  const ratio = result(report, name, mode, 'limit')?.ratio;
  return ratio === undefined ? undefined : 1 / ratio;
}

function extra(report, name, base, mode) {
  const costs = [name, base].map((each) => result(report, each, mode, 'ours')?.cpu.median);
  return costs.includes(undefined) ? undefined : costs[0] - costs[1];
}

function secondHandler(report, mode) {
  const costs = ['handlers', 'text', 'json'].map((each) => result(report, each, mode, 'ours')?.cpu.median);
  return costs.includes(undefined) ? undefined : costs[0] / (costs[1] + costs[2]);
}

function partOfPino(report, platform, variant = 'ours') {
  const http = report.http?.[platform];
  if (http?.[variant] === undefined || http['nestjs-pino'] === undefined) return undefined;
  return http[variant].addedCpuUs / http['nestjs-pino'].addedCpuUs;
}
