import { z } from 'zod';

/** What the operations server of one app says. */
export interface AppStatus {
  readonly url: string;
  /** Undefined: it did not answer. */
  readonly app: string | undefined;
  readonly healthy: boolean;
  readonly problems: readonly string[];
  /** Sums over all label sets, by metric name; only those worth a look. */
  readonly figures: Readonly<Record<string, number>>;
}

export type Fetch = (url: string, init: { readonly signal: AbortSignal }) => Promise<Response>;

const TIMEOUT_MS = 2_000;

const health = z.object({ app: z.string(), healthy: z.boolean(), problems: z.array(z.string()) });

/** Metrics that tell how things stand; any of `ALARMS` above 0 needs a person. */
const ALARMS = ['projector_halted_partitions', 'inspector_differences'] as const;
const SHOWN: readonly string[] = [
  'projector_lag_records',
  ...ALARMS,
  'inspector_pending_items',
  'inspector_quarantined_items',
];

/** Never throws: an app that does not answer is a finding. */
export async function askApp(url: string, get: Fetch): Promise<AppStatus> {
  try {
    const options = { signal: AbortSignal.timeout(TIMEOUT_MS) };
    const answers = ['health', 'metrics'].map((path) => get(new URL(path, withSlash(url)).href, options));
    const [stateAnswer, metricsAnswer] = (await Promise.all(answers)) as [Response, Response];
    const state = health.parse(await stateAnswer.json());
    return { url, ...state, figures: figuresIn(await metricsAnswer.text()) };
  } catch (error) {
    const problem = error instanceof z.ZodError ? 'it answered, but not as an app of Hybridge' : messageOf(error);
    return { url, app: undefined, healthy: false, problems: [problem], figures: {} };
  }
}

export const isSound = ({ healthy, figures }: AppStatus): boolean =>
  healthy && ALARMS.every((name) => (figures[name] ?? 0) === 0);

const withSlash = (url: string): string => (url.endsWith('/') ? url : `${url}/`);

function messageOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message || cause.name : String(cause);
}

/** Reads Prometheus text. */
function figuresIn(exposition: string): Readonly<Record<string, number>> {
  const figures: Record<string, number> = {};
  for (const line of exposition.split('\n')) {
    const [, name = '', value] = /^([a-zA-Z_:][\w:]*)(?:\{.*\})? (\S+)/.exec(line) ?? [];
    if (SHOWN.includes(name)) figures[name] = (figures[name] ?? 0) + Number(value);
  }
  return figures;
}
