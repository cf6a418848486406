import { sameValue } from '@hybridge/protocol';
import { type EmbeddedAttribute, type EmbeddedFacts, type PlaceFacts, formatKeyParts } from '@hybridge/verify';
import { nameOfState } from '../item-state.ts';
import { moment, valueText } from './values.ts';

interface Style {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Whether to show values: they may be personal data. */
  readonly values: boolean;
}

const INDENT = '  ';

/** Lines for people of a row that an item embeds, and of what that row embeds, each deeper than the one before. */
export function embeddedLines(facts: EmbeddedFacts, style: Style): readonly string[] {
  const { name, view, table, base, keyParts, held } = facts;
  if (base === undefined) {
    const rest = facts.agrees ? 'points to no row' : `SQL points to no row, the item DIFFERS: it holds ${held}`;
    return [`${name}: ${rest}`];
  }
  return [
    `${name}: ${table} ${formatKeyParts(keyParts)} (view ${view}), ${standingOf(facts)}`,
    ...[
      `fragment   ${fragmentText(facts)}`,
      `base item  ${baseText(facts)}`,
      `reference  ${facts.isReferenced === true ? 'there' : 'MISSING: the item is not told of changes'}`,
      ...(facts.job === undefined
        ? []
        : [`job        under way since ${moment(facts.job.raisedAt, style.now)}, ${facts.job.visited} visited`]),
      `sql        ${ROWS[facts.row ?? 'absent']}`,
      ...attributeLines(facts.attributes, style),
      ...facts.embedded.flatMap((one) => embeddedLines(one, style)),
    ].map((line) => `${INDENT}${line}`),
  ];
}

const ROWS = {
  present: 'row found',
  absent: 'no such row',
  unstorable: 'row found, which no item can hold',
} as const;

function standingOf({ agrees, held, base, job, baseItem }: EmbeddedFacts): string {
  if (agrees)
    return baseItem?.fragmentVersion === '' ? 'kept: the base item says nothing now' : 'same as the base item';
  if (held === undefined) return 'DIFFERS: the item holds nothing of it';
  if (held !== base?.pk) return 'DIFFERS: the item holds another row';
  return job === undefined ? 'DIFFERS from the base item' : 'behind the base item, and a job is on its way';
}

function fragmentText({ held, version, base }: EmbeddedFacts): string {
  if (held === undefined) return 'none';
  const of = held === base?.pk ? '' : `, of ${held === '' ? 'no row' : held}`;
  return `${version === '' ? 'without a version: nothing was known of the row' : `version ${version}`}${of}`;
}

function baseText({ baseItem }: EmbeddedFacts): string {
  if (baseItem === undefined) return 'absent';
  const { state, version, fragmentVersion } = baseItem;
  const content = fragmentVersion === '' || fragmentVersion === version ? '' : `, what is embedded ${fragmentVersion}`;
  return `${nameOfState(state)}, version ${version ?? 'none'}${content}`;
}

function attributeLines(attributes: readonly EmbeddedAttribute[], { values }: Style): readonly string[] {
  const names = attributes.map(({ name, column }) =>
    column === undefined || column === name ? name : `${name} (${column})`,
  );
  const width = Math.max(0, ...names.map(({ length }) => length));
  return attributes.map((facts, i) => {
    const shown = values ? `  ${valuesOf(facts)}` : '';
    return `attribute  ${(names[i] ?? '').padEnd(width)}  ${attributeStanding(facts)}${shown}`;
  });
}

function attributeStanding({ item, base, sql }: EmbeddedAttribute): string {
  const isToldRight = sameValue(item, base);
  const isBaseRight = sameValue(base, sql);
  if (isToldRight && isBaseRight) return 'same';
  if (isBaseRight) return 'DIFFERS in the item';
  return isToldRight || sameValue(item, sql) ? 'DIFFERS in the base item' : 'DIFFERS in all three';
}

const valuesOf = ({ item, base, sql }: EmbeddedAttribute): string =>
  sameValue(item, base) && sameValue(base, sql)
    ? valueText(sql)
    : `item ${valueText(item)}, base item ${valueText(base)}, SQL ${valueText(sql)}`;

/** Where the item of a row lies that may move. */
export function placeLines({ named, place, agrees, anchor }: PlaceFacts): readonly string[] {
  const shown = (key: PlaceFacts['place']): string => (key === undefined ? 'nowhere' : `pk ${key.pk}, sk ${key.sk}`);
  return [
    shown(place),
    agrees ? `the anchor names it (pk ${anchor.pk})` : `DIFFERS: the anchor (pk ${anchor.pk}) names ${shown(named)}`,
  ];
}

/** What programs are told. */
export const embeddedReport = (
  { attributes, embedded, baseItem, keyParts, ...facts }: EmbeddedFacts,
  values: boolean,
): object => ({
  ...facts,
  id: formatKeyParts(keyParts),
  baseItem: baseItem === undefined ? null : { ...baseItem, state: nameOfState(baseItem.state) },
  job: facts.job ?? null,
  attributes: attributes.map(({ name, column, ...found }) => ({
    name,
    column,
    agrees: sameValue(found.item, found.base) && sameValue(found.base, found.sql),
    ...(values ? { item: found.item ?? null, base: found.base ?? null, sql: found.sql ?? null } : {}),
  })),
  embedded: embedded.map((one) => embeddedReport(one, values)),
});
