/** The comparison itself is a lib, which the command line shares. */
export {
  type CompareDependencies,
  type CompareOptions,
  type Comparison,
  ComparisonClass,
  DIFFERENCES,
  type Difference,
  type DifferenceClass,
  classify,
  compareAll,
  compareView,
  differencesIn,
  isDifference,
  renderReport,
} from '@hybridge/verify';
export { type SweepDependencies, sweep } from './sweep.ts';
