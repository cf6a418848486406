import { recordSettings } from '@hybridge/setup';
import type { SourceKind } from '@hybridge/views';
import { type Finding, error, when } from './finding.ts';

/** What Kafka Connect says of a connector. */
export interface ConnectorFacts {
  readonly config: { readonly [name: string]: string };
  /** `RUNNING`, `PAUSED`, `STOPPED`, `FAILED`, `UNASSIGNED` or `RESTARTING`: of the connector and its tasks. */
  readonly states: readonly string[];
  /** First line of what a failed task says. */
  readonly trace?: string;
}

export interface ConnectorNeeds {
  readonly name: string;
  /** Of the source. */
  readonly kind: SourceKind;
  /** Base URL of Kafka Connect's REST interface. */
  readonly connectUrl: string;
  /** `schema.table` of everything that must be captured. */
  readonly tables: readonly string[];
}

/** The connector of a source: there, running, and writing records as the projector reads them. */
export function checkConnector(
  { name, kind, connectUrl, tables }: ConnectorNeeds,
  facts: ConnectorFacts | undefined,
): readonly Finding[] {
  if (facts === undefined) {
    return [
      error(name, [
        'connector.missing',
        'Kafka Connect has no such connector',
        'register it (infra/connect, registerConnector)',
      ]),
    ];
  }
  const { config, states, trace } = facts;
  const bad = states.filter((state) => state !== 'RUNNING');
  const wrong = Object.entries(recordSettings(kind)).filter(([key, value]) => config[key] !== value);
  const missing = tables.filter((table) => !captures(config['table.include.list'], table));
  const put = `PUT ${connectUrl}/connectors/${name}/config with`;
  return [
    ...when(bad.length > 0 || states.length < 2, () =>
      error(name, [
        'connector.state',
        `it is ${bad[0] ?? 'without a task'}${trace === undefined ? '' : `: ${trace}`}`,
        `mend the cause, then curl -X POST '${connectUrl}/connectors/${name}/restart?includeTasks=true&onlyFailed=true'`,
      ]),
    ),
    ...wrong.map(([key, value]) =>
      error(name, [
        'connector.setting',
        `${key} is ${config[key] ?? 'not set'}, and the projector relies on ${value}`,
        `${put} "${key}": "${value}"; records that were written otherwise must not be read`,
      ]),
    ),
    ...when(missing.length > 0, () =>
      error(name, [
        'connector.tables',
        `it does not capture ${missing.join(', ')}`,
        `register it anew from the definitions (infra/connect): "table.include.list"`,
      ]),
    ),
  ];
}

/** Debezium matches the whole name against each entry; without a list it captures everything. */
const captures = (list: string | undefined, table: string): boolean =>
  list === undefined || list.split(',').some((pattern) => new RegExp(`^(?:${pattern.trim()})$`, 'i').test(table));
