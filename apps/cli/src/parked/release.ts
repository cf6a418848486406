import { catalog } from '@hybridge/definitions';
import { type ParkedKeys, createParkedKeys } from '@hybridge/sink-dynamodb';
import { type Repair, isRepaired } from '@hybridge/verify';
import { type AnyView, type Row, keyOfRow } from '@hybridge/views';
import { readConfig } from '../config.ts';
import { CliError } from '../errors.ts';
import { ExitCode } from '../exit-code.ts';
import { reportOf, renderText } from '../repair/render.ts';
import { type RepairRequest, withRepair } from '../repair/repair.ts';
import { type Terminal, toJson } from '../terminal.ts';
import { parseViewKey } from '../view-key.ts';

/** Names the same as a repair, which is what follows. */
export type ReleaseRequest = RepairRequest;

/**
 * Takes the mark of a parked key away, then brings its item back to what SQL says.
 * @throws CliError, ConfigError, ViewError, TableLoadingError before anything is done; SqlReadError, DynamoDbSinkError
 */
export async function release(request: ReleaseRequest, terminal: Terminal): Promise<ExitCode> {
  const view = catalog.byName(request.view);
  const keyRow = parseViewKey(view, request.key);
  const config = readConfig(request, terminal.environment);
  return withRepair(config, view, ({ repairOne, dynamodb }) => {
    const keys = createParkedKeys(dynamodb, { tableName: config.tableName });
    return releaseKey({ ...request, of: view, keyRow }, terminal, { keys, repairOne });
  });
}

interface Released extends ReleaseRequest {
  readonly of: AnyView;
  readonly keyRow: Row;
}

/** In this order: a change that comes in between is applied, or put aside by a projector that then repairs the item itself. */
export async function releaseKey(
  request: Released,
  terminal: Pick<Terminal, 'out' | 'err'>,
  deps: { readonly keys: ParkedKeys; readonly repairOne: (keyRow: Row) => Promise<Repair> },
): Promise<ExitCode> {
  const { of, keyRow } = request;
  const name = `${request.view} ${request.key}`;
  const key = keyOfRow(of, keyRow);
  if (!(await deps.keys.has(key))) throw new CliError(`${name} is not parked; "hybridge parked" lists what is.`);
  await deps.keys.release(key);
  try {
    const repair = await deps.repairOne(keyRow);
    terminal.out(request.json ? toJson(reportOf(request, repair)) : `released\n${renderText(request, repair)}`);
    return isRepaired(repair) ? ExitCode.ok : ExitCode.failed;
  } catch (error) {
    terminal.err(`${name} is released, but its item is not repaired: try "hybridge repair ${name}".`);
    throw error;
  }
}
