import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type JsonValue, parseJson } from '@hybridge/contracts';
import { type AttributeValue, NULL } from '@hybridge/protocol';
import { UnstorableValueError } from '../../errors.ts';
import type { Codec } from '../codec.ts';
import { mariadb } from './index.ts';

/** As captured from the real programs; a test of the real stack compares it with them. */
interface Form {
  readonly type: string;
  readonly literal: string;
  readonly text: string | null;
  readonly change: JsonValue;
  readonly streamed?: JsonValue;
}

const file = join(__dirname, '../../../../contracts/fixtures/captured/mariadb/forms.json');
const forms = parseJson(readFileSync(file, 'utf8')) as unknown as readonly Form[];

const integers = ['tinyint', 'smallint', 'mediumint', 'int', 'bigint'] as const;
const varchars = ['char', 'varchar', 'text', 'longtext'];
const blobs = ['binary', 'varbinary', 'blob', 'longblob'];

function codecOf(type: string): Codec {
  const [word = ''] = /^[a-z]+/.exec(type) ?? [];
  const unsigned = /unsigned|zerofill/.test(type);
  const integer = integers.find((name) => name === word);
  if (integer !== undefined) return mariadb[integer]({ unsigned });
  if (varchars.includes(word)) return mariadb.varchar();
  if (blobs.includes(word)) return mariadb.blob();
  if (word === 'bit') return type === 'bit(1)' ? mariadb.bit() : mariadb.bits();
  if (word === 'enum') return mariadb.enumeration();
  return (mariadb as Record<string, (() => Codec) | undefined>)[word]?.() ?? mariadb.varchar();
}

/** Debezium gives another value than the column has, and nobody can tell. */
const isLost = ({ type, text }: Form): boolean =>
  (type === 'year' && text === '0000') || (type === 'timestamp null' && (text ?? '').startsWith('0000'));

/** The attribute, or why it cannot be stored: DynamoDB's numbers end sooner. */
function outcomeOf(read: () => AttributeValue): AttributeValue | string {
  try {
    return read();
  } catch (error) {
    if (error instanceof UnstorableValueError) return error.message;
    throw error;
  }
}

const kept = forms.filter((form) => form.text !== null && !isLost(form));

describe('a value of MariaDB', () => {
  it.each(kept.map((form) => [form.type, form.literal, form] as const))(
    'of %s %s is the same from a change event and from a client',
    (_, __, { type, text, change, streamed = change }) => {
      const codec = codecOf(type);
      const read = outcomeOf(() => codec.fromText(text ?? ''));
      for (const value of [change, streamed]) {
        expect(outcomeOf(() => (value === null ? NULL : codec.fromChange(value)))).toEqual(read);
      }
    },
  );
});
