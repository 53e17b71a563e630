import { CASES } from './cases.mjs';

/** Which competitors each group of bars shows. */
const SHOWN = {
  text: ['winston', 'nest', 'logtape', 'log4js'],
  json: ['pino', 'bunyan', 'winston', 'nest'],
  fields: ['pino', 'bunyan', 'winston', 'nest'],
  error: ['pino', 'bunyan', 'winston'],
};
const MODE = 'line-file';
const [WIDTH, LABEL, BAR, GAP, HEAD] = [720, 110, 16, 4, 30];

/** The chart of the README as SVG: CPU time per call, line by line to a file. */
export function drawChart({ cases, versions, machine }) {
  const groups = Object.entries(SHOWN)
    .map(([name, peers]) => ({ title: CASES[name].title, bars: barsOf(cases[name]?.[MODE], peers) }))
    .filter(({ bars }) => bars.length > 1);
  const longest = Math.max(...groups.flatMap(({ bars }) => bars.map(({ ns }) => ns)));
  let y = 10;
  let body = '';
  for (const { title, bars } of groups) {
    body += text(0, y + 18, title, 'class="title"');
    y += HEAD;
    for (const bar of bars) {
      body += barRow(bar, y, longest);
      y += BAR + GAP;
    }
    y += 12;
  }
  const note = `CPU time per call, line by line to a file; ${machine.processor}, Node ${machine.node}, pino ${versions.pino}, winston ${versions.winston}. Shorter is better.`;
  body += text(0, y + 8, note, 'class="note"');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y + 20}" role="img" aria-label="CPU time of a log call, compared with other loggers">
<style>text{font:12px system-ui,sans-serif;fill:#57606a}.title{font-weight:600;fill:#8250df}.note{font-size:10px}.ours{fill:#8250df}.peer{fill:#8c959f}</style>
${body}</svg>
`;
}

function barsOf(results, peers) {
  if (results?.ours === undefined) return [];
  return ['ours', ...peers]
    .filter((name) => results[name] !== undefined)
    .map((name) => ({ name, times: results[name].ratio, ns: results[name].cpu.median }))
    .sort((a, b) => a.ns - b.ns);
}

function barRow({ name, times, ns }, y, longest) {
  const isOurs = name === 'ours';
  const width = Math.max(2, (ns / longest) * (WIDTH - LABEL - 130));
  const label = isOurs ? 'nestjs-logging' : name;
  const value = `${Math.round(ns).toLocaleString('en')} ns${isOurs ? '' : ` (${times.toFixed(1)}×)`}`;
  return [
    text(LABEL - 8, y + 12, label, 'text-anchor="end"'),
    `<rect x="${LABEL}" y="${y}" width="${width.toFixed(1)}" height="${BAR}" rx="2" class="${isOurs ? 'ours' : 'peer'}"/>\n`,
    text(LABEL + width + 6, y + 12, value, ''),
  ].join('');
}

function text(x, y, content, attributes) {
  return `<text x="${Number(x).toFixed(1)}" y="${y}" ${attributes}>${content.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</text>\n`;
}
