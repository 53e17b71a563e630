/** Prints the tables of a report again: `node bench/print.mjs [FILE]`. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { reportText } from './lib/report.mjs';

const file = process.argv[2] ?? path.join(import.meta.dirname, 'results/latest.json');
console.log(reportText(JSON.parse(readFileSync(file, 'utf8'))));
