import { ContractError } from '../errors.ts';
import { type JsonNumber, numberText } from '../json.ts';

/** Where a streamed change lies in the log of its source. */
export interface Place {
  /**
   * PostgreSQL: end LSN of the last commit before this transaction, and LSN of the change. MariaDB and MySQL: number of
   * the binlog file, and position in it.
   */
  readonly position: { readonly major: bigint; readonly minor: bigint };
  /** PostgreSQL: the transaction's id; MariaDB and MySQL: its GTID. */
  readonly transaction: string | undefined;
}

/** What Debezium says of the source, as far as it names the place; which fields there are depends on the connector. */
export interface PlaceFields {
  readonly connector: string;
  readonly sequence?: string | null | undefined;
  readonly txId?: JsonNumber | null | undefined;
  readonly file?: string | null | undefined;
  readonly pos?: JsonNumber | null | undefined;
  readonly gtid?: string | null | undefined;
}

/** @throws ContractError `HYBRIDGE_CONTRACT_CHANGE_MALFORMED` */
export function placeOf(from: PlaceFields): Place {
  switch (from.connector) {
    case 'postgresql':
      return placeInWal(from);
    case 'mariadb':
    case 'mysql':
      return placeInBinlog(from);
    default:
      throw malformed(`A change event of connector "${from.connector}"; there are postgresql, mariadb, mysql.`);
  }
}

const SEQUENCE = /^\[(?:null|"(\d+)"),"(\d+)"\]$/;

/** `source.sequence` is a JSON array of two decimal strings; the first is null until a commit was seen. */
function placeInWal({ sequence, txId }: PlaceFields): Place {
  const match = SEQUENCE.exec(sequence ?? '');
  if (match === null) {
    throw malformed(`A streamed change event needs source.sequence with two LSNs, but it is ${sequence ?? 'missing'}.`);
  }
  return {
    position: { major: BigInt(match[1] ?? '0'), minor: BigInt(match[2] as string) },
    transaction: txId == null ? undefined : numberText(txId),
  };
}

const BINLOG_FILE = /\.(\d+)$/;
/** Every file begins with a header. */
const POSITION = /^[1-9]\d*$/;

/** Binlog files are numbered, as in `binlog.000007`; a transaction lies in one file as a whole. */
function placeInBinlog({ connector, file, pos, gtid }: PlaceFields): Place {
  const number = BINLOG_FILE.exec(file ?? '')?.[1];
  if (number === undefined || pos == null) {
    throw malformed(
      `A streamed change event of ${connector} needs source.file, such as binlog.000007, and source.pos, ` +
        `but they are ${file ?? 'missing'} and ${pos == null ? 'missing' : numberText(pos)}.`,
    );
  }
  if (!POSITION.test(numberText(pos))) {
    throw malformed(
      `A streamed change event of ${connector} has no position in ${file}: source.pos is ${numberText(pos)}. ` +
        'On MariaDB 11.4 and newer set binlog_legacy_event_pos=ON.',
    );
  }
  if (gtid == null || gtid === '') {
    throw malformed(
      `A streamed change event of ${connector} needs source.gtid, which is missing: ` +
        `without it no replica can prove what it has seen. ${GTID_FIX[connector] ?? ''}`,
    );
  }
  return { position: { major: BigInt(number), minor: BigInt(numberText(pos)) }, transaction: gtid };
}

const GTID_FIX: { readonly [connector: string]: string } = {
  mysql: 'Set gtid_mode=ON and enforce_gtid_consistency=ON on the server.',
  mariadb: 'Take MariaDB 10.0.2 or newer as the server that is captured.',
};

const malformed = (message: string): ContractError => new ContractError('HYBRIDGE_CONTRACT_CHANGE_MALFORMED', message);
