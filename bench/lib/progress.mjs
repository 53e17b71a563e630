import process from 'node:process';

/** One line on standard error that is written over; whole lines where that is no terminal, one for each step. */
export function progressLine() {
  const isTerminal = process.stderr.isTTY === true;
  let step = '';
  return {
    begin(text) {
      step = text;
      if (!isTerminal) process.stderr.write(`${text}\n`);
    },
    detail(text) {
      if (isTerminal) process.stderr.write(`\r\x1b[2K${step}: ${text}`);
    },
    end() {
      if (isTerminal) process.stderr.write('\r\x1b[2K');
    },
  };
}
