export { type MigrateOptions, migrate } from './migrate.ts';
export { DEMO_SIZES, type DemoOptions, type DemoSize, createDemo } from './demo.ts';
export { DEFAULT_PUBLICATION, type PublicationOptions, ensurePublication } from './publication.ts';
export { type AccessOptions, ensureAccess } from './access.ts';
export { SqlRole } from './grants.ts';
export { INBOX_TABLE } from './captured-tables.ts';
export { isSlotActive } from './replication-slot.ts';
export { SqlSetupError, type SqlSetupErrorCode } from './errors.ts';
