import {
  type Attributes,
  type Item,
  type Truth,
  type Version,
  ViewMode,
  ZERO_VERSION,
  isUnpositioned,
  pendingOf,
  truthOf,
  versionOf,
} from '@hybridge/protocol';

/** How the SQL truth of an item changed by one write. Columns are undefined where the row is absent or was not known. */
export interface TruthChange {
  readonly kind: 'created' | 'changed' | 'deleted';
  readonly before: Attributes | undefined;
  readonly after: Attributes | undefined;
  readonly version: Version;
}

/**
 * What a write says about SQL, or undefined when it is no news.
 *
 * Only a newer version with a place in the log is news: customer changes, leases, fills and repairs keep the version,
 * snapshot rows have no place. What comes later with an equal truth (a row event behind its settle, or the other way
 * round) is found equal where the columns are compared.
 */
export function truthChangeOf(before: Item | undefined, after: Item, mode: ViewMode): TruthChange | undefined {
  const version = newsVersion(before, after);
  if (version === undefined) return undefined;
  const old = knownBefore(before, mode);
  const now = truthOf(after);
  const columns = old.exists === true ? old.columns : undefined;
  if (now.exists === true) {
    return { kind: old.exists === false ? 'created' : 'changed', before: columns, after: now.columns, version };
  }
  const deleted =
    now.exists === false && (old.exists === true || (old.exists === 'unknown' && provesDeletion(before, after, mode)));
  return deleted ? { kind: 'deleted', before: columns, after: undefined, version } : undefined;
}

/** The new version if it is newer than the old one and has a place in the log. */
function newsVersion(before: Item | undefined, after: Item): Version | undefined {
  const version = versionOf(after);
  if (version === undefined || isUnpositioned(version)) return undefined;
  const old = before === undefined ? undefined : versionOf(before);
  return old !== undefined && version <= old ? undefined : version;
}

/**
 * In an eager view every row has an item, so a key without one had no row. A key that a reader or a customer touched
 * first (version zero) is such a key too.
 */
function knownBefore(item: Item | undefined, mode: ViewMode): Truth {
  const truth: Truth = item === undefined ? { exists: 'unknown' } : truthOf(item);
  const untouched = item === undefined || (versionOf(item) ?? ZERO_VERSION) === ZERO_VERSION;
  return mode === ViewMode.eager && untouched && truth.exists === 'unknown' ? { exists: false } : truth;
}

/**
 * SQL says "absent" of a key nobody knew. A row event says so only of a row that was there; the answer to a refused
 * insert says so too of one that never was, which matters where rows need not have items.
 */
function provesDeletion(before: Item | undefined, after: Item, mode: ViewMode): boolean {
  if (mode === ViewMode.eager || before === undefined) return true;
  return pendingOf(before).length === pendingOf(after).length;
}
