export { SqlRole, type TableRights, rightsOf } from '@hybridge/setup';
