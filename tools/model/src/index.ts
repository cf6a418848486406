export { type CheckOptions, check } from './checker/check.ts';
export type { Model, Step, Verdict, Violation } from './checker/model.ts';
export { type Configuration, type ConfigurationInput, type Budgets, configuration } from './row/configuration.ts';
export { type Design, SHIPPED } from './row/design.ts';
export { createRowModel } from './row/row-model.ts';
