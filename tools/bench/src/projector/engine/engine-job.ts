/** `engine`: nothing is written · `decide`: every write is decided and built, and answered with yes · `consume`: no engine. */
export const EngineKind = { consume: 'consume', engine: 'engine', decide: 'decide' } as const;
export type EngineKind = (typeof EngineKind)[keyof typeof EngineKind];

/** What the child process is told, as JSON in its only argument. */
export interface EngineJob {
  readonly kind: EngineKind;
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly records: number;
}

/** What it answers, as its last line of output: from the first batch to the last record done. */
export interface EngineAnswer {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakRssBytes: number;
}
