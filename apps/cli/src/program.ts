import { Command, InvalidArgumentError } from 'commander';
import type { ExitCode } from './exit-code.ts';
import type { DoctorRequest } from './doctor/doctor.ts';
import type { ExplainRequest } from './explain/explain.ts';
import type { InitRequest } from './init/init.ts';
import type { ParkedRequest } from './parked/parked.ts';
import type { ReleaseRequest } from './parked/release.ts';
import type { RepairRequest } from './repair/repair.ts';
import type { StatusRequest } from './status/status.ts';
import type { Terminal } from './terminal.ts';
import type { VerifyRequest } from './verify/verify.ts';
import type { PlanRequest } from './view/plan.ts';

/** What the words of the command line do. */
export interface Actions {
  verify(request: VerifyRequest, terminal: Terminal): Promise<ExitCode>;
  repair(request: RepairRequest, terminal: Terminal): Promise<ExitCode>;
  parked(request: ParkedRequest, terminal: Terminal): Promise<ExitCode>;
  release(request: ReleaseRequest, terminal: Terminal): Promise<ExitCode>;
  status(request: StatusRequest, terminal: Terminal): Promise<ExitCode>;
  explain(request: ExplainRequest, terminal: Terminal): Promise<ExitCode>;
  init(request: InitRequest, terminal: Terminal): Promise<ExitCode>;
  doctor(request: DoctorRequest, terminal: Terminal): Promise<ExitCode>;
  describe(request: object, terminal: Terminal): Promise<ExitCode>;
  plan(request: PlanRequest, terminal: Terminal): Promise<ExitCode>;
}

const EXIT_CODES = `
Exit codes: 0 nothing differs, all was done; 1 something differs, is unhealthy or failed; 2 wrong arguments or settings.`;

const KEY_FORM =
  'the parts of the primary key, or of the address of an item that moves, percent-encoded, joined with commas: 42,Summer%20house';

const DEFAULT_MAX_DIFFERENCES = 100;

