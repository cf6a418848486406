import { SqlRole } from '../rights.ts';
import { withMariadbSession } from './session.ts';

/** Whether the connector reads the binlog now: only then is every later change captured as one. */
export const isBinlogRead = (url: string): Promise<boolean> =>
  withMariadbSession(url, async ({ rows }) => {
    const readers = await rows(
      "SELECT id FROM information_schema.processlist WHERE user = ? AND command LIKE 'Binlog Dump%'",
      [SqlRole.capture],
    );
    return readers.length > 0;
  });
