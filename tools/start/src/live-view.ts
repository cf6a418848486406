import { type Loop, scrape } from '@hybridge/local-stack';
import logUpdate from 'log-update';
import pc from 'picocolors';
import { type Snapshot, formatHops, formatHopsLine, measureHops } from './hops.ts';

const REFRESH_MS = 1_000;
const PLAIN_INTERVAL_MS = 10_000;
/** Rates and quantiles look back this far. */
const WINDOW = 10;

export async function takeSnapshot(loop: Loop): Promise<Snapshot> {
  const apps = await Promise.all(
    loop.apps.names.map(async (name) => [name, await scrape(`${loop.apps.operationsUrl(name)}/metrics`)] as const),
  );
  return { at: Date.now(), apps: Object.fromEntries(apps) };
}

/** Shows the hops until the signal fires: in place on a terminal, else as a plain line now and then. */
export async function showHops(loop: Loop, footer: readonly string[], signal: AbortSignal): Promise<void> {
  const terminal = process.stdout.isTTY;
  const began = Date.now();
  const history: Snapshot[] = [await takeSnapshot(loop)];
  while (!signal.aborted) {
    await pauseFor(terminal ? REFRESH_MS : PLAIN_INTERVAL_MS, signal);
    if (signal.aborted) break;
    history.push(await takeSnapshot(loop));
    if (history.length > (terminal ? WINDOW : 2)) history.shift();
    const hops = measureHops(history.at(-1) as Snapshot, history[0] as Snapshot);
    if (terminal) logUpdate([...heading(began), ...formatHops(hops), '', ...footer].join('\n'));
    else console.log(`${new Date().toISOString()}  ${formatHopsLine(hops)}`);
  }
  if (terminal) logUpdate.done();
}

const heading = (began: number): readonly string[] => [
  '',
  `${pc.bold('The loop runs')} ${pc.dim(`· ${elapsed(Date.now() - began)} · Ctrl-C stops everything`)}`,
  '',
];

function elapsed(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

const pauseFor = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });
