import { connectorName } from '@hybridge/setup';
import type { Catalog } from '@hybridge/views';
import { z } from 'zod';
import { type ConnectorFacts, checkConnector } from './check-connector.ts';
import type { Finding } from './finding.ts';
import { unlessUnreachable } from './unless-unreachable.ts';

const TIMEOUT_MS = 5_000;
const MAX_TRACE = 300;

const connector = z.object({ config: z.record(z.string(), z.string()) });
const task = z.object({ state: z.string(), trace: z.string().optional() });
const status = z.object({ connector: task, tasks: z.array(task) });

export type Fetch = (url: string, init: { readonly signal: AbortSignal }) => Promise<Response>;

/** The connector of each source. Never throws. */
export const diagnoseConnectors = (catalog: Catalog, connectUrl: string, get: Fetch): Promise<readonly Finding[]> =>
  unlessUnreachable('Kafka Connect', async () => {
    const findings: Finding[] = [];
    for (const source of catalog.sources) {
      const name = connectorName(source.name);
      const own = catalog.tables
        .filter((table) => table.source.name === source.name)
        .map((table) => table.name as string);
      const needs = { name, kind: source.kind, connectUrl, tables: [...own, catalog.inboxOf(source.name)] };
      findings.push(...checkConnector(needs, await readConnector(`${connectUrl}/connectors/${name}`, get)));
    }
    return findings;
  });

async function readConnector(url: string, get: Fetch): Promise<ConnectorFacts | undefined> {
  const options = () => ({ signal: AbortSignal.timeout(TIMEOUT_MS) });
  const answer = await get(url, options());
  if (answer.status === 404) return undefined;
  const { config } = connector.parse(await answer.json());
  const parts = status.parse(await (await get(`${url}/status`, options())).json());
  const trace = [parts.connector, ...parts.tasks].find((part) => part.trace !== undefined)?.trace?.split('\n')[0];
  return {
    config,
    states: [parts.connector, ...parts.tasks].map(({ state }) => state),
    ...(trace === undefined ? {} : { trace: trace.slice(0, MAX_TRACE) }),
  };
}
