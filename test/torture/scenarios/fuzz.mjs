import { startApp } from '../support/app.mjs';
import { Oracle } from '../support/oracle.mjs';

export default {
  name: 'fuzz',
  title: 'hostile values and 200,000 random ones in every place of a record, every formatter and handler',
  needs: ['fast-check'],
  isInCi: true,
  async run({ seed, quick, isCi, step, cores }) {
    const parts = Math.min(2, cores);
    // At the gate fewer, for each goes through every formatter and handler there is.
    const records = isCi ? 60_000 : 200_000;
    const runs = (quick ? 20_000 : records) / parts;
    return Promise.all(
      Array.from({ length: parts }, async (_, part) => {
        const app = startApp('fuzz', { runs, seed: seed + part * 1_000_000, hostile: part === 0 });
        const timer = setInterval(() => step(app.ledger.notes.at(-1) ?? ''), 1_000);
        const ending = await app.ended;
        clearInterval(timer);
        const row = new Oracle().judge([app.ledger]);
        const { notes } = app.ledger;
        for (const wrong of notes.filter((note) => note.startsWith('wrong ')))
          row.problems.push(wrong.slice(6));
        const done = notes.find((note) => note.startsWith('done '));
        if (ending !== 0 || done === undefined)
          row.problems.push(`it ended by ${ending}: ${app.stderr.slice(0, 600)}`);
        const result = done === undefined ? {} : JSON.parse(done.slice(5));
        if (result.polluted) row.problems.push('Object.prototype is polluted');
        return {
          what: part === 0 ? 'hostile and random' : 'random',
          ...row,
          issued: result.records,
          note: `${result.records?.toLocaleString('en')} records, each through ${result.formatters} formatters and ${result.handlers} handlers`,
        };
      }),
    );
  },
};
