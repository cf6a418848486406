import {
  type ConnectorOffsets,
  connectorOffsets,
  resumeConnector,
  setConnectorOffsets,
  stopConnector,
} from '../lab/connector.ts';
import type { FaultLab } from '../lab/open-fault-lab.ts';
import type { Scenario } from '../lab/run-scenario.ts';
import { countRepeats, readTopics } from '../lab/topic-records.ts';

/** A copy of the connector's slot, with the log from then on. */
const KEPT_SLOT = 'hybridge_faults_replay';

/**
 * Connect is killed, which re-emits what it had not recorded as sent; then the connector is set back, with its slot, to
 * where it stood at the beginning, and emits everything since once more.
 */
export const connectReplay: Scenario = {
  name: 'connect-replay',
  title: 'Kafka Connect is killed and started again, then set back to an earlier position',
  async act(lab, { more, rounds }) {
    const { stack } = lab.loop;
    const before = await keepPosition(lab);
    try {
      await more(40);
      const earlier = countRepeats(await readTopics(lab));
      const kills = await rounds(1, async () => {
        await stack.killComponent('connect');
        await more(20);
        await stack.startComponent('connect');
        await lab.flows();
      });
      const afterKills = countRepeats(await readTopics(lab));
      await setBack(lab, before);
      await lab.flows();
      const afterSetback = countRepeats(await readTopics(lab));
      const byKills = afterKills.repeated - earlier.repeated;
      const bySetback = afterSetback.repeated - afterKills.repeated;
      if (byKills === 0 || bySetback < 40)
        throw new Error(`Connect repeated ${byKills}, then ${bySetback} records only.`);
      const moved = afterSetback.moved - earlier.moved;
      return {
        kills,
        'repeated after kills': byKills,
        'repeated after set-back': bySetback,
        'in another place': moved,
      };
    } finally {
      await dropSlot(lab, KEPT_SLOT);
    }
  },
};

/** The slot first: what it has confirmed lies at or before what Connect has recorded. */
async function keepPosition(lab: FaultLab): Promise<ConnectorOffsets> {
  const { slot } = lab.loop.provisioned.connector;
  await dropSlot(lab, KEPT_SLOT);
  await lab.sql.query('SELECT pg_copy_logical_replication_slot($1, $2)', [slot, KEPT_SLOT]);
  return connectorOffsets(lab);
}

/** A slot never goes back by itself, so the older copy takes its place. */
async function setBack(lab: FaultLab, offsets: ConnectorOffsets): Promise<void> {
  const { slot } = lab.loop.provisioned.connector;
  await stopConnector(lab);
  await setConnectorOffsets(lab, offsets);
  await dropSlot(lab, slot);
  await lab.sql.query('SELECT pg_copy_logical_replication_slot($1, $2)', [KEPT_SLOT, slot]);
  await resumeConnector(lab);
}

const dropSlot = async ({ sql }: FaultLab, slot: string): Promise<void> =>
  void (await sql.query('SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = $1', [
    slot,
  ]));
