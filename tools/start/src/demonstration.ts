import { CustomerChangeApplied, CustomerChangeRejected, ProductRepriced } from '@hybridge/contracts';
import pc from 'picocolors';
import { nightlyJob } from './nightly-job.ts';
import { type Stage, call, check, scene, until } from './story.ts';

const PRODUCT = '/views/products/7';
/** Who asks in the story. */
export const CUSTOMER_ID = '42';
const CUSTOMER = `/views/customers/${CUSTOMER_ID}`;

/** The four things a newcomer should see. @throws when one of them does not happen as told */
export async function playDemonstration(stage: Stage): Promise<void> {
  await priceChange(stage);
  await addressChange(stage);
  await refusedChange(stage);
  await nightlyJob(stage);
}

async function priceChange(stage: Stage): Promise<void> {
  await scene(stage, '1  Somebody changes a price in the SQL database', async (tell) => {
    const before = await call(stage, 'GET', PRODUCT);
    check(before.status === 200, 'product 7 is served from DynamoDB', before);
    const price = (Number(before.body['price']) + 1).toFixed(2);
    tell('   ', `product 7 (${String(before.body['name'])}) costs ${String(before.body['price'])} in DynamoDB`);
    const statement = `UPDATE products SET list_price = ${price} WHERE id = 7`;
    await stage.sql.query(statement);
    tell('SQL', pc.cyan(statement));
    const shown = await until(
      stage,
      'The new price in DynamoDB',
      () => call(stage, 'GET', PRODUCT),
      (answer) => Number(answer.body['price']) === Number(price),
    );
    tell('DDB', `the item says ${String(shown.body['price'])}`);
    const event = await stage.bus.next(ProductRepriced, ({ data }) => Number(data.price) === Number(price));
    tell('BUS', `${pc.magenta('ProductRepriced')} ${JSON.stringify(event.data)}`);
  });
}

async function addressChange(stage: Stage): Promise<void> {
  await scene(stage, '2  A customer moves, on the web site', async (tell) => {
    const before = await call(stage, 'GET', CUSTOMER);
    const city = before.body['city'] === 'Utrecht' ? 'Delft' : 'Utrecht';
    const address = { street: 'Oudegracht 1', postalCode: '3511 AB', city };
    const accepted = await call(stage, 'PATCH', CUSTOMER, address);
    check(accepted.status === 202, 'the change is accepted', accepted);
    tell('API', pc.cyan(`PATCH ${CUSTOMER} ${JSON.stringify(address)}`));
    const shown = await call(stage, 'GET', CUSTOMER);
    check(shown.body['city'] === city, 'the customer sees the new address at once', shown.body);
    tell('DDB', `the customer sees ${city} at once; SQL does not know yet`);
    await until(
      stage,
      'The new address in SQL',
      async () => (await stage.sql.query<{ city: string }>('SELECT city FROM customers WHERE id = 42')).rows[0],
      (row) => row?.city === city,
    );
    tell('SQL', `customers.city of customer 42 is ${city}`);
    const changeId = String(accepted.body['changeId']);
    await stage.bus.next(CustomerChangeApplied, ({ data }) => data.changeId === changeId);
    tell('BUS', `${pc.magenta('CustomerChangeApplied')} ${changeId}`);
  });
}

async function refusedChange(stage: Stage): Promise<void> {
  await scene(stage, '3  A customer asks for something SQL refuses', async (tell) => {
    const before = await call(stage, 'GET', CUSTOMER);
    const taken = (await stage.sql.query<{ email: string }>('SELECT email FROM customers WHERE id = 43')).rows[0]
      ?.email;
    const accepted = await call(stage, 'PATCH', CUSTOMER, { email: taken });
    check(accepted.status === 202, 'the change is accepted', accepted);
    tell('API', pc.cyan(`PATCH ${CUSTOMER} {"email":"${taken}"}`) + ' – the address of another customer');
    const changeId = String(accepted.body['changeId']);
    const event = await stage.bus.next(CustomerChangeRejected, ({ data }) => data.changeId === changeId);
    check(event.data.code === 'UNIQUE', 'the reason is UNIQUE', event.data);
    tell('BUS', `${pc.magenta('CustomerChangeRejected')} ${String(event.data.code)}: ${String(event.data.message)}`);
    const after = await call(stage, 'GET', CUSTOMER);
    check(after.body['email'] === before.body['email'], 'the item shows the old e-mail again', after.body);
    tell('DDB', `undone: the item says ${String(after.body['email'])} again`);
    const outcome = await call(stage, 'GET', `${CUSTOMER}/changes/${changeId}`);
    tell('API', `GET …/changes/${changeId.slice(0, 6)}… → ${JSON.stringify(outcome.body)}`);
  });
}
