import {
  type ChildFlight,
  type Item,
  type Write,
  decideBaseChange,
  decideRefresh,
  mustFanOut,
  pageDoneWrite,
  strayReferenceWrite,
} from '@hybridge/protocol';

/** Every decision about relations that the model takes. `SHIPPED_JOINS` is what runs; others change one part of it. */
export interface JoinDesign {
  readonly conditionOf: (write: Write) => string;
  readonly updateOf: (write: Write) => string;
  /** A parent's base item, as whoever reads it takes it. */
  readonly baseSeen: (item: Item | undefined) => Item | undefined;
  readonly decideBaseChange: typeof decideBaseChange;
  readonly decideRefresh: typeof decideRefresh;
  readonly mustFanOut: typeof mustFanOut;
  readonly strayReferenceWrite: typeof strayReferenceWrite;
  readonly pageDoneWrite: typeof pageDoneWrite;
  /** Whether the machine's next calls are left out. */
  readonly skips: (flight: ChildFlight<string>) => boolean;
  /** References are put after the item. */
  readonly referencesLast: boolean;
  /** A query for references shows a new one at once. */
  readonly referencesAtOnce: boolean;
  /** A merged change says that it stands for others. */
  readonly tellsCovers: boolean;
  /** An answer with an image brings where its row points. */
  readonly answersPoint: boolean;
  /** A fill puts references. */
  readonly fillsRefer: boolean;
}

export const SHIPPED_JOINS: JoinDesign = {
  conditionOf: (write) => write.condition,
  updateOf: (write) => write.update,
  baseSeen: (item) => item,
  decideBaseChange,
  decideRefresh,
  mustFanOut,
  strayReferenceWrite,
  pageDoneWrite,
  skips: () => false,
  referencesLast: false,
  referencesAtOnce: true,
  tellsCovers: true,
  answersPoint: true,
  fillsRefer: true,
};
