import { runApp } from '../support/app.mjs';
import { Oracle } from '../support/oracle.mjs';

const LEAST = 80;

export default {
  name: 'configurations',
  title: 'hostile configurations, each refused with the path of the fault and no module loaded',
  isInCi: true,
  async run() {
    const app = await runApp('configurations', {});
    const row = new Oracle().judge([app.ledger]);
    const done = app.ledger.notes.find((note) => note.startsWith('done '));
    if (done === undefined) row.problems.push(`it ended by ${app.ending}: ${app.stderr.slice(0, 600)}`);
    const { count = 0, wrong = [] } = done === undefined ? {} : JSON.parse(done.slice(5));
    row.problems.push(...wrong);
    if (count < LEAST) row.problems.push(`${count} configurations, ${LEAST} wanted`);
    return [{ what: 'dictConfig', ...row, note: `${count - wrong.length} of ${count} refused` }];
  },
};
