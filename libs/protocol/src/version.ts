import { ProtocolError } from './errors.ts';

/**
 * The commit-ordered position of SQL truth in an item: `eeee.MMMMMMMMMMMMMMMM.mmmmmmmmmmmmmmmm.oooooooooooo`,
 * hexadecimal, fixed width, so that comparing the strings byte by byte compares positions.
 *
 * epoch · major · minor · Kafka offset. Versions are compared only inside one source.
 */
export type Version = string & { readonly __brand: 'Version' };

export interface Position {
  /** Raised when the history of the source was rewritten; 0 … 65535. */
  readonly epoch: number;
  /** PostgreSQL: end LSN of the last commit before this transaction. MySQL, MariaDB: number of the binlog file. */
  readonly major: bigint;
  /** PostgreSQL: LSN of the change. MySQL, MariaDB: position in the binlog file. */
  readonly minor: bigint;
  /** Kafka offset of the record: breaks ties of one position. */
  readonly offset: bigint;
}

const WIDTHS = { epoch: 4, major: 16, minor: 16, offset: 12 } as const;
const FORM = /^[0-9a-f]{4}\.[0-9a-f]{16}\.[0-9a-f]{16}\.[0-9a-f]{12}$/;

/** @throws ProtocolError `HYBRIDGE_PROTOCOL_POSITION_OUT_OF_RANGE` when a part is negative or too wide. */
export function encodeVersion({ epoch, major, minor, offset }: Position): Version {
  return `${encodeStart(epoch, major)}.${encodePart('minor', minor)}.${encodePart('offset', offset)}` as Version;
}

let recent = { epoch: -1, major: -1n, text: '' };

/** The changes of one transaction follow each other and start alike. */
function encodeStart(epoch: number, major: bigint): string {
  if (recent.epoch !== epoch || recent.major !== major) {
    recent = { epoch, major, text: `${encodePart('epoch', BigInt(epoch))}.${encodePart('major', major)}` };
  }
  return recent.text;
}

function encodePart(part: keyof Position, value: bigint): string {
  const width = WIDTHS[part];
  const digits = value.toString(16);
  if (value >= 0n && digits.length <= width) return digits.padStart(width, '0');
  throw new ProtocolError(
    'HYBRIDGE_PROTOCOL_POSITION_OUT_OF_RANGE',
    `The ${part} of a position must be between 0 and ${16n ** BigInt(width) - 1n}, but is ${value}.`,
  );
}

/** @throws ProtocolError `HYBRIDGE_PROTOCOL_VERSION_MALFORMED`. */
export function parseVersion(value: string): Version {
  if (FORM.test(value)) return value as Version;
  throw new ProtocolError(
    'HYBRIDGE_PROTOCOL_VERSION_MALFORMED',
    `"${value}" is not a version: expected epoch.major.minor.offset as 4, 16, 16 and 12 hexadecimal digits.`,
  );
}

export function decodeVersion(version: Version): Position {
  const [epoch, major, minor, offset] = version.split('.').map((part) => BigInt(`0x${part}`)) as [
    bigint,
    bigint,
    bigint,
    bigint,
  ];
  return { epoch: Number(epoch), major, minor, offset };
}

/** The version below every other one: what a fill lease stores on a key nobody knew. */
export const ZERO_VERSION: Version = encodeVersion({ epoch: 0, major: 0n, minor: 0n, offset: 0n });

/** True for a version that came from a snapshot row or a first fill, that is, one without a position in the log. */
export function isUnpositioned(version: Version): boolean {
  const { major, minor } = decodeVersion(version);
  return major === 0n && minor === 0n;
}
