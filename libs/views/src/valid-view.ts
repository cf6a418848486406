import { DEFAULT_LIMITS, ViewMode, isOwnColumn } from '@hybridge/protocol';
import { accessProblem } from './access.ts';
import { collectProblem } from './collect.ts';
import { computedProblem } from './computed.ts';
import { type Embeds, type ViewRelation, embedProblem } from './embed.ts';
import { ViewError } from './errors.ts';
import { MAX_EXPRESSION_BYTES, longestExpression } from './expression-size.ts';
import { type KeyTemplate, keyColumns } from './key-template.ts';
import { Layout } from './layout.ts';
import { placeProblem } from './place.ts';
import { primaryProblem } from './primary.ts';
import type { Column } from './table.ts';
import { rawWritesProblem } from './raw-writes.ts';
import { shapeOf } from './shape.ts';
import { changesProblem } from './valid-changes.ts';
import { indexesProblem } from './valid-indexes.ts';
import type { AnyView } from './view.ts';
import { whereProblem } from './where.ts';

/** First key parts of items that belong to no view, such as control items (protocol, "Item layout"). */
const RESERVED_PREFIXES: readonly string[] = ['A', 'C', 'J', 'R'];

/** @throws ViewError `HYBRIDGE_VIEW_DEFINITION_INVALID` naming the view and what to mend */
export function assertValidView(view: AnyView): void {
  const checks = [
    keyProblem,
    prefixProblem,
    placeProblem,
    sortKeyProblem,
    attributeProblem,
    computedProblem,
    primaryProblem,
    changesProblem,
    whereProblem,
    ttlProblem,
    rawWritesProblem,
    layoutProblem,
    accessProblem,
    indexesProblem,
    collectProblem,
  ];
  for (const check of checks) {
    const problem = check(view);
    if (problem !== undefined) {
      throw new ViewError('HYBRIDGE_VIEW_DEFINITION_INVALID', `View ${view.name}: ${problem}`);
    }
  }
}

/** Before anything is made of them: they may embed themselves. @throws as `assertValidView` */
export function assertValidEmbeds(name: string, view: Parameters<typeof embedProblem>[0], embeds: Embeds): void {
  const problem = embedProblem(view, embeds);
  if (problem !== undefined) throw new ViewError('HYBRIDGE_VIEW_DEFINITION_INVALID', `View ${name}: ${problem}`);
}

type Problem = string | undefined;

function keyProblem({ table, key }: AnyView): Problem {
  const primaryKey: readonly string[] = table.primaryKey;
  const inKey = keyColumns(key);
  const missing = primaryKey.filter((name) => !inKey.includes(name));
  return missing.length > 0
    ? `its key must contain the primary key; add column("${missing.join('"), column("')}").`
    : undefined;
}

function prefixProblem({ key }: AnyView): Problem {
  const [prefix] = (key as KeyTemplate).pk;
  if (typeof prefix !== 'string') return 'its partition key must begin with a fixed prefix, such as "c1".';
  return RESERVED_PREFIXES.includes(prefix)
    ? `the prefix "${prefix}" is kept for items that belong to no view; choose another, such as "c1".`
    : undefined;
}

/** DynamoDB takes no empty key. */
function sortKeyProblem({ key, table }: AnyView): Problem {
  const [only, ...more] = (key as KeyTemplate).sk;
  if (only === undefined) return 'its sort key has no parts; give a fixed word.';
  if (typeof only === 'string' || more.length > 0) return undefined;
  const { codec } = (table.columns as { readonly [name: string]: Column })[only.column] as Column;
  return codec.sqlType === 'text'
    ? `its sort key is empty where column ${only.column} is; put a fixed word before it.`
    : undefined;
}

function attributeProblem({ documentNames, attributeNames, attributes, table }: AnyView): Problem {
  for (const attribute of documentNames) {
    if (attribute === '' || !isOwnColumn(attribute)) {
      return `attribute "${attribute}" is reserved; names must not be empty, pk, sk or begin with "_".`;
    }
  }
  for (const attribute of attributeNames) {
    if (!Object.hasOwn(table.columns, attributes[attribute])) {
      return `attribute "${attribute}" names column "${attributes[attribute]}", which ${table.name} does not have.`;
    }
  }
  return undefined;
}

function ttlProblem({ ttlSeconds, mode }: AnyView): Problem {
  if (ttlSeconds === undefined) return undefined;
  if (mode !== ViewMode.lazy) {
    return `items of an eager view stay as long as their rows; remove ttlSeconds, or make the view lazy.`;
  }
  const least = DEFAULT_LIMITS.fenceTtlMs / 1000;
  return Number.isInteger(ttlSeconds) && ttlSeconds >= least
    ? undefined
    : `ttlSeconds is ${ttlSeconds}; take a whole number of seconds, at least ${least}: what holds off older changes must not end first.`;
}

/** What a relation adds to an expression, in columns. */
const RELATION_COLUMNS = 8;

function layoutProblem(view: AnyView): Problem {
  if (view.layout === Layout.document) return undefined;
  const relations = (view.relations as readonly ViewRelation[]).length;
  const length = shapeOf(view).names.length + relations * RELATION_COLUMNS;
  const { expression, bytes } = longestExpression(length);
  if (bytes <= MAX_EXPRESSION_BYTES) return undefined;
  return (
    `its ${length} attributes${view.documentNames.length < length ? ' and keys of indexes' : ''} make the expression ${expression} ${bytes} bytes long, and DynamoDB takes ` +
    `${MAX_EXPRESSION_BYTES}; set layout: 'document', or map fewer columns.`
  );
}
