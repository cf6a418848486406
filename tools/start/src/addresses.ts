import { type Loop, access } from '@hybridge/local-stack';
import pc from 'picocolors';
import { CUSTOMER_ID } from './demonstration.ts';

/** Where everything answers, one line each. */
export function addressesOf({ apps, stack, provisioned, logDir }: Loop): readonly string[] {
  const { endpoints } = stack;
  const rows: [string, string][] = [
    ['view-api', apps.apiUrl],
    ['PostgreSQL', endpoints.postgres.url],
    ['MariaDB', endpoints.mariadb.url],
    ['Kafka', endpoints.kafka.brokers.join(', ')],
    ['Kafka Connect', endpoints.connect.url],
    ['DynamoDB Local', `${endpoints.dynamodb.endpoint}  table ${provisioned.aws.tableName}`],
    ['EventBridge, SQS', `${endpoints.aws.endpoint}  bus ${provisioned.aws.busName}`],
    ...apps.names.map((name): [string, string] => [`${name} metrics`, `${apps.operationsUrl(name)}/metrics`]),
    ['logs', logDir],
  ];
  return rows.map(([name, address]) => `  ${name.padEnd(20)}${pc.cyan(address)}`);
}

/** What a newcomer may try next, with a token that makes them a customer. */
export async function suggestionsFor({ apps, stack }: Loop): Promise<readonly string[]> {
  const { postgres, mariadb } = stack.endpoints;
  return [
    pc.bold('Try'),
    `  curl ${apps.apiUrl}/views/products/7/collection`,
    `  curl ${apps.apiUrl}/views/prices/7,EUR`,
    `  TOKEN=${await apps.tokenFor(CUSTOMER_ID)}`,
    `  curl -X PATCH ${apps.apiUrl}/views/customers/${CUSTOMER_ID} -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' -d '{"city":"Gouda"}'`,
    `  curl -N ${apps.apiUrl}/views/customers/${CUSTOMER_ID}/events -H "authorization: Bearer $TOKEN"`,
    `  psql ${postgres.url} -c "UPDATE products SET list_price = 9.99 WHERE id = 7"`,
    `  mariadb --host ${mariadb.host} --port ${mariadb.port} --user ${access.mariadb.adminUser} --password=${access.mariadb.adminPassword} ${mariadb.database} -e "CALL reprice('EUR', -10)"`,
    `  npm start -- --traffic 50`,
  ];
}
