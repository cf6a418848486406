import type { TableStatus } from '../table-status.ts';
import type { AppStatus } from './app-status.ts';
import type { FanOutsStatus } from './fan-out-status.ts';
import type { Status } from './status.ts';

const MEANING: Readonly<Record<TableStatus['state'], string>> = {
  unclaimed: 'unclaimed, neither loaded nor read by anybody',
  loading: 'loading, nobody is served from it yet',
  open: 'open',
};

/** Lines for people. */
export function renderText({ apps, pending, table, fanOuts }: Status): string {
  const { items, oldest } = pending;
  const age = oldest === undefined ? '' : `, the oldest for ${oldest.ageSeconds} s (${oldest.key.pk} ${oldest.key.sk})`;
  return [
    ...apps.map(describe),
    `table ${table.name}: ${MEANING[table.state]}`,
    `pending items: ${items}${age}`,
    ...fanOutLines(fanOuts),
  ].join('\n');
}

/** Jobs that are open, and the oldest of them. */
export function fanOutLines({ open, more, oldest }: FanOutsStatus): readonly string[] {
  const hidden = open - oldest.length;
  return [
    `fan-out jobs: ${open}${more ? ' or more' : ''}`,
    ...oldest.map(({ parent, visited, isRound, ageSeconds }) => {
      const round = isRound ? ', comes round once more' : '';
      return `  ${parent}: ${visited} visited, for ${ageSeconds} s${round}`;
    }),
    ...(hidden === 0 ? [] : [`  and ${hidden} more`]),
  ];
}

function describe({ url, app, healthy, problems, figures }: AppStatus): string {
  const shown = Object.entries(figures).map(([name, value]) => `${name} ${value}`);
  const findings = [healthy ? 'healthy' : 'NOT HEALTHY', ...problems, ...shown];
  return `${app ?? url}: ${findings.join(', ')}`;
}
