import { type Outcome, type PendingChange, sameValue } from '@hybridge/protocol';
import { type AttributeFacts, type Explanation, formatKeyParts } from '@hybridge/verify';
import { type Source, SourceKind } from '@hybridge/views';
import { nameOfState } from '../item-state.ts';
import { toJson } from '../terminal.ts';
import { embeddedLines, embeddedReport, placeLines } from './render-joins.ts';
import { moment, valueText } from './values.ts';

export interface Shown {
  readonly explanation: Explanation;
  /** Whether changes of the key wait because one of them could not be applied. */
  readonly parked: boolean;
  readonly source: Source;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Whether to show values: they may be personal data. */
  readonly values: boolean;
}

const VERDICTS: Readonly<Record<Explanation['verdict'], string>> = {
  matched: 'the item says what SQL says',
  unread: 'nobody has read it yet, or it is fenced: the next reader fills it from SQL',
  pending: "the item waits for SQL's answer to a change of the customer",
  quarantined: 'the row cannot be stored; readers get it from SQL',
  stale: 'the item shows another row than SQL; on its way, or "hybridge repair" mends it',
  missing: 'SQL has the row, the item does not; on its way, or "hybridge repair" mends it',
  extra: 'the item is live, but SQL has no such row; on its way, or "hybridge repair" mends it',
  'fan-out': 'a fan-out job is on its way with what it embeds',
  'fragment-stale': 'it embeds something else than it should; on its way, or "hybridge repair" mends it',
  'reference-missing': 'it would not be told of changes of what it embeds; "hybridge repair" mends it',
  'placement-orphan': 'the row lies at another place; on its way, or "hybridge repair" mends it',
  'anchor-stale': 'the anchor names another place than that of the row; on its way, or "hybridge repair" mends it',
};

/** Lines for people: a word at the left says what a line is about. */
export function renderText(shown: Shown): string {
  const { explanation, parked } = shown;
  const { view, keyParts, key, verdict } = explanation;
  return [
    `${view} ${formatKeyParts(keyParts)}`,
    line('key', `pk ${key.pk}, sk ${key.sk}`),
    line('verdict', `${verdict}: ${VERDICTS[verdict]}`),
    ...itemLines(shown),
    ...(parked ? [line('parked', 'its changes wait, because one could not be applied: see "hybridge parked"')] : []),
    ...explanation.pending.map((change) => line('pending', describePending(change, shown))),
    ...explanation.outcomes.map((outcome) => line('answered', describeOutcome(outcome, shown))),
    line('sql', describeRow(explanation)),
    ...attributeLines(shown),
    ...block('place', explanation.place === undefined ? [] : placeLines(explanation.place)),
    ...block(
      'embeds',
      explanation.embedded.flatMap((one) => embeddedLines(one, shown)),
    ),
  ].join('\n');
}

export function renderJson({ explanation, parked, source, values }: Shown): string {
  const { item, attributes, pending, embedded } = explanation;
  return toJson({
    ...explanation,
    keyParts: undefined,
    embedded: embedded.map((one) => embeddedReport(one, values)),
    id: formatKeyParts(explanation.keyParts),
    source: source.name,
    parked,
    item: item === undefined ? null : { ...item, state: nameOfState(item.state), position: positionTexts(item) },
    pending: pending.map(({ set, base, ...change }) => ({
      ...change,
      attributes: Object.keys(set),
      ...(values ? { set, base } : {}),
    })),
    attributes: attributes.map(({ visible, truth, sql, ...facts }) => ({
      ...facts,
      ...(values ? { visible: visible ?? null, truth: truth ?? null, sql: sql ?? null } : {}),
    })),
  });
}

const LABEL_WIDTH = 12;
const line = (label: string, text: string): string => `${label.padEnd(LABEL_WIDTH)}${text}`;

const block = (label: string, lines: readonly string[]): readonly string[] =>
  lines.map((text, i) => line(i === 0 ? label : '', text));

type Facts = NonNullable<Explanation['item']>;

