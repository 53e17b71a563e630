import { Command, InvalidArgumentError, Option } from 'commander';
import { loggingJsonSchema } from '../config/components/json-schema.js';
import { check } from './check.command.js';
import { convert } from './convert.command.js';
import { explain } from './explain.command.js';
import { clearLevel, listLevels, makeToken, setLevel } from './level.command.js';
import { MIGRATION_NAMES, migrate } from './migrate/migrate.command.js';
import { pretty } from './pretty.command.js';
import { type Terminal, writeJson } from './terminal.js';
import { tree } from './tree.command.js';

/** Called with the exit status of the command. */
export type Finished = (status: number) => void;

/** The command line: what there is to call, with its help. */
export function makeProgram(version: string, terminal: Terminal, finished: Finished): Command {
  const program = new Command('nestjs-logging')
    .description('Checks, shows and converts logging configurations, and makes JSON logs readable.')
    .version(version, '-V, --version', 'print the version')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => terminal.stderr.write(text),
    })
    .showHelpAfterError('(add --help for what there is)')
    .addHelpText(
      'after',
      example(
        'nestjs-logging check logging.yaml',
        'nestjs-logging tree logging.yaml',
        'nestjs-logging explain logging.yaml shop.orders ERROR',
        'node dist/main.js | nestjs-logging pretty --level warning',
        'nestjs-logging level set https://shop.example.com/logging shop.orders debug --for 15m',
      ),
    );
  addConfigurationCommands(program, terminal, finished);
  addLevelCommands(program, terminal, finished);
  addOtherCommands(program, terminal, finished);
  return program;
}

function addConfigurationCommands(program: Command, terminal: Terminal, finished: Finished): void {
  withLoading(program.command('check'))
    .description('Reports everything that is wrong with configurations; the exit status is 1 if anything is.')
    .argument('<file...>', 'YAML, JSON, INI or a module')
    .option('--allow-unknown', 'take class and ext:// names that only the application knows as they are')
    .addOption(
      new Option('--instances <number>', 'warn of what so many processes may not share').argParser(positive),
    )
    .addHelpText(
      'after',
      example(
        'nestjs-logging check logging.yaml',
        'nestjs-logging check config/*.yaml --environment production',
        'nestjs-logging check logging.yaml --import ./dist/register-handlers.js',
      ),
    )
    .action(async (files, options) => finished(await check(files, options, terminal)));
  withLoading(program.command('tree'))
    .description(
      'Shows the loggers with their levels, handlers and filters as they would be set up. Opens nothing.',
    )
    .argument('<file>', 'YAML, JSON, INI or a module')
    .addHelpText(
      'after',
      example('nestjs-logging tree logging.yaml', 'nestjs-logging tree logging.yaml --json'),
    )
    .action(async (file, options) => finished(await tree(file, options, terminal)));
  withLoading(program.command('explain'))
    .description('Shows where a record would go, and why not elsewhere.')
    .argument('<file>', 'YAML, JSON, INI or a module')
    .argument('<logger>', 'name of a logger; root for the root logger')
    .argument('<level>', 'name, in any case, or number')
    .addHelpText('after', example('nestjs-logging explain logging.yaml shop.orders ERROR'))
    .action(async (file, logger, level, options) =>
      finished(await explain(file, logger, level, options, terminal)),
    );
}

function addLevelCommands(program: Command, terminal: Terminal, finished: Finished): void {
  const level = program
    .command('level')
    .description('Shows and sets levels of an application that runs, see nestjs-logging/live.')
    .addHelpText(
      'after',
      example(
        "nestjs-logging level list 'http://localhost:3000/logging?token=…'",
        "nestjs-logging level set https://shop.example.com/logging shop.orders debug --for 15m --reason 'orders fail'",
        'nestjs-logging level clear https://shop.example.com/logging shop.orders',
      ),
    );
  withConnection(level.command('list'))
    .description('Lists the levels that are set for a while.')
    .action(async (url, options) => finished(await listLevels(url, options, terminal)));
  withConnection(level.command('set'))
    .description('Sets the level of a logger or group for a while.')
    .argument('<target>', 'name of a group or logger; root for the root logger')
    .argument('<level>', 'name, in any case, or number; off for nothing')
    .option('-f, --for <duration>', 'how long, with a unit: 90s, 15m, 2h (default: 15m)')
    .option('-r, --reason <text>', 'why, for the audit record')
    .option('-b, --by <name>', 'who, for the audit record (default: your login name)')
    .option('-s, --scope <scope>', 'all, instance, the name of an instance, or label=value (default: all)')
    .addOption(new Option('--budget <records>', 'end it after that many records').argParser(positive))
    .action(async (url, target, name, options) =>
      finished(await setLevel(url, target, name, options, terminal)),
    );
  withConnection(level.command('clear'))
    .description('Ends what is set for a logger or group, or one of them by its id.')
    .argument('<target>', 'name of a group or logger, or an id that list shows')
    .option('-b, --by <name>', 'who, for the audit record (default: your login name)')
    .action(async (url, target, options) => finished(await clearLevel(url, target, options, terminal)));
  withConnection(level.command('token'))
    .description('Makes a token that has single requests logged in detail.')
    .argument('<level>', 'name, in any case, or number')
    .addOption(
      repeatable('-n, --logger <name>', 'of this logger and those below it; repeatable (default: all)'),
    )
    .option('-f, --for <duration>', 'how long, with a unit: 90s, 15m, 2h (default: 15m)')
    .option('-r, --reason <text>', 'why, for the audit record')
    .option('-b, --by <name>', 'who, for the audit record (default: your login name)')
    .action(async (url, name, options) => finished(await makeToken(url, name, options, terminal)));
}

