import type { ConfigIssue } from '../config/read/config-origin.js';
import type { Painter } from './terminal.js';

/** `logging.yaml:12:5: handlers.file.maxByte: unknown key; did you mean "maxBytes"?` */
export function issueText({ file, line, column, path, message }: ConfigIssue, paint: Painter): string {
  const place = [file, line, column].filter((part) => part !== undefined).join(':');
  return [
    ...(place === '' ? [] : [paint(place, 'bold')]),
    ...(path === '' ? [] : [paint(path, 'cyan')]),
    message.replaceAll('\n', '\n    '),
  ].join(': ');
}
