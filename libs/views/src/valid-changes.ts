import { type ChangeRules, ConflictPolicy, ConflictScope, policyOf } from './change-rules.ts';
import { Layout } from './layout.ts';
import type { Column } from './table.ts';
import type { AnyView } from './view.ts';

type Problem = string | undefined;

/** What is wrong with the changes a definition allows, and how to mend it; undefined: nothing. */
export function changesProblem(view: AnyView): Problem {
  const checks = [layoutProblem, allowProblem, fieldsProblem, customProblem, combinationProblem, versionProblem];
  for (const check of [...checks, sideWritesProblem]) {
    const problem = check(view);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function layoutProblem({ layout, changes }: AnyView): Problem {
  return layout === Layout.document && (changes.allow.length > 0 || changes.insert || changes.delete)
    ? `customers cannot change a view with layout 'document'; remove "changes", or store fewer columns in layout 'flat'.`
    : undefined;
}

function allowProblem({ changes, attributes, table }: AnyView): Problem {
  const allow: readonly string[] = changes.allow;
  const unknown = allow.find((attribute) => !Object.hasOwn(attributes, attribute));
  if (unknown !== undefined) return `changes.allow names "${unknown}", which is none of its attributes.`;
  const ofKey = allow.find((attribute) => (table.primaryKey as readonly string[]).includes(attributes[attribute]));
  return ofKey === undefined ? undefined : `"${ofKey}" is a key column and cannot be changed.`;
}

function fieldsProblem({ changes }: AnyView): Problem {
  const rules: ChangeRules = changes;
  const policies: readonly unknown[] = Object.values(ConflictPolicy);
  const wrong = Object.entries({ policy: rules.policy, ...rules.fields }).find(
    ([, value]) => !policies.includes(value),
  );
  if (wrong !== undefined) return `the policy of "${wrong[0]}" must be one of ${policies.join(', ')}.`;
  if (!Object.values(ConflictScope).includes(rules.scope)) return `changes.scope must be 'fields' or 'row'.`;
  // A row-wide comparison also looks at attributes that customers may not set.
  if (rules.scope === ConflictScope.row) return undefined;
  const foreign = Object.keys(rules.fields).find((name) => !rules.allow.includes(name));
  return foreign === undefined
    ? undefined
    : `changes.fields names "${foreign}", which customers may not set; allow it, or take it out.`;
}

function customProblem({ changes }: AnyView): Problem {
  const rules: ChangeRules = changes;
  if (rules.decide === undefined) return undefined;
  const others = [
    ...(Object.keys(rules.fields).length > 0 ? ['fields'] : []),
    ...(rules.partial ? ['partial'] : []),
    ...(rules.upsert ? ['upsert'] : []),
    ...(rules.policy === ConflictPolicy.sqlWins ? [] : ['policy']),
  ];
  return others.length === 0 ? undefined : `changes.decide decides alone; remove ${others.join(', ')}.`;
}

function combinationProblem({ changes, attributeNames }: AnyView): Problem {
  const rules: ChangeRules = changes;
  const names: readonly string[] = attributeNames;
  const wholeRow = rules.scope === ConflictScope.row || rules.version !== undefined;
  if (rules.partial && wholeRow) return `changes.partial needs scope 'fields' and no version: a row loses as a whole.`;
  if (rules.version !== undefined && Object.keys(rules.fields).length > 0) {
    return 'changes.version compares the row as a whole; remove fields.';
  }
  return rules.upsert && names.some((name) => rules.allow.includes(name) && !isWonByCustomer(rules, name))
    ? `changes.upsert needs the policy 'customer-wins' for everything customers may set.`
    : undefined;
}

const isWonByCustomer = (rules: ChangeRules, attribute: string): boolean =>
  policyOf(rules, attribute) === ConflictPolicy.customerWins;

const INTEGERS: readonly string[] = ['smallint', 'integer', 'bigint'];

function versionProblem({ changes, attributes, table }: AnyView): Problem {
  const { version, allow }: ChangeRules = changes;
  if (version === undefined) return undefined;
  const name: string | undefined = attributes[version];
  const column = name === undefined ? undefined : (table.columns as { readonly [name: string]: Column })[name];
  if (column === undefined) return `changes.version names "${version}", which is none of its attributes.`;
  if (!INTEGERS.includes(column.codec.sqlType) || column.nullable) {
    return `changes.version needs a whole number that is notNull(); "${version}" is none.`;
  }
  return allow.includes(version) ? `"${version}" is counted up by the change itself; take it out of allow.` : undefined;
}

function sideWritesProblem({ changes, table }: AnyView): Problem {
  const rules: ChangeRules = changes;
  if (rules.also === undefined) return undefined;
  if (rules.also.to.length === 0) return 'changes.also writes nowhere; name its tables in "to".';
  const foreign = rules.also.to.find((target) => target.table.source.name !== table.source.name);
  return foreign === undefined
    ? undefined
    : `${foreign.table.name} is of source ${foreign.table.source.name}, and one transaction reaches only ${table.source.name}.`;
}
