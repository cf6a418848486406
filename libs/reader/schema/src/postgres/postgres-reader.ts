import { SourceKind } from '@hybridge/views';
import type { SchemaReader } from '../relation.ts';
import type { RightRequest } from '../right-request.ts';
import {
  type PostgresServer,
  type Publication,
  type ReplicationSlot,
  type Role,
  missingRights,
  readPublication,
  readRoles,
  readRowSecurity,
  readServer,
  readSlot,
} from './capture.ts';
import { readRelations } from './relations.ts';
import { openSession } from './session.ts';

/** A PostgreSQL database, read only. Every method throws SchemaReadError. */
export interface PostgresReader extends SchemaReader {
  readonly kind: 'postgres';
  server(): Promise<PostgresServer>;
  /** Undefined: there is none of this name. */
  publication(name: string): Promise<Publication | undefined>;
  /** Undefined: there is none of this name. */
  slot(name: string): Promise<ReplicationSlot | undefined>;
  /** Those that exist. */
  roles(names: readonly string[]): Promise<readonly Role[]>;
  /** Those that are missing; roles and tables must exist. */
  missingRights<R extends RightRequest>(requests: readonly R[]): Promise<readonly R[]>;
  /** Tables with row level security, of those named. */
  rowSecurity(names: readonly string[]): Promise<readonly string[]>;
}

/** @throws SchemaReadError */
export async function openPostgresReader(url: string): Promise<PostgresReader> {
  const session = await openSession(url);
  return {
    kind: SourceKind.postgres,
    relations: (selection) => readRelations(session, selection),
    server: () => readServer(session),
    publication: (name) => readPublication(session, name),
    slot: (name) => readSlot(session, name),
    roles: (names) => readRoles(session, names),
    missingRights: (requests) => missingRights(session, requests),
    rowSecurity: (names) => readRowSecurity(session, names),
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}
