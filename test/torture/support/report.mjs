const isTerminal = process.stdout.isTTY === true;

/** Shows how far a scenario is: on a terminal what it is at, elsewhere one line when it is done. */
export function progress(name) {
  let steps = 0;
  return {
    step: (text) => {
      steps += 1;
      if (isTerminal) process.stdout.write(`\r\x1b[K${name}: ${steps} ${text.slice(0, 80)}`);
    },
    end: ({ status, reason, rows, seconds }) => {
      const sign = { passed: 'ok  ', failed: 'FAIL', skipped: 'skip' }[status];
      const what = reason ?? `${rows.length} ${rows.length === 1 ? 'case' : 'cases'}`;
      process.stdout.write(
        `${isTerminal ? '\r\x1b[K' : ''}${sign} ${name.padEnd(18)} ${seconds.toFixed(1).padStart(6)} s  ${what}\n`,
      );
      for (const { what: title, problems } of rows)
        for (const problem of problems) console.log(`       ${title}: ${problem}`);
    },
  };
}

const COLUMNS = [
  ['issued', sum('issued')],
  ['promised', sum('promised')],
  ['delivered', sum('delivered')],
  ['lost', sum('lost')],
  ['torn', sum('torn')],
  ['forged', sum('forged')],
  ['twice', sum('doubled')],
  ['thrown', sum('thrown')],
  ['faults', sum('faults')],
];

/** Prints a table of all, and what each case noted. */
export function printReport(results) {
  const table = [
    ['scenario', 'cases', ...COLUMNS.map(([title]) => title), 'seconds', ''],
    ...results.map(({ name, rows, status, seconds }) => [
      name,
      String(rows.length),
      ...COLUMNS.map(([, value]) => value(rows)),
      seconds.toFixed(1),
      status,
    ]),
  ];
  const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
  console.log();
  for (const row of table)
    console.log(
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column])))
        .join('  '),
    );
  const noted = results.flatMap(({ name, rows }) =>
    rows.filter(({ note }) => note).map((row) => [name, row]),
  );
  if (noted.length > 0) console.log();
  for (const [name, { what, note }] of noted) console.log(`${name}, ${what}: ${note}`);
  const failed = results.filter(({ status }) => status === 'failed');
  const skipped = results.filter(({ status }) => status === 'skipped');
  console.log(
    `\n${results.length - failed.length - skipped.length} passed, ${failed.length} failed, ${skipped.length} skipped`,
  );
}

function sum(key) {
  return (rows) => {
    const numbers = rows.map((row) => row[key]).filter((number) => number !== undefined);
    return numbers.length === 0
      ? ''
      : numbers.reduce((total, number) => total + number, 0).toLocaleString('en');
  };
}
