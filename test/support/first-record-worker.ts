/** Logs the first record of a process between calls of two functions that stand out in the engine's log. */
import process from 'node:process';
import { dictConfig, getLogger } from '../../lib/core.js';

const { filename, bufferSize } = JSON.parse(process.argv[2] ?? '') as {
  filename: string;
  bufferSize: number;
};

dictConfig({
  version: 1,
  formatters: { json: { '()': 'JsonFormatter' } },
  handlers: { file: { class: 'FileHandler', filename, bufferSize, formatter: 'json' } },
  root: { level: 'INFO', handlers: ['file'] },
});
const logger = getLogger('shop.orders');

beforeFirstRecord();
logger.info('order paid');
afterFirstRecord();

function beforeFirstRecord(): void {}

function afterFirstRecord(): void {}
