import { describe, expect, it } from '@jest/globals';
import { LogRecord } from '../../lib/core/records/log-record.js';
import { AirflowFormatter } from '../../lib/formatters/airflow.formatter.js';
import { AirflowColorFormatter } from '../../lib/formatters/airflow-color.formatter.js';
import { CeleryTaskFormatter } from '../../lib/formatters/celery.formatter.js';
import { ColorlogFormatter } from '../../lib/formatters/colorlog.formatter.js';
import { UvicornAccessFormatter, UvicornFormatter } from '../../lib/formatters/uvicorn.formatter.js';

const record = (levelno: number, levelname: string, msg: string, args: unknown[] = []) =>
  new LogRecord({ name: 'app', levelno, levelname, msg, args, created: 1_704_467_049.123 });

describe('UvicornFormatter', () => {
  it('makes the level nine characters wide, in colour where asked', () => {
    const options = { fmt: '%(levelprefix)s|%(message)s' };
    expect(new UvicornFormatter({ ...options, use_colors: false }).format(record(20, 'INFO', 'x'))).toBe(
      'INFO:    |x',
    );
    expect(new UvicornFormatter({ ...options, use_colors: true }).format(record(20, 'INFO', 'x'))).toBe(
      '\x1b[32mINFO\x1b[0m:    |x',
    );
    expect(new UvicornFormatter({ ...options, use_colors: false }).format(record(50, 'CRITICAL', 'x'))).toBe(
      'CRITICAL:|x',
    );
  });

  it('escapes a level that came from elsewhere', () => {
    const formatter = new UvicornFormatter({ fmt: '%(levelprefix)s %(message)s', use_colors: false });
    expect(formatter.format(record(20, '\x1b[2J\nINFO', 'x'))).toBe('\\x1b[2J\\nINFO: x');
  });

  it('names itself where options are wrong', () => {
    expect(() => new UvicornFormatter({ use_color: true } as never)).toThrow(/use_color.*use_colors/);
    expect(() => new UvicornAccessFormatter({ use_colors: 1 } as never)).toThrow(
      /UvicornAccessFormatter\.use_colors/,
    );
  });
});

describe('UvicornAccessFormatter', () => {
  const args = ['1.2.3.4:5', 'GET', '/\n\x1b[2J', '1.1', 500];
  const options = { fmt: '%(client_addr)s "%(request_line)s" %(status_code)s' };

  it('takes a request apart, whose text cannot forge a line', () => {
    const formatter = new UvicornAccessFormatter({ ...options, use_colors: false });
    const text = formatter.format(record(20, 'INFO', '%s - "%s %s HTTP/%s" %d', args));
    expect(text).toBe('1.2.3.4:5 "GET /\\n\\x1b[2J HTTP/1.1" 500 Internal Server Error');
  });

  it('colours the status', () => {
    const formatter = new UvicornAccessFormatter({ fmt: '%(status_code)s', use_colors: true });
    expect(formatter.format(record(20, 'INFO', '%s%s%s%s%d', ['', '', '', '', 204]))).toBe(
      '\x1b[32m204 No Content\x1b[0m',
    );
  });
});

describe('ColorlogFormatter', () => {
  it('colours by name and by level, and ends with the line', () => {
    const formatter = new ColorlogFormatter({
      fmt: '%(bold_blue)s%(name)s%(reset)s %(log_color)s%(message)s',
      force_color: true,
    });
    expect(formatter.format(record(40, 'ERROR', 'x\x1b[0m'))).toBe(
      '\x1b[1;34mapp\x1b[0m \x1b[31mx\\x1b[0m\x1b[0m',
    );
  });

  it('has further colours by level', () => {
    const formatter = new ColorlogFormatter({
      fmt: '%(message_log_color)s%(message)s',
      secondary_log_colors: { message: { ERROR: 'white,bg_light_red' } },
      force_color: true,
      reset: false,
    });
    expect(formatter.format(record(40, 'ERROR', 'x'))).toBe('\x1b[37m\x1b[101mx');
    expect(formatter.format(record(20, 'INFO', 'x'))).toBe('x');
  });

  it('leaves colours out off a terminal, and refuses those it does not know', () => {
    const formatter = new ColorlogFormatter({ no_color: true });
    expect(formatter.format(record(30, 'WARNING', 'x'))).toBe('WARNING:app:x');
    expect(() => new ColorlogFormatter({ log_colors: { INFO: 'pink' } })).toThrow(
      /log_colors\.INFO: expected names of colours/,
    );
    expect(() =>
      new ColorlogFormatter({ fmt: '%(pink)s', no_color: true }).format(record(20, 'INFO', 'x')),
    ).toThrow(/'pink'/);
  });
});

describe("Airflow's formatters", () => {
  it.each([AirflowFormatter, AirflowColorFormatter])('show milliseconds and the offset: %p', (type) => {
    const formatter = new type({ format: '%(asctime)s %(message)s', utc: true });
    expect(formatter.format(record(20, 'INFO', 'x'))).toBe('2024-01-05T15:04:09.123+0000 x');
    const short = new type({ format: '%(asctime)s', datefmt: '%H:%M', utc: true });
    expect(short.format(record(20, 'INFO', 'x'))).toBe('15:04.123+0000');
    const never = record(20, 'INFO', 'x');
    never.created = Number.NaN;
    expect(short.format(never)).toBe('Invalid Date');
  });
});

describe('CeleryTaskFormatter', () => {
  it('keeps defaults of its own', () => {
    const formatter = new CeleryTaskFormatter({
      fmt: '%(task_name)s %(x)s',
      defaults: { x: 1, task_name: 'none' },
    });
    expect(formatter.format(record(20, 'INFO', ''))).toBe('none 1');
  });
});
