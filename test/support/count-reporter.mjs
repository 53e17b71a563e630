import { appendFileSync } from 'node:fs';
import { relative } from 'node:path';

/**
 * A Jest reporter that appends `{"passed":N,"failed":N,"skipped":N}` as a line to the file named by
 * `TEST_COUNTS_FILE`, so that a run of several suites can be summed up, and the names of the tests that failed to the
 * one named by `TEST_FAILURES_FILE`, so that they stand together at its end. Does nothing without them.
 *
 * A test file that cannot even be loaded has no tests of its own and counts as one failed test.
 */
export default class CountReporter {
  onRunComplete(_contexts, results) {
    const { TEST_COUNTS_FILE: counts, TEST_FAILURES_FILE: failures } = process.env;
    if (counts) appendFileSync(counts, `${JSON.stringify(countsOf(results))}\n`);
    if (failures) appendFileSync(failures, results.testResults.flatMap(failuresOf).join(''));
  }
}

function countsOf(results) {
  return {
    passed: results.numPassedTests,
    failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
    skipped: results.numPendingTests + results.numTodoTests,
  };
}

/** A line for each failed test of a file, with how its message begins. */
function failuresOf({ testFilePath, testExecError, testResults }) {
  const file = relative(process.cwd(), testFilePath);
  const failed = testResults.filter(({ status }) => status === 'failed');
  const lines = failed.map(
    ({ fullName, failureMessages }) => `${file} › ${fullName}\n${beginning(failureMessages.join('\n'))}\n`,
  );
  if (testExecError)
    lines.push(`${file} could not be run\n${beginning(testExecError.stack ?? String(testExecError))}\n`);
  return lines;
}

function beginning(message) {
  const lines = message.split('\n').filter((line) => line.trim() !== '');
  return lines
    .slice(0, 12)
    .map((line) => `    ${line.slice(0, 300)}`)
    .join('\n');
}
