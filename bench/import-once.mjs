/** Imports modules one after the other, and prints how long the last took as JSON, in milliseconds. */
import process from 'node:process';

let lastMs = 0;
for (const specifier of process.argv.slice(2)) {
  const started = performance.now();
  await import(specifier);
  lastMs = performance.now() - started;
}
process.stdout.write(JSON.stringify({ lastMs }));
