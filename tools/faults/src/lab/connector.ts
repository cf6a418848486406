/** What Kafka Connect offers for one connector beyond its configuration: stop, resume and its offsets. */
import { connectorStatus } from '@hybridge/infra-connect';
import { awaitCondition } from './await-condition.ts';
import type { FaultLab } from './open-fault-lab.ts';

/** As Connect shows and takes them; opaque to us. */
export type ConnectorOffsets = { readonly offsets: readonly unknown[] };

export const connectorOffsets = async ({ loop }: FaultLab): Promise<ConnectorOffsets> =>
  (await (await call(loop, 'GET', '/offsets')).json()) as ConnectorOffsets;

/** Resolves when nothing of the connector runs. */
export async function stopConnector({ loop }: FaultLab): Promise<void> {
  await call(loop, 'PUT', '/stop');
  await awaitCondition('the connector stopped', async () => {
    const status = await connectorStatus(addressOf(loop));
    return status?.connector.state === 'STOPPED' && status.tasks.length === 0;
  });
}

/** The connector must be stopped. */
export const setConnectorOffsets = async ({ loop }: FaultLab, offsets: ConnectorOffsets): Promise<void> =>
  void (await call(loop, 'PATCH', '/offsets', offsets));

export const resumeConnector = async ({ loop }: FaultLab): Promise<void> => void (await call(loop, 'PUT', '/resume'));

type Loop = FaultLab['loop'];

const addressOf = ({ stack, provisioned }: Loop) => ({
  connectUrl: stack.endpoints.connect.url,
  name: provisioned.connector.name,
});

async function call(loop: Loop, method: string, path: string, body?: object): Promise<Response> {
  const { connectUrl, name } = addressOf(loop);
  const response = await fetch(`${connectUrl}/connectors/${name}${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(60_000),
  });
  if (response.ok) return response;
  throw new Error(`Connect answered ${response.status} to ${method} ${path}: ${await response.text()}`);
}
