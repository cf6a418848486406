/** Child process of `api-hit.ts`: what one writes with Fastify to hand out an item, without and with a token. */
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { createDynamoDbClient } from '@hybridge/reader-dynamodb';
import Fastify from 'fastify';
import { jwtVerify } from 'jose';
import type { BareRouteJob, BareRouteReady } from './api-hit.ts';
import { atEnd, readJob, tell } from './child-side.ts';
import { orderKey } from './order.ts';

const { site, tokens } = readJob<BareRouteJob>();
const client = createDynamoDbClient(site.dynamodb);
const secret = new TextEncoder().encode(tokens.secret);
const rules = { issuer: tokens.issuer, audience: tokens.audience, algorithms: ['HS256'] };
const app = Fastify();

async function readOrder(id: string): Promise<object> {
  const { pk, sk } = orderKey(id);
  const { Item = {} } = await client.send(
    new GetItemCommand({ TableName: site.tableName, Key: { pk: { S: pk }, sk: { S: sk } } }),
  );
  const { reference, customerId, status, total, note, placedAt, shippedAt } = unmarshall(Item, { wrapNumbers: String });
  return { id, reference, customerId, status, total, note, placedAt, shippedAt };
}

app.get<{ Params: { id: string } }>('/orders/:id', ({ params }) => readOrder(params.id));

app.get<{ Params: { id: string } }>('/with-token/orders/:id', async ({ params, headers }, reply) => {
  const given = headers.authorization?.replace(/^Bearer /, '') ?? '';
  const verified = await jwtVerify(given, secret, rules).catch(() => undefined);
  return verified === undefined ? reply.code(401).send({ message: 'no valid token' }) : readOrder(params.id);
});

const address = await app.listen({ host: '127.0.0.1', port: 0 });
tell({ address } satisfies BareRouteReady);
atEnd(async () => {
  await app.close();
  client.destroy();
});
