export { ComparisonClass, DIFFERENCES, type DifferenceClass, classify, isDifference } from './classify.ts';
export {
  type CompareDependencies,
  type CompareOptions,
  type Comparison,
  type Difference,
  compareAll,
  compareView,
} from './compare.ts';
export { differencesIn, renderReport } from './report.ts';
export { type SweepDependencies, sweep } from './sweep.ts';
