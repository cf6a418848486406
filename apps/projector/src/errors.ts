import type { ChangeRecord } from '@hybridge/source-kafka';
import { type ItemKey, formatKey } from '@hybridge/protocol';

export type ProjectorErrorCode = 'HYBRIDGE_PROJECTOR_RECORD_UNREADABLE' | 'HYBRIDGE_PROJECTOR_TRUNCATE_REFUSED';

/** A record the projector cannot go past without losing something: its partition halts. */
export class ProjectorError extends Error {
  override readonly name = 'ProjectorError';
  readonly retry = 'permanent';
  readonly code: ProjectorErrorCode;

  constructor(code: ProjectorErrorCode, record: ChangeRecord, problem: string, options?: ErrorOptions) {
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
