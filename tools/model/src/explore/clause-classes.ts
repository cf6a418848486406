/**
 * What becomes of the protocol without one clause of one condition: the configuration that fails, or its class.
 * `nx run protocol:check` finds the classes; the tests fail when one changes.
 */
export const ClauseClass = {
  /** Nothing explored fails without it: another clause implies it, or it only saves work. */
  defence: 'defence',
} as const;

const { defence } = ClauseClass;

/** Clause → label of the smallest configuration known to fail without it, or its class. */
export const CLAUSES: Readonly<Record<string, string>> = {
  'upsertEager: attribute_not_exists(#v)': 'F02',
  'upsertEager: #v < :v': 'F02',
  'upsertEager: attribute_not_exists(#p)': 'F06',
  'upsertLazy: #st IN (:L, :T)': defence,
  'upsertLazy: #v < :v': 'F15',
  'upsertLazy: attribute_not_exists(#p)': 'F32',
  'upsertPartial: #st = :L': defence,
  'upsertPartial: #v < :v': 'F23',
  'upsertPartial: attribute_not_exists(#p)': 'F29',
  'quarantine: attribute_not_exists(#v)': 'F43',
  'quarantine: #v < :v': 'F42',
  'quarantine: attribute_not_exists(#p)': 'F44',
  'fence: attribute_not_exists(#st)': 'F15',
  'fence: #st IN (:F, :T)': defence,
  'fence: #v < :v': 'F23',
  'fence: attribute_not_exists(#p)': defence,
  'remove: attribute_not_exists(#v)': 'F09',
  'remove: #v < :v': 'F02',
  'remove: attribute_not_exists(#p)': 'F06',
  'rebaseVisible: #w = :w0': 'F08',
  'rebaseVisible: #v < :v': defence,
  'rebaseVisible: attribute_exists(#p)': defence,
  'rebaseHidden: #w = :w0': defence,
  'rebaseHidden: #v < :v': defence,
  'rebaseHidden: attribute_exists(#p)': defence,
  'lease: attribute_not_exists(#st)': defence,
  'lease: #st = :F': 'F09',
  'lease: attribute_not_exists(#lt)': 'F40',
  'lease: #lx < :now': 'F40',
  'lease: #st = :T': defence,
  'lease: #nx < :now': defence,
  'lease: attribute_not_exists(#p)': defence,
  'fill: #st = :F': defence,
  'fill: #lt = :tok': defence,
  'fill: #v = :lv': defence,
  'fillAbsent: #st = :F': defence,
  'fillAbsent: #lt = :tok': defence,
  'fillAbsent: #v = :lv': defence,
  'customerUpdate: #st = :L': defence,
  'customerUpdate: #w = :w0': 'F08',
  'customerDelete: #st = :L': defence,
  'customerDelete: #w = :w0': 'F39',
  'customerInsert: attribute_not_exists(#st)': 'F07',
  'customerInsert: #st IN (:F, :T)': defence,
  'customerInsert: #w = :w0': defence,
  'customerInsert: attribute_not_exists(#p)': defence,
  'settleVisible: #w = :w0': 'F08',
  'settleVisible: attribute_exists(#p)': defence,
  'settleHidden: #w = :w0': 'F39',
  'settleHidden: attribute_exists(#p)': defence,
  'settleLive: #w = :w0': 'F06',
  'settleLive: attribute_exists(#p)': defence,
  'settleAbsent: #w = :w0': 'F06',
  'settleAbsent: attribute_exists(#p)': defence,
  'settleUnknown: #w = :w0': 'F41',
  'settleUnknown: attribute_exists(#p)': defence,
  'invalidate: #st = :L': defence,
  'invalidate: #w = :w0': defence,
  'invalidate: attribute_not_exists(#p)': defence,
  'upsertEager: attribute_not_exists(#v) OR #v < :v': 'F02',
  'quarantine: attribute_not_exists(#v) OR #v < :v': 'F42',
  'fence: #st IN (:F, :T) AND #v < :v AND attribute_not_exists(#p)': 'F15',
  'remove: attribute_not_exists(#v) OR #v < :v': 'F02',
  'lease: #st = :F AND (attribute_not_exists(#lt) OR #lx < :now)': 'F40',
  'lease: attribute_not_exists(#lt) OR #lx < :now': 'F40',
  'lease: #st = :T AND #nx < :now AND attribute_not_exists(#p)': defence,
  'customerInsert: #st IN (:F, :T) AND #w = :w0 AND attribute_not_exists(#p)': 'F07',
};

/** Whether something is known to fail without the clause. */
export const isNeeded = (name: string): boolean => CLAUSES[name] !== undefined && CLAUSES[name] !== defence;
