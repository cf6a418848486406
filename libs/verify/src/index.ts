export { ComparisonClass, DIFFERENCES, type DifferenceClass, classify, isDifference } from './classify.ts';
export type {
  CompareDependencies,
  CompareOptions,
  Comparison,
  Counts,
  Difference,
  Progress,
  ViewProgress,
} from './comparison.ts';
export { compareAll, compareView } from './compare.ts';
export {
  type AttributeFacts,
  type ExplainDependencies,
  type Explanation,
  type ItemFacts,
  explainItem,
} from './explain.ts';
export type { BaseFacts, EmbeddedAttribute, EmbeddedFacts, PlaceFacts } from './explain-relations.ts';
export { type ReportOptions, differencesIn, differingAttributes, formatKeyParts, renderReport } from './report.ts';
export { type Repair, type RepairDependencies, RepairOutcome, isRepaired } from './repair-outcome.ts';
export { repairItem } from './repair.ts';
export { keyPartsOf, keyRowFrom } from './key-parts.ts';
export { VerifyError, type VerifyErrorCode } from './errors.ts';
