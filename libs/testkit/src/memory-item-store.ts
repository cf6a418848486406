import {
  type Attributes,
  type Item,
  type ItemKey,
  type ItemStore,
  type Write,
  type WriteResult,
  formatKey,
  hasPending,
  keyOf,
  text,
} from '@hybridge/protocol';
import { TestkitError } from './errors.ts';
import { holds } from './expression/condition.ts';
import { updated } from './expression/update.ts';

/** The view table in memory: evaluates the protocol's literal expressions as DynamoDB does. */
export interface MemoryItemStore extends ItemStore {
  /** The item now, without a read of the store. */
  peek(key: ItemKey): Item | undefined;
  items(): readonly Item[];
  pendingItems(): readonly Item[];
  /** Writes so far, in order, with what became of each. */
  readonly writes: readonly { readonly write: Write; readonly ok: boolean }[];
  /** Puts an item as a raw writer would, past every condition. */
  put(item: Item): void;
  /** Takes an item away, as TTL does. */
  expire(key: ItemKey): void;
  /**
   * The next write throws. With `applied` it takes effect first: the answer is lost on the way back.
   * Several calls line up.
   */
  failNextWrite(error: Error, options?: { readonly applied?: boolean }): void;
}

/**
 * @param initial items to begin with
 * @returns a store whose `write` throws TestkitError where DynamoDB would answer ValidationException
 */
export function createMemoryItemStore(initial: readonly Item[] = []): MemoryItemStore {
  const items = new Map(initial.map((item) => [formatKey(keyOf(item)), item]));
  const writes: { write: Write; ok: boolean }[] = [];
  const faults: { error: Error; applied: boolean }[] = [];

  const apply = (write: Write): WriteResult => {
    assertPlaceholdersUsed(write);
    const id = formatKey(write.key);
    const old = items.get(id);
    const scope = { attributes: old ?? {}, names: write.names, values: write.values };
    const ok = holds(write.condition, scope);
    writes.push({ write, ok });
    if (!ok) return { ok, item: old };
    if (write.update === '') {
      items.delete(id);
      return { ok, item: undefined };
    }
    const item: Item = { ...updated(write.update, scope), pk: text(write.key.pk), sk: text(write.key.sk) };
    items.set(id, item);
    return { ok, item: write.returnNew ? item : undefined };
  };

  return {
    writes,
    get: async (key) => items.get(formatKey(key)),
    write: async (write) => {
      const fault = faults.shift();
      if (fault === undefined) return apply(write);
      if (fault.applied) apply(write);
      throw fault.error;
    },
    peek: (key) => items.get(formatKey(key)),
    items: () => [...items.values()],
    pendingItems: () => [...items.values()].filter(hasPending),
    put: (item) => void items.set(formatKey(keyOf(item)), item),
    expire: (key) => void items.delete(formatKey(key)),
    failNextWrite: (error, options = {}) => void faults.push({ error, applied: options.applied ?? false }),
  };
}

/** DynamoDB refuses names and values that no expression mentions. */
function assertPlaceholdersUsed(write: Write): void {
  const mentioned = new Set(`${write.condition} ${write.update}`.match(/[#:][A-Za-z0-9_]+/g));
  const unused = placeholders(write.names, write.values).filter((placeholder) => !mentioned.has(placeholder));
  if (unused.length === 0) return;
  throw new TestkitError(
    'HYBRIDGE_TESTKIT_EXPRESSION_INVALID',
    `${write.expression} does not mention ${unused.join(', ')}.`,
  );
}

const placeholders = (names: Readonly<Record<string, string>>, values: Attributes): readonly string[] => [
  ...Object.keys(names),
  ...Object.keys(values),
];
