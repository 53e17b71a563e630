import { appendFileSync } from 'node:fs';

/**
 * A Jest reporter that appends `{"passed":N,"failed":N,"skipped":N}` as a line to the file named by
 * `TEST_COUNTS_FILE`, so that a run of several suites can be summed up. Does nothing without it.
 *
 * A test file that cannot even be loaded has no tests of its own and counts as one failed test.
 */
export default class CountReporter {
  onRunComplete(_contexts, results) {
    const file = process.env.TEST_COUNTS_FILE;
    if (!file) return;
    const counts = {
      passed: results.numPassedTests,
      failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
      skipped: results.numPendingTests + results.numTodoTests,
    };
    appendFileSync(file, `${JSON.stringify(counts)}\n`);
  }
}
