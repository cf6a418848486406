import type { AppStatus } from './app-status.ts';
import type { Status } from './status.ts';

/** Lines for people. */
export function renderText({ apps, pending }: Status): string {
  const { items, oldest } = pending;
  const age = oldest === undefined ? '' : `, the oldest for ${oldest.ageSeconds} s (${oldest.key.pk} ${oldest.key.sk})`;
  return [...apps.map(describe), `pending items: ${items}${age}`].join('\n');
}

function describe({ url, app, healthy, problems, figures }: AppStatus): string {
  const shown = Object.entries(figures).map(([name, value]) => `${name} ${value}`);
  const findings = [healthy ? 'healthy' : 'NOT HEALTHY', ...problems, ...shown];
  return `${app ?? url}: ${findings.join(', ')}`;
}