/** The arguments and options of commands that call an application. */
function withConnection(command: Command): Command {
  return withJson(command)
    .argument('<url>', 'address of the live module, as it is printed at the start')
    .option('-t, --token <token>', 'sent as Authorization: Bearer (default: $NESTJS_LOGGING_TOKEN)')
    .addOption(repeatable('-H, --header <name: value>', 'sent with each request; repeatable'));
}

function addOtherCommands(program: Command, terminal: Terminal, finished: Finished): void {
  program
    .command('schema')
    .description('Prints the JSON Schema of configuration files.')
    .addHelpText('after', example('nestjs-logging schema > logging.schema.json'))
    .action(() => finished(schema(terminal)));
  withJson(program.command('convert'))
    .description(
      "Prints a Python configuration as YAML: a logging.conf, or Django's settings printed as JSON.",
    )
    .argument('<file>', 'the file; - for standard input')
    .addHelpText(
      'after',
      example(
        'nestjs-logging convert logging.conf > logging.yaml',
        `python -c 'import json, shop.settings as s; print(json.dumps(s.LOGGING))' | nestjs-logging convert -`,
      ),
    )
    .action(async (file, options) => finished(await convert(file, options, terminal)));
  withJson(program.command('migrate'))
    .description(
      'Migrates sources from another logger to this package; shows the changes, and writes them only on request.',
    )
    .argument('<path...>', 'folders and files of sources')
    .addOption(
      new Option('-f, --from <logger>', 'the logger that is used now')
        .choices(MIGRATION_NAMES)
        .makeOptionMandatory(),
    )
    .option('-w, --write', 'write the changes')
    .addHelpText(
      'after',
      example(
        'nestjs-logging migrate --from nestjs-pino src/',
        'nestjs-logging migrate --from nest src/ --write',
      ),
    )
    .action(async (paths, options) => finished(await migrate(paths, options, terminal)));
  withJson(program.command('pretty'), 'print the JSON lines that pass as they are, and nothing else')
    .description('Makes JSON lines from standard input readable; other lines come as they are.')
    .option('-l, --level <level>', 'only records of this level or above')
    .addOption(
      repeatable('-n, --logger <name>', 'only records of this logger and those below it; repeatable'),
    )
    .addOption(
      repeatable('-f, --field <name=value>', 'only records with this field; a.b for nested; repeatable'),
    )
    .addHelpText(
      'after',
      example(
        'node dist/main.js | nestjs-logging pretty',
        'tail -f app.log | nestjs-logging pretty --level error --logger shop',
        'nestjs-logging pretty --field request_id=7f3a --json < app.log',
      ),
    )
    .action(async (options) => finished(await pretty(options, terminal)));
}

/** The options of commands that read a configuration. */
function withLoading(command: Command): Command {
  return withJson(command)
    .option('-e, --environment <name>', 'put the overlay for this environment on top (default: $NODE_ENV)')
    .option('--no-environment', 'leave overlays alone')
    .addOption(repeatable('-i, --import <module>', 'import this first: it registers classes; repeatable'));
}

function positive(value: string): number {
  if (/^[1-9]\d{0,8}$/.test(value)) return Number(value);
  throw new InvalidArgumentError('expected a number from 1');
}

function withJson(command: Command, description = 'print JSON, for other programs'): Command {
  return command.option('--json', description);
}

function repeatable(flags: string, description: string): Option {
  return new Option(flags, description).argParser((value: string, before: string[] = []) => [
    ...before,
    value,
  ]);
}

function example(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}`).join('\n')}\n`;
}

/** Prints the JSON Schema of configuration files. */
export function schema(terminal: Terminal): number {
  writeJson(terminal, loggingJsonSchema());
  return 0;
}
