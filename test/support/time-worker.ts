/**
 * Answers questions about time, one JSON line each, from the library.
 *
 * A process of its own because Jest hands tests a copy of `process.env`: setting TZ there never reaches `Date`.
 */
import { createInterface } from 'node:readline';
import { RolloverSchedule } from '../../lib/handlers/file/rotation/rollover-schedule.js';
import { localTime } from '../../lib/python/time/broken-down-time.js';
import { LocalZone } from '../../lib/python/time/local-zone.js';
import { strftime } from '../../lib/python/time/strftime.js';
import type { TimeQuestion } from './time-in-zones.js';

function answer(question: TimeQuestion): unknown {
  switch (question.ask) {
    case 'strftime':
      return strftime(question.format, question.seconds, question.zone);
    case 'zone': {
      const time = localTime(question.seconds, new LocalZone(question.folder));
      return [time.zoneName, time.utcOffsetSeconds, time.isDst];
    }
    case 'rollover': {
      const schedule = new RolloverSchedule(question.options);
      const fileTime = schedule.fileTime(question.now);
      return { rolloverAt: schedule.computeRollover(question.now), suffix: schedule.suffix, fileTime };
    }
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const question = JSON.parse(line) as TimeQuestion;
  process.env.TZ = question.tz;
  process.stdout.write(`${JSON.stringify(answer(question))}\n`);
}
