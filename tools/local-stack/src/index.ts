/** The real stack on one machine: native processes or docker compose from one description. */
export { AwsEmulator, readStackConfig } from './config.ts';
export type { StackConfig } from './config.ts';
export { pinnedCompose } from './compose/pinned-compose.ts';
export { type PythonModule, pinnedSchemathesis } from './fuzz/pinned-schemathesis.ts';
export { renderCompose } from './compose/render-compose.ts';
export {
  ComponentName,
  PortName,
  access,
  componentNames,
  components,
  portDescriptions,
  versions,
} from './description.ts';
export type { ComponentDescription, PortDescription, Ports } from './description.ts';
export { StackForm, endpointsOf } from './endpoints.ts';
export type { Endpoints } from './endpoints.ts';
export { heapFlags } from './apps/app-command.ts';
export {
  CacheUnreachableError,
  ChecksumError,
  ComponentFailedError,
  ComposeError,
  DiskFullError,
  DownloadError,
  InvalidSettingError,
  LocalStackError,
  MissingProgramError,
  PortInUseError,
  UnknownComponentError,
  UnsupportedPlatformError,
} from './errors.ts';
export { ensureInstalled } from './install/install.ts';
export type { InstallOptions } from './install/install.ts';
export type { InstalledParts } from './install/installed-parts.ts';
export type { ComponentCrash, LocalStack } from './local-stack.ts';
export { pollUntil } from './poll.ts';
export { findFreePorts } from './ports.ts';
export type { OnProgress, ProgressEvent } from './progress.ts';
export { createProgressView } from './progress-view.ts';
export type { ProgressView } from './progress-view.ts';
export { startStack } from './start-stack.ts';
export type { StackOptions } from './start-stack.ts';
export { stopRunningStacks } from './stop-running-stacks.ts';
export { AppName, loopApps } from './apps/app-environment.ts';
export type { AppPorts, AppResources } from './apps/app-environment.ts';
export type { AppCrash } from './apps/app-runner.ts';
export type { TokenFor } from './apps/local-tokens.ts';
export { startApps } from './apps/start-apps.ts';
export type { Apps, AppsOptions } from './apps/start-apps.ts';
export { ProvisionStep, provision } from './provision/provision.ts';
export type { ProvisionOptions, ProvisionState, Provisioned } from './provision/provision.ts';
export { startLoop } from './loop/start-loop.ts';
export type { Loop, LoopOptions } from './loop/start-loop.ts';
export { type Samples, buckets, parseMetrics, quantile, scrape, total } from './apps/scrape.ts';
export { provisionTablesOnly } from './provision/provision-aws.ts';
export { type BusTap, openBusTap } from './bus-tap.ts';
export { definitionsIn, shopOnly } from './definitions/other-definitions.ts';
export { type DrainMarker, type DrainParts, drained } from './loop/drained.ts';
