/** What a lab is about: the views, the apps, the rows, and who changes them. */
import { type Traffic, createTraffic } from '@hybridge/load';
import {
  AppName,
  type DrainMarker,
  type Loop,
  type LoopOptions,
  definitionsIn,
  loopApps,
  shopOnly,
} from '@hybridge/local-stack';
import type { ItemReader } from '@hybridge/reader-dynamodb';
import type { Catalog } from '@hybridge/views';
import type { Pool } from 'pg';
import { type JoinedActions, createJoinedActions } from '../joins/joined-actions.ts';
import { catalog as joinedCatalog } from '../joins/joined-catalog.ts';
import { openStockroomMarker, prepareJoinedRows } from '../joins/joined-rows.ts';

export type GroundName = 'shop' | 'joins';

export interface Ground {
  readonly catalog: Catalog;
  /** Size of the databases; default that of the demo. */
  readonly demo?: NonNullable<LoopOptions['demo']>;
  readonly apps: readonly AppName[];
  /** Of the apps. */
  readonly env: Readonly<Record<string, string>>;
  /** Whether customers change anything; else only SQL does. */
  readonly hasCustomers: boolean;
  /** Steers the traffic on rows that point to each other. */
  readonly joined?: Pick<JoinedActions, 'only'>;
  prepare(parts: { readonly loop: Loop; readonly sql: Pool; readonly items: ItemReader }): Promise<GroundParts>;
  traffic(loop: Loop, pace: TrafficPace): Promise<Traffic>;
}

export interface GroundParts extends AsyncDisposable {
  /** Of the sources beside PostgreSQL, as items of a build of the views show them. */
  markers(build?: string): readonly DrainMarker[];
}

export interface TrafficPace {
  readonly ratePerSecond: number;
  readonly seed: number;
}

/** A request without an answer is repeated so long: longer than an app takes to come back. */
const CUSTOMERS_PATIENCE_MS = 60_000;

/** The demo's views of PostgreSQL, the whole loop, clerks and customers. */
function shop(): Ground {
  return {
    ...shopOnly(),
    apps: loopApps,
    hasCustomers: true,
    prepare: async () => ({ markers: () => [], [Symbol.asyncDispose]: async () => undefined }),
    traffic: ({ provisioned, apps }, pace) =>
      createTraffic({
        ...pace,
        sqlUrl: provisioned.sql.adminUrl,
        apiUrl: apps.apiUrl,
        tokenFor: apps.tokenFor,
        customerPercent: 25,
        repeatForMs: CUSTOMERS_PATIENCE_MS,
      }),
  };
}

/** So low that parents of a few rows tell them at once, and those of many leave it to a job that lasts for seconds. */
const FAN_OUT = { PROJECTOR_INLINE_FANOUT: '20', PROJECTOR_FANOUT_ITEMS_PER_SECOND: '300' };

/** Views that embed and items that move, as far as the projector: two sources, and clerks. */
function joins(): Ground {
  const actions = createJoinedActions();
  return {
    catalog: joinedCatalog,
    demo: { customers: 60, products: 50, orders: 120 }, // a few rows are enough, and soon loaded
    env: { ...definitionsIn('tools/faults/src/joins/joined-catalog.ts'), ...FAN_OUT },
    apps: [AppName.projector],
    hasCustomers: false,
    joined: actions,
    async prepare({ loop, sql, items }) {
      await prepareJoinedRows(sql);
      const marker = await openStockroomMarker(loop, items);
      return {
        markers: (build = '1') => [marker.of(build)],
        [Symbol.asyncDispose]: () => marker[Symbol.asyncDispose](),
      };
    },
    traffic: ({ provisioned, stack }, pace) =>
      createTraffic({
        ...pace,
        sqlUrl: provisioned.sql.adminUrl,
        stockroomUrl: stack.endpoints.mariadb.url,
        choose: actions.choose,
      }),
  };
}

export const grounds: Readonly<Record<GroundName, () => Ground>> = { shop, joins };
