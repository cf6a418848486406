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

/** MariaDB's UUID. */
export const uuid = anyUuid;
