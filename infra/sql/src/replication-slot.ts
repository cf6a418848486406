import { withSession } from './session.ts';

/** Whether somebody reads the slot now: only then is every later change captured. */
export const isSlotActive = (url: string, slot: string): Promise<boolean> =>
  withSession(url, async (session) => {
    const { rows } = await session.query<{ active: boolean }>(
      'SELECT active FROM pg_replication_slots WHERE slot_name = $1',
      [slot],
    );
    return rows[0]?.active === true;
  });
