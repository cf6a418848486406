import { relationName } from '@hybridge/reader-schema';
import type { InitPlan, LeftOut, PlannedEmbed, Refusal } from './plan.ts';
import { formatKey } from './source-text.ts';
import type { WrittenFile } from './write-files.ts';

/** What `init` did, for people and programs. */
export interface InitSummary {
  readonly out: string;
  readonly sources: InitPlan['sources'];
  readonly views: readonly ViewSummary[];
  readonly refused: readonly Refusal[];
  readonly files: readonly WrittenFile[];
}

interface ViewSummary {
  readonly name: string;
  readonly source: string;
  readonly table: string;
  /** Parts of the key, columns in braces, joined with `#`. */
  readonly key: { readonly pk: string; readonly sk: string };
  readonly parent?: string;
  /** Name of the index that lists it by a parent. */
  readonly index?: string;
  /** Rows it embeds: `product.category` is one that an embedded row embeds. */
  readonly embeds: readonly string[];
  /** Views in its item collections. */
  readonly collects: readonly string[];
  readonly rows?: number;
  readonly layout: 'flat' | 'document';
  readonly leftOut: readonly LeftOut[];
}

export const summarize = (plan: InitPlan, out: string, files: readonly WrittenFile[]): InitSummary => ({
  out,
  sources: plan.sources,
  views: plan.views.map(({ name, table, key, parent, index, embeds, collections, isDocument }) => ({
    name,
    source: table.source,
    table: relationName(table.relation),
    key: { pk: formatKey(key.pk), sk: formatKey(key.sk) },
    ...(parent === undefined ? {} : { parent }),
    ...(index === undefined ? {} : { index: index.name }),
    embeds: embeds.flatMap(pathsOf),
    collects: collections.map(({ view }) => view),
    ...(table.relation.rows === undefined ? {} : { rows: table.relation.rows }),
    layout: isDocument ? 'document' : 'flat',
    leftOut: table.leftOut,
  })),
  refused: plan.refused,
  files,
});

const pathsOf = ({ name, embeds }: PlannedEmbed): readonly string[] => [
  name,
  ...embeds.flatMap(pathsOf).map((path) => `${name}.${path}`),
];

export const renderSummary = ({ out, views, refused, files }: InitSummary): string =>
  [
    ...views.map(({ name, table, key, rows, index, embeds }) => {
      const count = rows === undefined ? '' : `, ${rows} rows`;
      const listed = index === undefined ? '' : `, ${index}`;
      const joined = embeds.length === 0 ? '' : `, with ${embeds.join(', ')}`;
      return `${name}: ${table}${count} → ${key.pk} / ${key.sk}${listed}${joined}`;
    }),
    ...views.flatMap(({ name, leftOut }) => leftOut.map((one) => `left out: ${name}.${one.name}: ${one.reason}`)),
    ...refused.map(
      ({ relation, reason, fix }) => `no view of ${relation}: ${reason}${fix === undefined ? '' : `; ${fix}`}`,
    ),
    ...(views.length === 0 ? ['There is no table that a view could be made of.'] : ['', ...nextSteps(out, files)]),
  ].join('\n');

function nextSteps(out: string, files: readonly WrittenFile[]): readonly string[] {
  const fresh = files.filter(({ state }) => state !== 'unchanged').length;
  return [
    `${fresh} of ${files.length} files written to ${out}. Next:`,
    '  1. Read the views. Nobody may read or change them until "access" and "changes" say so.',
    '  2. Compile them: npx tsc --build libs/definitions',
    '  3. Set the source up (roles, inbox, publication, rights): infra/sql, with INFRA_SQL_URL',
    '  4. hybridge doctor',
  ];
}
