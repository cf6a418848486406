import { type ItemKey, formatKey } from '@hybridge/protocol';
import type { ParkWork, RecordPlace } from './work.ts';

export type ProjectorErrorCode =
  | 'HYBRIDGE_PROJECTOR_RECORD_UNREADABLE'
  | 'HYBRIDGE_PROJECTOR_SCHEMA_CHANGED'
  | 'HYBRIDGE_PROJECTOR_TRUNCATE_REFUSED'
  | 'HYBRIDGE_PROJECTOR_TOO_MANY_PARKED';

/** A record the projector cannot go past without losing something: its partition halts. */
export class ProjectorError extends Error {
  override readonly name = 'ProjectorError';
  readonly retry = 'permanent';
  readonly code: ProjectorErrorCode;

  constructor(code: ProjectorErrorCode, record: RecordPlace, problem: string, options?: ErrorOptions) {
    super(`${record.topic}[${record.partition}] offset ${record.offset}: ${problem}`, options);
    this.code = code;
  }
}

/** A fenced item of an eager view that could not be filled yet. Transient: it must not stay a fence. */
export class FillPendingError extends Error {
  override readonly name = 'FillPendingError';
  readonly code = 'HYBRIDGE_PROJECTOR_FILL_PENDING';
  readonly retry = 'transient';

  constructor(key: ItemKey, reason: string) {
    super(`${formatKey(key)} waits for its fill: ${reason}`);
  }
}

/** So many changes that cannot be applied are a change of the schema: the partition halts until somebody has looked. */
export class TooManyParkedError extends ProjectorError {
  constructor(place: RecordPlace, work: ParkWork, maxParked: number) {
    super(
      'HYBRIDGE_PROJECTOR_TOO_MANY_PARKED',
      place,
      `${work.reason} ${maxParked} keys are parked already. Mend the cause, release them (hybridge parked), restart.`,
    );
  }
}
