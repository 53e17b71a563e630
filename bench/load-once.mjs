/** Imports one module and prints the CPU time of the process so far, in microseconds. */
import process from 'node:process';

await import(process.argv[2]);
const { user, system } = process.cpuUsage();
process.stdout.write(String(user + system));