function itemLines({ explanation: { item }, source, now }: Shown): readonly string[] {
  if (item === undefined) return [line('item', 'absent')];
  const { committedAt, transaction, expiresAt, notFoundUntil, leasedUntil, quarantine } = item;
  return [
    line('item', `${nameOfState(item.state)}, version ${item.version ?? 'none'}`),
    ...(item.position === undefined ? [] : [line('', placeOf(item.position, source))]),
    ...(transaction === undefined
      ? [line('', 'no transaction: from a snapshot or a first fill')]
      : [line('', `set by transaction ${transaction}`)]),
    ...(committedAt === undefined ? [] : [line('', `committed ${moment(committedAt, now)}`)]),
    ...(quarantine === undefined ? [] : [line('', `quarantined: ${quarantine}`)]),
    ...(leasedUntil === undefined ? [] : [line('', `leased to a fill, lease ends ${moment(leasedUntil, now)}`)]),
    ...(notFoundUntil === undefined ? [] : [line('', `answered as not found until ${moment(notFoundUntil, now)}`)]),
    ...(expiresAt === undefined ? [] : [line('', `DynamoDB may remove it ${moment(expiresAt, now)}`)]),
  ];
}

/** The place of the truth in the log of its source, in the notation of its people. */
function placeOf({ epoch, major, minor, offset }: NonNullable<Facts['position']>, { name, kind }: Source): string {
  const rest = `, Kafka offset ${offset}${epoch === 0 ? '' : `, epoch ${epoch}`}`;
  if (major === 0n && minor === 0n)
    return `source ${name}: without a position, which is older than every change${rest}`;
  return kind === SourceKind.postgres
    ? `source ${name}: after the commit that ended at ${lsn(major)}, change at ${lsn(minor)}${rest}`
    : `source ${name}: binlog file number ${major}, position ${minor}${rest}`;
}

const lsn = (position: bigint): string =>
  `${(position >> 32n).toString(16).toUpperCase()}/${(position & 0xffffffffn).toString(16).toUpperCase()}`;

const positionTexts = ({ position }: Facts) =>
  position === undefined
    ? null
    : {
        epoch: position.epoch,
        major: String(position.major),
        minor: String(position.minor),
        offset: String(position.offset),
      };

const OPERATIONS = { u: 'update of', i: 'insert with', d: 'delete' } as const;

function describePending({ id, op, set, by, at }: PendingChange, { now }: Shown): string {
  const what = op === 'd' ? OPERATIONS.d : `${OPERATIONS[op]} ${Object.keys(set).join(', ')}`;
  return `${id} ${what}, by ${by}, accepted ${moment(at, now)}`;
}

function describeOutcome({ id, out, code, message, at }: Outcome, { now }: Shown): string {
  const how = out === 'A' ? 'applied' : 'refused';
  const why = [code, message].filter((part) => part !== undefined).join(': ');
  return `${id} ${how} ${moment(at, now)}${why === '' ? '' : ` (${why})`}`;
}

function describeRow({ sql }: Explanation): string {
  const why = sql.reason === undefined ? '' : `: ${sql.reason}`;
  return `${sql.table}: ${{ present: 'row found', absent: 'no such row', unstorable: 'row found, which no item can hold' }[sql.row]}${why}`;
}

function attributeLines({ explanation, values }: Shown): readonly string[] {
  const { attributes, item, sql } = explanation;
  if (item === undefined && sql.row === 'absent') return [];
  const names = attributes.map(nameOf);
  const standings = attributes.map(standingOf);
  const width = widest(names);
  const standingWidth = widest(standings);
  return attributes.map((facts, i) => {
    const standing = standings[i] ?? '';
    const shown = values ? `${standing.padEnd(standingWidth)}  ${valuesOf(facts)}` : standing;
    return line(i === 0 ? 'attributes' : '', `${(names[i] ?? '').padEnd(width)}  ${shown}`);
  });
}

const widest = (texts: readonly string[]): number => Math.max(...texts.map(({ length }) => length));

const nameOf = ({ name, column }: AttributeFacts): string =>
  column === undefined || column === name ? name : `${name} (${column})`;

function standingOf({ truth, visible, sql, agrees }: AttributeFacts): string {
  if (truth === undefined) return sql === undefined ? 'nowhere' : 'SQL only';
  if (sql === undefined) return 'item only';
  if (!agrees) return 'DIFFERS';
  return sameValue(visible, truth) ? 'same' : 'pending';
}

function valuesOf({ visible, truth, sql, agrees }: AttributeFacts): string {
  const seen = sameValue(visible, truth) ? [] : [`readers see ${valueText(visible)}`];
  const held = agrees ? [valueText(truth)] : [`item ${valueText(truth)}`, `SQL ${valueText(sql)}`];
  return [...seen, ...held].join(', ');
}
