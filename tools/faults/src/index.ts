/** Faults of the real stack, as the command line and the end-to-end tests run them. */
export { catalog as joinedCatalog } from './joins/joined-catalog.ts';
export { type GroundName } from './lab/grounds.ts';
export { type FaultOptions, parseOptions } from './options.ts';
export { type FaultLab, type FaultLabOptions, openFaultLab } from './lab/open-fault-lab.ts';
export {
  type Facts,
  type Scenario,
  type ScenarioOptions,
  type ScenarioResult,
  type ScenarioRun,
  runScenario,
} from './lab/run-scenario.ts';
export { Cut, type SqlProxy, type SqlProxyOptions, createSqlProxy } from './proxy/sql-proxy.ts';
export { type KillOptions } from './scenarios/kills.ts';
export { scenarioNames, scenarioOf, scenarios } from './scenarios/scenarios.ts';
