import { randomBytes } from 'node:crypto';
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { shopOnly, startApps } from '@hybridge/local-stack';
import { SignJWT } from 'jose';
import { startChild } from './child.ts';
import type { Grounds } from './grounds.ts';
import { type HttpTarget, httpContender } from './http-reader.ts';
import type { Order } from './order.ts';
import type { Comparison, WorkloadResult } from './results.ts';
import { compareInTurns } from './rounds.ts';
import { type Site, createSdk } from './sdk.ts';
import { HIT_ITEMS, fillOrders } from './sdk-hit.ts';
import { type RunContext, resultOf, scaled } from './workload.ts';

/** Who signs tokens, for both servers. */
export interface Tokens {
  readonly issuer: string;
  readonly audience: string;
  readonly secret: string;
}

export interface BareRouteJob {
  readonly site: Site;
  readonly tokens: Tokens;
}

export interface BareRouteReady {
  /** `http://host:port` */
  readonly address: string;
}

/** Calls of one contender in one round, at scale 1. */
const CALLS = 1_500;
const CONCURRENCIES = [1, 16] as const;
const NO_LIMIT = '1000000';

/** A hit through view-api in its own process, and through routes that do nothing else. */
export async function measureApiHit(grounds: Grounds, { scale, signal }: RunContext): Promise<WorkloadResult> {
  const tokens: Tokens = { issuer: 'bench', audience: 'bench', secret: randomBytes(32).toString('base64url') };
  const orders = await filledOrders(grounds);
  await using logs = await mkdtempDisposable(join(tmpdir(), 'hybridge-bench-'));
  await using apps = await startViewApi(grounds, { tokens, logDir: logs.path, signal });
  await using routes = startChild<BareRouteReady>(
    'bare-route-main.ts',
    { site: grounds.site, tokens } satisfies BareRouteJob,
    signal,
  );
  const { address } = await routes.next();
  const headers = { authorization: `Bearer ${await tokenOf(tokens)}` };
  const targets: readonly HttpTarget[] = [
    { name: 'bare Fastify route', ours: false, url: `${address}/orders/`, headers: {} },
    { name: 'bare Fastify route with token', ours: false, url: `${address}/with-token/orders/`, headers },
    { name: '`view-api`', ours: true, url: `${apps.apiUrl}/views/orders/`, headers },
  ];
  const comparisons: Comparison[] = [];
  for (const concurrency of CONCURRENCIES) {
    comparisons.push(await compareTargets(targets, orders, { concurrency, calls: scaled(CALLS, scale, 100), signal }));
  }
  return resultOf('api-hit', '`GET` of a document through `view-api`, beside a Fastify route around `GetItem`', {
    comparisons,
    remarks: [
      'Eventually consistent reads over connections that stay open; each server in a process of its own.',
      'Tokens are HS256; `view-api` also checks scopes, counts requests for the rate limit (raised here) and sets its headers.',
    ],
  });
}

async function compareTargets(
  targets: readonly HttpTarget[],
  orders: readonly Order[],
  course: { readonly concurrency: number; readonly calls: number; readonly signal: AbortSignal },
): Promise<Comparison> {
  using stack = new DisposableStack();
  const contenders = targets.map((target) => stack.use(httpContender(target, orders, course.concurrency)).contender);
  return await compareInTurns(contenders, { ...course, setting: `${course.concurrency} in flight` });
}

async function filledOrders(grounds: Grounds): Promise<readonly Order[]> {
  await using sdk = createSdk(grounds.site);
  return await fillOrders(sdk.hybridge, await grounds.takeOrders(HIT_ITEMS));
}

const startViewApi = (
  { endpoints, site }: Grounds,
  { tokens, ...options }: { readonly tokens: Tokens; readonly logDir: string; readonly signal: AbortSignal },
) =>
  startApps({
    ...options,
    endpoints,
    apps: ['view-api'],
    provisioned: { queueUrl: 'none', tableName: site.tableName },
    env: {
      ...shopOnly().env,
      VIEW_API_JWT_ISSUER: tokens.issuer,
      VIEW_API_JWT_AUDIENCE: tokens.audience,
      VIEW_API_JWT_SECRET: tokens.secret,
      VIEW_API_RATE_LIMIT_PER_MINUTE: NO_LIMIT,
      VIEW_API_ADDRESS_RATE_LIMIT_PER_MINUTE: NO_LIMIT,
    },
  });

/** Of the shop's own people, who may read every order. */
const tokenOf = ({ issuer, audience, secret }: Tokens): Promise<string> =>
  new SignJWT({ scope: 'staff' })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject('bench')
    .setIssuer(issuer)
    .setAudience(audience)
    .setExpirationTime('12h')
    .sign(new TextEncoder().encode(secret));
