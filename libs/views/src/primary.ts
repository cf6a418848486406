import { ViewMode } from '@hybridge/protocol';
import {
  type ChangeRules,
  type ChangesDefinition,
  ConflictPolicy,
  ConflictScope,
  changeRulesOf,
} from './change-rules.ts';
import { Layout } from './layout.ts';
import type { Column } from './table.ts';
import type { AnyView } from './view.ts';

/** Where an entity lives first. */
export const Primary = {
  /** In SQL: what has no item is asked for there, and a change is held against its row. */
  sql: 'sql',
  /** In the view table: no item means no entity, and SQL follows what customers do. */
  dynamodb: 'dynamodb',
} as const;
export type Primary = (typeof Primary)[keyof typeof Primary];

/**
 * Rules of a view, with the defaults of where its entities live filled in.
 * @param settable attributes that are no part of the key
 */
export function rulesOf<D>(
  primary: Primary,
  changes: ChangesDefinition<D> | undefined,
  settable: readonly (keyof D & string)[],
): ChangeRules<D> {
  if (primary !== Primary.dynamodb) return changeRulesOf(changes);
  const { policy = ConflictPolicy.customerWins, upsert = true, ...given } = changes ?? {};
  return changeRulesOf({ allow: settable, insert: true, delete: true, ...given, policy, upsert });
}

/** What contradicts that the entities of a view live in the view table first; undefined: nothing. */
export function primaryProblem(view: AnyView): string | undefined {
  const known: readonly unknown[] = Object.values(Primary);
  if (!known.includes(view.primary)) return `primary must be one of ${known.join(', ')}.`;
  if (view.primary !== Primary.dynamodb) return undefined;
  return shapeProblem(view) ?? followingProblem(view.changes) ?? insertProblem(view);
}

function shapeProblem({ mode, layout }: AnyView): string | undefined {
  if (mode === ViewMode.lazy) {
    return `primary 'dynamodb' needs every row to have an item; remove mode: 'lazy'.`;
  }
  return layout === Layout.document
    ? `primary 'dynamodb' needs changes, which layout 'document' does not take; store fewer columns in layout 'flat'.`
    : undefined;
}

/** SQL follows: nothing in it may stand against a change because of what it holds. */
function followingProblem(rules: ChangeRules): string | undefined {
  const policies: readonly unknown[] = [rules.policy, ...Object.values(rules.fields)];
  const others = [
    ...(policies.includes(ConflictPolicy.sqlWins) ? [`policy 'sql-wins'`] : []),
    ...(rules.upsert ? [] : ['upsert: false']),
    ...(rules.insert ? [] : ['insert: false']),
    ...(rules.scope === ConflictScope.row ? [`scope 'row'`] : []),
    ...(rules.partial ? ['partial'] : []),
    ...(rules.version === undefined ? [] : ['version']),
    ...(rules.decide === undefined ? [] : ['decide']),
  ];
  return others.length === 0
    ? undefined
    : `primary 'dynamodb' lets SQL follow what customers do; remove ${others.join(', ')} from changes.`;
}

/** An inserted row carries every attribute, and what customers may not set is NULL in it. */
function insertProblem({ attributeNames, attributes, changes, table }: AnyView): string | undefined {
  const columns = table.columns as { readonly [name: string]: Column };
  const missing = (attributeNames as readonly string[]).find((attribute) => {
    const column: string = attributes[attribute];
    const isGiven = changes.allow.includes(attribute) || (table.primaryKey as readonly string[]).includes(column);
    return !isGiven && columns[column]?.nullable === false;
  });
  return missing === undefined
    ? undefined
    : `primary 'dynamodb' lets customers insert rows, and "${missing}" must not be null; add it to changes.allow.`;
}
