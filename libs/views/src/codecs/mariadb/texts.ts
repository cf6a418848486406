import { LostValueError } from '../../errors.ts';
import type { Codec } from '../codec.ts';
import { stringCodec, uuid as anyUuid } from '../text.ts';

const asItIs = (text: string): string => text;

/**
 * CHAR, VARCHAR, TEXT and their kin, of any character set. As a key the value counts as it is stored: `ann` is not the
 * item of a row `Ann`, though a collation may call the two equal.
 */
export const varchar = (): Codec<string> => ({ ...stringCodec('varchar', asItIs), collation: 'text' });

/** ENUM, by the name of the value. */
export const enumeration = (): Codec<string> => ({ ...stringCodec('enum', asItIs), collation: 'names' });

/** SET: the names in the order of the definition, between commas. */
export const set = (): Codec<string> => ({ ...stringCodec('set', asItIs), collation: 'names' });

/**
 * MariaDB's UUID. The binlog leaves out the zero bytes at its end, and Debezium puts them in front: `12…ab00` comes as
 * `0012…ab`, which another row may really have. One that begins with a zero byte is therefore asked of SQL.
 */
export const uuid = (): Codec<string> => {
  const codec = anyUuid();
  return {
    ...codec,
    noKey:
      'Debezium may move the zeros at the end of a UUID of MariaDB to its front; a key takes char(36) or binary(16)',
    fromChange: (value) => {
      if (typeof value === 'string' && value.startsWith('00')) {
        throw new LostValueError(`${value} of a change event may be a UUID with zeros at its end.`);
      }
      return codec.fromChange(value);
    },
  };
};
