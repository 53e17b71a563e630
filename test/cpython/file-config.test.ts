import { writeFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  Formatter,
  fileConfig,
  getHandlerByName,
  getLogger,
  makeLogRecord,
  registerComponent,
  StreamHandler,
} from '../../lib/core.js';
import { resetLoggingAsPython } from '../support/reset-logging.js';
import { captureStderr } from '../support/stderr-capture.js';
import { useTemporaryFolder } from '../support/temporary-folder.js';

const folder = useTemporaryFolder();

class ExceptionFormatter extends Formatter {
  override formatException(error: unknown): string {
    return `Got a [${(error as Error).name}]`;
  }
}
registerComponent('formatter', 'suite.ini.ExceptionFormatter', ExceptionFormatter);

beforeEach(resetLoggingAsPython);

/** The sections that most files have; others may replace them by their name. */
const SECTIONS: Readonly<Record<string, string>> = {
  loggers: 'keys=root',
  handlers: 'keys=hand1',
  formatters: 'keys=form1',
  logger_root: 'level=WARNING\nhandlers=hand1',
  handler_hand1: 'class=StreamHandler\nlevel=NOTSET\nformatter=form1\nargs=(sys.stderr,)',
  formatter_form1: 'format=%(levelname)s ++ %(message)s\ndatefmt=',
};

function ini(changes: Record<string, string> = {}): string {
  return Object.entries({ ...SECTIONS, ...changes })
    .map(([name, text]) => `[${name}]\n${text}\n`)
    .join('\n');
}

const parser = (handlers: string) => ({
  loggers: 'keys=root,parser',
  logger_parser: `level=DEBUG\nhandlers=${handlers}\npropagate=1\nqualname=compiler.parser`,
});
const onParser = { ...parser('hand1'), logger_root: 'level=WARNING\nhandlers=' };

/** What is written of an info and an error of that logger. */
function logTwo(name: string): string {
  return captureStderr(() => {
    getLogger(name).info('info');
    getLogger(name).error('error');
  }).text;
}

const BOTH = 'INFO ++ info\nERROR ++ error\n';

describe('fileConfig', () => {
  it('configures handlers, formatters and the root', () => {
    fileConfig(ini());
    expect(logTwo('anything')).toBe('ERROR ++ error\n');
    expect(getLogger().handlers[0]?.name).toBe('hand1');
  });

  it('reads a file by its name, or a text', () => {
    writeFileSync(folder.file('logging.ini'), ini());
    fileConfig(folder.file('logging.ini'));
    expect(logTwo('anything')).toBe('ERROR ++ error\n');
  });

  it('configures loggers by their qualname', () => {
    fileConfig(ini(onParser));
    expect(logTwo('compiler.parser')).toBe(BOTH);
  });

  it.each([
    [
      'a stream that there is not',
      { handler_hand1: 'class=StreamHandler\nargs=(sys.stbout,)' },
      'sys.stbout',
    ],
    [
      'a formatter that there is not',
      { handler_hand1: 'class=StreamHandler\nformatter=misspelled_name' },
      'misspelled_name',
    ],
    ['a line that is no setting', { formatter_form1: 'format=%(message)s\nprince' }, 'prince'],
  ])('refuses %s', (_, changes, message) => {
    expect(() => fileConfig(ini(changes))).toThrow(message);
  });

  it('refuses a file that is empty, or not there', () => {
    writeFileSync(folder.file('empty.ini'), '');
    expect(() => fileConfig(folder.file('empty.ini'))).toThrow('empty');
    expect(() => fileConfig(folder.file('none.ini'))).toThrow(
      expect.objectContaining({ code: 'ERR_LOGGING_FILE' }),
    );
  });

  it('takes classes by registered names', () => {
    fileConfig(
      ini({
        formatter_form1: 'class=suite.ini.ExceptionFormatter\nformat=%(levelname)s:%(name)s:%(message)s',
      }),
    );
    const { text } = captureStderr(() => getLogger().exception('just testing', new RangeError('x')));
    expect(text).toBe('ERROR:root:just testing\nGot a [RangeError]\n');
  });

  it('takes them with and without their module', () => {
    fileConfig(
      ini({ ...onParser, handler_hand1: 'class=logging.StreamHandler\nformatter=form1\nargs=(sys.stderr,)' }),
    );
    expect(logTwo('compiler.parser')).toBe(BOTH);
  });

  it('takes lists with blanks after their commas', () => {
    fileConfig(
      ini({
        ...onParser,
        handlers: 'keys=hand1, hand2',
        formatters: 'keys=form1, form2',
        handler_hand2: 'class=StreamHandler\nformatter=form1\nargs=(sys.stderr,)',
        formatter_form2: 'format=%(message)s\ndatefmt=',
      }),
    );
    expect(logTwo('compiler.parser')).toBe(BOTH);
    expect(getHandlerByName('hand2')).toBeInstanceOf(StreamHandler);
  });

  it('takes kwargs, and disables loggers that it does not name nor stand below one', () => {
    fileConfig(ini(onParser));
    const hyphenated = getLogger('compiler-hyphenated');
    fileConfig(
      ini({
        ...parser(''),
        loggers: 'keys=root,parser,compiler',
        logger_compiler: 'level=DEBUG\nhandlers=\npropagate=1\nqualname=compiler',
        handler_hand1: "class=StreamHandler\nformatter=form1\nkwargs={'stream': sys.stderr,}",
      }),
    );
    expect([logTwo('compiler.parser'), logTwo('compiler.lexer')]).toEqual([BOTH, BOTH]);
    expect(hyphenated.disabled).toBe(true);
  });

  it('may be called again for the same file', () => {
    const text = ini({
      handler_hand1: `class=FileHandler\nargs=("${folder.file('app.log')}",)\nkwargs={"encoding": "utf-8"}`,
    });
    fileConfig(text);
    fileConfig(text);
    getLogger().warning('one');
    expect(folder.lines('app.log')).toEqual(['one']);
    void getLogger().handlers[0]?.close();
  });

  it('takes defaults of a formatter', () => {
    fileConfig(ini({ formatter_form1: 'format=%(message)s ++ %(field)s\ndefaults={"field": "default"}' }));
    const format = (fields: object) =>
      getLogger().handlers[0]?.format(makeLogRecord({ msg: 'test', ...fields }));
    expect([format({}), format({ field: 'own' })]).toEqual(['test ++ default', 'test ++ own']);
  });

  it('disables what exists by default', () => {
    const logger = getLogger('some_pristine_logger');
    fileConfig(ini());
    expect(logger.disabled).toBe(true);
    fileConfig(ini(), { disableExistingLoggers: false });
    expect(logger.disabled).toBe(false);
  });

  it('leaves the % of defaults alone', () => {
    const defaults = { generic: '%(asctime)s [%(process)d] %(message)s' };
    fileConfig(ini({ handler_hand1: 'class=logging.StreamHandler\nformatter=form1\nargs=()' }), {
      defaults,
    });
    expect(logTwo('anything')).toBe('ERROR ++ error\n');
  });
});
