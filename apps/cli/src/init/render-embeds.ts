import type { PlannedCollection, PlannedEmbed } from './plan.ts';
import { WIDTH, comment, fieldName, list, literal } from './source-text.ts';

/** What the constant of a view's table is called in a file that has the table of another view too. */
export type TableConstants = (view: string) => string;

const anywhere: TableConstants = (view) => `${view}Table`;

/** `customer: embed(customersTable, { on: […], attributes: { … } })`, on one line. */
export function embedText(embed: PlannedEmbed, constants: TableConstants = anywhere): string {
  const { name, table, on, attributes, embeds, shards } = embed;
  const fields = [
    `on: [${on.map(literal).join(', ')}]`,
    `attributes: { ${attributes.map(attributeText).join(', ')} }`,
    ...(embeds.length === 0 ? [] : [`embed: { ${embeds.map((one) => embedText(one, constants)).join(', ')} }`]),
    ...(shards === undefined ? [] : [`shards: ${shards}`]),
  ];
  return `${fieldName(name)}: embed(${constants(table)}, { ${fields.join(', ')} })`;
}

const attributeText = ([attribute, column]: readonly [string, string]): string =>
  `${fieldName(attribute)}: ${literal(column)}`;

/** `embed: { … },` of a view; nothing for nothing. */
export function embedField(embeds: readonly PlannedEmbed[], constants: TableConstants): readonly string[] {
  if (embeds.length === 0) return [];
  return [
    ...comment('Copies, which follow their rows. Another choice of columns later needs a rebuild.', '  '),
    '  embed: {',
    ...embeds.flatMap((one) => embedLines(one, constants, '    ')),
    '  },',
  ];
}

function embedLines(embed: PlannedEmbed, constants: TableConstants, indent: string): readonly string[] {
  const { name, table, on, attributes, embeds, shards } = embed;
  const notes = comment(fanOutNote(embed), indent);
  const flat = `${indent}${embedText(embed, constants)},`;
  if (flat.length <= WIDTH && !hasNotes(embeds)) return [...notes, flat];
  const inner = `${indent}  `;
  return [
    ...notes,
    `${indent}${fieldName(name)}: embed(${constants(table)}, {`,
    list(on.map(literal), `${inner}on: `, ','),
    ...attributesField(attributes, inner),
    ...nestedField(embeds, constants, inner),
    ...(shards === undefined ? [] : [`${inner}shards: ${shards},`]),
    `${indent}}),`,
  ];
}

function attributesField(attributes: PlannedEmbed['attributes'], indent: string): readonly string[] {
  const flat = `${indent}attributes: { ${attributes.map(attributeText).join(', ')} },`;
  if (flat.length <= WIDTH) return [flat];
  return [`${indent}attributes: {`, ...attributes.map((one) => `${indent}  ${attributeText(one)},`), `${indent}},`];
}

function nestedField(embeds: readonly PlannedEmbed[], constants: TableConstants, indent: string): readonly string[] {
  if (embeds.length === 0) return [];
  const flat = `${indent}embed: { ${embeds.map((one) => embedText(one, constants)).join(', ')} },`;
  if (flat.length <= WIDTH && !hasNotes(embeds)) return [flat];
  return [`${indent}embed: {`, ...embeds.flatMap((one) => embedLines(one, constants, `${indent}  `)), `${indent}},`];
}

const hasNotes = (embeds: readonly PlannedEmbed[]): boolean => embeds.some((one) => fanOutNote(one) !== '');

const fanOutNote = ({ rowsOfOne, shards }: PlannedEmbed): string =>
  rowsOfOne === undefined
    ? ''
    : `About ${rowsOfOne} rows follow each of these: their changes go out in the background.` +
      (shards === undefined ? '' : ' Shards let a load write to several partitions.');

/** `collect: { … },` of a view; nothing for nothing. */
export function collectField(collections: readonly PlannedCollection[]): readonly string[] {
  if (collections.length === 0) return [];
  const texts = collections.map(({ name, view }) => (name === view ? view : `${fieldName(name)}: ${view}`));
  const flat = `  collect: { ${texts.join(', ')} },`;
  if (flat.length <= WIDTH && collections.every(({ note }) => note === undefined)) return [flat];
  const lines = collections.flatMap(({ note = '' }, i) => [...comment(note, '    '), `    ${texts[i]},`]);
  return ['  collect: {', ...lines, '  },'];
}

/** Every table that is embedded somewhere in these, each once. */
export const embeddedTables = (embeds: readonly PlannedEmbed[]): readonly string[] => [
  ...new Set(embeds.flatMap((one) => [one.table, ...embeddedTables(one.embeds)])),
];
