import type { ChangeTopic } from '../change-topic.ts';
import type { Target } from '../target.ts';

export const ContenderName = {
  ours: 'ours',
  oursOrdinary: 'ours-ordinary',
  bento64: 'bento-64',
  bento1: 'bento-1',
  updateItem: 'update-item',
  partiql: 'partiql',
  batchWrite: 'batch-write',
} as const;
export type ContenderName = (typeof ContenderName)[keyof typeof ContenderName];

export const TITLES: Readonly<Record<ContenderName, string>> = {
  ours: 'Hybridge projector',
  'ours-ordinary': 'Hybridge projector, without PROJECTOR_FIRST_LOAD=bulk',
  'bento-64': 'Bento 1.20.0, 64 in flight (its default), batches of 25',
  'bento-1': 'Bento 1.20.0, 1 in flight, batches of 25',
  'update-item': 'ceiling: conditional `UpdateItem`',
  partiql: 'ceiling: conditional PartiQL, 25 a call',
  'batch-write': 'unconditional `BatchWriteItem`, 25 a call',
};

/** A program that reads the topic and writes the table. */
export interface Program {
  readonly file: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly groupId: string;
  /** Whether it is done only once it has opened the table to readers. */
  readonly opensTable?: boolean;
}

/** Whose items must be as SQL says. */
export const isOurs = (contender: ContenderName): boolean =>
  contender === ContenderName.ours || contender === ContenderName.oursOrdinary;

export interface ProgramContext {
  readonly topic: ChangeTopic;
  readonly target: Target;
  /** For configuration and logs; absolute. */
  readonly directory: string;
}
