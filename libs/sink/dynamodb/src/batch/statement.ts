import type { AttributeValue, Write } from '@hybridge/protocol';
import { clausesOf, nameOf } from './clauses.ts';

/** One statement of a `BatchExecuteStatement`: a conditional write of the protocol, said in PartiQL. */
export interface Statement {
  readonly text: string;
  readonly parameters: readonly AttributeValue[];
}

/** Turns writes into statements. The wording of a write depends on its shape only, and is worked out once. */
export interface Statements {
  /**
   * Changes an item that exists, on the write's own condition; refused without an item where none is.
   * Undefined for a write that PartiQL has no words for.
   */
  update(write: Write): Statement | undefined;
  /** The whole item, refused (`DuplicateItem`) where one is. */
  insert(write: Write): Statement;
}

/** Longest statement DynamoDB takes (Service quotas: PartiQL statement length). */
const MAX_STATEMENT_LENGTH = 8192;

export function createStatements(tableName: string): Statements {
  const updates = new Map<string, Plan | undefined>();
  const inserts = new Map<string, Plan>();
  return {
    update: (write) => {
      const plan = remembered(updates, write, () => planUpdate(tableName, write));
      return plan === undefined ? undefined : fill(plan, write);
    },
    insert: (write) =>
      fill(
        remembered(inserts, write, () => planInsert(tableName, write)),
        write,
      ),
  };
}

/** A wording, and the placeholders of the write whose values it wants, in its order. */
interface Plan {
  readonly text: string;
  readonly placeholders: readonly string[];
}

function remembered<P>(plans: Map<string, P>, write: Write, make: () => P): P {
  const shape = `${write.expression} ${write.update.length} ${Object.values(write.names).join()}`;
  if (plans.has(shape)) return plans.get(shape) as P;
  const plan = make();
  plans.set(shape, plan);
  return plan;
}

const PK = 'pk';
const SK = 'sk';

const fill = ({ text, placeholders }: Plan, { key, values }: Write): Statement => ({
  text,
  parameters: placeholders.map((name) =>
    name === PK ? { S: key.pk } : name === SK ? { S: key.sk } : (values[name] as AttributeValue),
  ),
});

function planUpdate(tableName: string, write: Write): Plan | undefined {
  // PartiQL's DELETE holds where no item is, whatever its condition.
  if (write.update === '') return undefined;
  const clauses = clausesOf(write);
  if (clauses === undefined) return undefined;
  const condition = conditionOf(write);
  const text = [
    `UPDATE "${tableName}"`,
    ...clauses.set.map(({ name }) => `SET ${quoted(name)} = ?`),
    ...clauses.remove.map((name) => `REMOVE ${quoted(name)}`),
    `WHERE pk = ? AND sk = ? AND ${condition.text}`,
  ].join(' ');
  if (text.length > MAX_STATEMENT_LENGTH) return undefined;
  return { text, placeholders: [...clauses.set.map(({ value }) => value), PK, SK, ...condition.placeholders] };
}

function planInsert(tableName: string, write: Write): Plan {
  const set = clausesOf(write)?.set ?? [];
  const fields = [PK, SK, ...set.map(({ name }) => name)].map((name) => `'${name.replaceAll("'", "''")}': ?`);
  return {
    text: `INSERT INTO "${tableName}" VALUE {${fields.join(', ')}}`,
    placeholders: [PK, SK, ...set.map(({ value }) => value)],
  };
}

function conditionOf(write: Write): Plan {
  const placeholders: string[] = [];
  const text = write.condition
    .replaceAll(/attribute_not_exists\((#\w+)\)/g, '$1 IS MISSING')
    .replaceAll(/attribute_exists\((#\w+)\)/g, '$1 IS NOT MISSING')
    .replaceAll(/ IN \(([^)]*)\)/g, ' IN [$1]')
    .replaceAll(/[#:]\w+/g, (token) => {
      if (token.startsWith('#')) return quoted(nameOf(write, token));
      placeholders.push(token);
      return '?';
    });
  return { text: `(${text})`, placeholders };
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