/** The grammar of the command line. Ends by throwing CommanderError, after help too. */
export function createProgram(actions: Actions, terminal: Terminal, onEnd: (code: ExitCode) => void): Command {
  const program = new Command('hybridge')
    .description('Looks after views: SQL rows as DynamoDB items.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.err(text.trimEnd()),
    })
    .addHelpText('after', EXIT_CODES);

  connected(program.command('verify'))
    .description(
      'Holds views against SQL: every row against its item, every item against its row, and what items embed.',
    )
    .argument('[view...]', 'views to verify; default all')
    .option('--from <key>', `first key, of one view; ${KEY_FORM}`)
    .option('--to <key>', 'last key, in the order of SQL')
    .option('--rate <rows>', 'rows, and then items, read per second; default as fast as it goes', positive)
    .option('--resume <file>', 'keeps the progress in this file, and goes on from it after an interruption')
    .option('--max-differences <count>', 'differences shown with their key', positive, DEFAULT_MAX_DIFFERENCES)
    .option('--repair', 'repairs each difference that is confirmed, as "hybridge repair" does', false)
    .option('--values', 'shows values too: they may be personal data', false)
    .action(async (views: string[], options: Omit<VerifyRequest, 'views'>) =>
      onEnd(await actions.verify({ ...options, views }, terminal)),
    );

  connected(program.command('repair'))
    .description('Brings one item back to what SQL says, through the same conditional writes as every reader.')
    .argument('<view>', 'name of the view')
    .argument('<key>', KEY_FORM)
    .option('--values', 'shows values too: they may be personal data', false)
    .addHelpText(
      'after',
      `
An item with pending changes is not touched: the answer to them brings the current row (see the sweep of the inspector).
An item that names no transaction, such as one from a snapshot, is filled from the primary only.`,
    )
    .action(async (view: string, key: string, options: Omit<RepairRequest, 'view' | 'key'>) =>
      onEnd(await actions.repair({ ...options, view, key }, terminal)),
    );

  connected(program.command('explain'))
    .description(
      'Shows what made one item: version and place in the log, pending changes, answers, and its row in SQL.',
    )
    .argument('<view>', 'name of the view')
    .argument('<key>', KEY_FORM)
    .option('--values', 'shows values too: they may be personal data', false)
    .action(async (view: string, key: string, options: Omit<ExplainRequest, 'view' | 'key'>) =>
      onEnd(await actions.explain({ ...options, view, key }, terminal)),
    );

  located(program.command('parked'))
    .description(
      'Lists the keys whose changes wait, because one of them could not be applied; fails where there are any.',
    )
    .action(async (options: ParkedRequest) => onEnd(await actions.parked(options, terminal)));

  connected(program.command('release'))
    .description('Lets the changes of a parked key flow again, and brings its item back to what SQL says.')
    .argument('<view>', 'name of the view')
    .argument('<key>', KEY_FORM)
    .option('--values', 'shows values too: they may be personal data', false)
    .action(async (view: string, key: string, options: Omit<ReleaseRequest, 'view' | 'key'>) =>
      onEnd(await actions.release({ ...options, view, key }, terminal)),
    );

  located(program.command('status'))
    .description(
      'Shows health, lag and halted partitions of the apps, and the customer changes and fan-outs that wait.',
    )
    .option('--app <url...>', 'operations address of an app, such as http://127.0.0.1:9101 (HYBRIDGE_APP_URLS)')
    .action(async (options: StatusRequest) => onEnd(await actions.status(options, terminal)));

  const views = program
    .command('view')
    .description('What the definitions of the views say, and what a change of them means.');
  views
    .command('describe')
    .description('Prints the definitions of this build as JSON: keep it of what runs, to plan against.')
    .addHelpText('after', EXIT_CODES)
    .action(async () => onEnd(await actions.describe({}, terminal)));
  connected(views.command('plan'))
    .description(
      'Tells what has to happen when the definitions become those of this build: indexes, filling anew, another key; with the source database also what it costs. Changes nothing.',
    )
    .requiredOption('--against <file>', 'what "hybridge view describe" printed of the definitions that run')
    .action(async (options: PlanRequest) => onEnd(await actions.plan(options, terminal)));

  program
    .command('init')
    .description('Writes definitions for the tables of live databases, as a person would have written them.')
    .requiredOption('--out <folder>', 'where to: src of your definitions')
    .option('--sql-url <url...>', 'database, or <source>=<url> for each of several (HYBRIDGE_SQL_URL)')
    .option('--source <name>', 'name of the only source; default that of the database')
    .option('--schema <name...>', 'only these schemas (MariaDB, MySQL: databases)')
    .option('--table <name...>', 'only these tables, as table or schema.table')
    .option('--force', 'replaces files that say something else', false)
    .option('--json', 'prints JSON', false)
    .addHelpText('after', EXIT_CODES)
    .action(async (options: InitRequest) => onEnd(await actions.init(options, terminal)));

  connected(program.command('doctor'))
    .description('Looks for what an installation lacks, and says how to mend it; changes nothing.')
    .option('--kafka <brokers>', 'host:port of brokers, with commas between them (HYBRIDGE_KAFKA_BROKERS)')
    .option('--topic-prefix <text>', 'before the names of change topics; default nothing')
    .option('--connect <url>', 'REST interface of Kafka Connect (HYBRIDGE_CONNECT_URL)')
    .option('--aws-endpoint <url>', 'another address of EventBridge and SQS than that of AWS (HYBRIDGE_AWS_ENDPOINT)')
    .option('--bus <name>', 'event bus; default hybridge')
    .option('--queue <name>', 'queue of the writeback; default hybridge-writeback')
    .option('--replica-url <url>', 'a standby that fills read from')
    .option('--skip-unchanged <table...>', 'tables in PROJECTOR_SKIP_UNCHANGED_TABLES')
    .option('--only <part...>', 'sql, dynamodb, kafka, connect, bus; default all')
    .action(async (options: DoctorRequest) => onEnd(await actions.doctor(options, terminal)));
  return program;
}

/** Settings of every command; flags stand above the environment. */
const located = (command: Command): Command =>
  command
    .option('--dynamodb-endpoint <url>', 'another address than that of AWS (HYBRIDGE_DYNAMODB_ENDPOINT)')
    .option('--table <name>', 'view table (HYBRIDGE_TABLE_NAME; default hybridge-views)')
    .option('--region <region>', 'AWS region (HYBRIDGE_AWS_REGION; default us-east-1)')
    .option('--json', 'prints JSON', false)
    .addHelpText('after', EXIT_CODES);

const connected = (command: Command): Command =>
  located(command).option(
    '--sql-url <url>',
    'source database (HYBRIDGE_SQL_URL); with several, <source>=<url> for each (HYBRIDGE_SQL_URL_<SOURCE>)',
    (url: string, before: readonly string[] = []) => [...before, url],
  );

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('expected a whole number above 0');
  return value;
}
