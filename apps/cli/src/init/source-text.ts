import type { IndexPart, KeyPart } from '@hybridge/views';
import { entityOf } from './names.ts';
import type { PlannedIndex } from './plan.ts';

/** The repository's own format, as prettier would leave it: 120 columns, two spaces, single quotes. */
export const WIDTH = 120;

/** A text as TypeScript has it, with the quotes that need fewer escapes. */
export function literal(text: string): string {
  const quote = text.includes("'") && count(text, '"') < count(text, "'") ? '"' : "'";
  const escaped = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"');
  return `${quote}${escaped.replaceAll(quote, `\\${quote}`).replace(/[\u2028\u2029]/g, asEscape)}${quote}`;
}

const count = (text: string, part: string): number => text.split(part).length - 1;
const asEscape = (character: string): string => `\\u${character.charCodeAt(0).toString(16)}`;

/** A field's name, in quotes only where it must be. */
export const fieldName = (name: string): string =>
  /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name) && [...name].length === name.length ? name : literal(name);

/** `[a, b]` on one line if it fits behind what stands before it, else one element a line. */
export function list(elements: readonly string[], before: string, after: string): string {
  const flat = `[${elements.join(', ')}]`;
  if (before.length + flat.length + after.length <= WIDTH) return `${before}${flat}${after}`;
  const indent = /^ */.exec(before)?.[0] ?? '';
  return [`${before}[`, ...elements.map((one) => `${indent}  ${one},`), `${indent}]${after}`].join('\n');
}

/** `import { a, b } from 'x';`, names in order. */
export function importOf(names: readonly string[], from: string): string {
  const flat = `import { ${names.join(', ')} } from ${literal(from)};`;
  if (flat.length <= WIDTH) return flat;
  return ['import {', ...names.map((name) => `  ${name},`), `} from ${literal(from)};`].join('\n');
}

/** `export type { A, B } from 'x';` */
export function typeExportOf(names: readonly string[], from: string): string {
  const flat = `export type { ${names.join(', ')} } from ${literal(from)};`;
  if (flat.length <= WIDTH) return flat;
  return ['export type {', ...names.map((name) => `  ${name},`), `} from ${literal(from)};`].join('\n');
}

/** A doc comment, on one line if it fits; nothing for nothing. */
export function docComment(text: string | undefined): readonly string[] {
  const lines = wrapped((text ?? '').replaceAll('*/', '* /'), WIDTH - ' * '.length);
  const [only = ''] = lines;
  if (lines.length === 0) return [];
  if (lines.length === 1 && `/** ${only} */`.length <= WIDTH) return [`/** ${only} */`];
  return ['/**', ...lines.map((line) => ` * ${line}`), ' */'];
}

/** Line comments. */
export const comment = (text: string, indent: string): readonly string[] =>
  wrapped(text, WIDTH - indent.length - '// '.length).map((line) => `${indent}// ${line}`);

function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/).filter((one) => one !== '')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

export const keyPart = (part: KeyPart): string =>
  typeof part === 'string' ? literal(part) : `column(${literal(part.column)})`;

/** `key: { pk: […], sk: […] },` */
export function keyField(pk: readonly KeyPart[], sk: readonly KeyPart[]): string {
  const flat = `  key: { pk: [${pk.map(keyPart).join(', ')}], sk: [${sk.map(keyPart).join(', ')}] },`;
  if (flat.length <= WIDTH) return flat;
  return ['  key: {', list(pk.map(keyPart), '    pk: ', ','), list(sk.map(keyPart), '    sk: ', ','), '  },'].join(
    '\n',
  );
}

const indexPart = (part: IndexPart): string =>
  typeof part === 'string' ? literal(part) : `attribute(${literal(part.attribute)})`;

/** `byCustomer: { pk: […], sk: […] }`, on one line. */
export const indexText = ({ name, pk, sk }: PlannedIndex): string =>
  `${fieldName(name)}: { pk: [${pk.map(indexPart).join(', ')}], sk: [${sk.map(indexPart).join(', ')}] }`;

const nounOf = (viewName: string): string => entityOf(viewName).toLowerCase().replaceAll('_', ' ');

/** And why it is an index, and no collection of the parent. */
const indexNote = ({ parent, moving }: PlannedIndex): string =>
  `Those of one ${nounOf(parent)}, in order of their own key.` +
  (moving.length === 0 ? '' : ` In its collection they would move when ${moving.join(', ')} changes.`);

/** `indexes: { … },` of one index. */
export function indexesField(index: PlannedIndex): readonly string[] {
  const flat = `    ${indexText(index)},`;
  const one =
    flat.length <= WIDTH
      ? [flat]
      : [
          `    ${fieldName(index.name)}: {`,
          list(index.pk.map(indexPart), '      pk: ', ','),
          list(index.sk.map(indexPart), '      sk: ', ','),
          '    },',
        ];
  return ['  indexes: {', ...comment(indexNote(index), '    '), ...one, '  },'];
}

/** Longer files are what the linter calls too long. */
export const MAX_LINES = 250;

/** A file's text; where nothing but its table makes it long, the linter is told so. */
export function fileText(parts: readonly string[]): string {
  const text = `${parts.join('\n')}\n`;
  const isLong = text.split('\n').filter((line) => !/^\s*(\/\/.*|\*.*|\/\*.*)?$/.test(line)).length > MAX_LINES;
  return isLong ? `/* eslint-disable max-lines -- as many lines as the table has columns */\n${text}` : text;
}

/** Parts of a key as people read them: `o1#ORDER#{order_id}`. */
export const formatKey = (parts: readonly KeyPart[]): string =>
  parts.map((part) => (typeof part === 'string' ? part : `{${part.column}}`)).join('#');
