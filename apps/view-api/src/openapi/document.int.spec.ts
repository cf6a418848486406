import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { catalog } from '@hybridge/definitions';
import { type Column, columnOf, fromPlain } from '@hybridge/views';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { ask } from '../testing/ask.ts';
import { createMemoryApi } from '../testing/memory-api.ts';
import { openApiOf } from './document.ts';
import { valueSchema } from './value-schema.ts';

/** Outside jest: the validator is an ES module. */
const VALIDATE = `
  import { Validator } from '@seriousme/openapi-schema-validator';
  const validator = new Validator();
  const { valid, errors } = await validator.validate(JSON.parse(process.argv[1]));
  console.log(JSON.stringify({ valid, errors, version: validator.version }));`;

async function validate(document: object): Promise<{ readonly valid: boolean; readonly errors: unknown }> {
  const args = ['--input-type=module', '-e', VALIDATE, JSON.stringify(document)];
  return JSON.parse((await promisify(execFile)(process.execPath, args, { cwd: __dirname })).stdout);
}

const openApi = openApiOf(catalog) as {
  readonly paths: Record<string, Record<string, { readonly security?: unknown }>>;
  readonly components: { readonly schemas: Record<string, { properties: object; required: string[] }> };
};

describe('GET /openapi.json', () => {
  it('is valid OpenAPI 3.1', async () => {
    const { app } = createMemoryApi();
    const answer = await ask(app, { url: '/openapi.json', as: null });
    await app.close();
    expect(answer.json().openapi).toBe('3.1.0');
    expect(await validate(answer.json())).toMatchObject({ valid: true, version: '3.1' });
    expect((await validate({ ...answer.json(), paths: 7 })).valid).toBe(false);
  });

  it('has what the definitions let somebody do, and nothing else', () => {
    const operations = Object.entries(openApi.paths).flatMap(([path, item]) =>
      Object.keys(item).flatMap((method) => (method === 'parameters' ? [] : [`${method} ${path}`])),
    );
    expect(operations.filter((name) => !/events|changeId/.test(name))).toEqual([
      'get /views',
      'get /views/customers/{id}',
      'patch /views/customers/{id}',
      'get /views/addresses/{customer_id},{label}',
      'put /views/addresses/{customer_id},{label}',
      'patch /views/addresses/{customer_id},{label}',
      'delete /views/addresses/{customer_id},{label}',
      'get /views/products/{id}',
      'get /views/products/{id}/collection',
      'get /views/orders/{id}',
      'patch /views/orders/{id}',
      'get /indexes/orders/byCustomer',
      'get /indexes/orders/noted',
      'get /views/wishes/{customer_id},{product_id}',
      'put /views/wishes/{customer_id},{product_id}',
      'patch /views/wishes/{customer_id},{product_id}',
      'delete /views/wishes/{customer_id},{product_id}',
      'get /views/stock/{product_id}',
      'get /views/prices/{product_id},{currency}',
    ]);
    expect(openApi.paths['/views/products/{id}']?.['get']?.security).toEqual([{}, { token: [] }]);
    expect(openApi.paths['/views/orders/{id}']?.['get']?.security).toEqual([{ token: [] }]);
  });

  it('lists exactly the attributes of the allow-lists, and asks for what an insert needs', () => {
    const { schemas } = openApi.components;
    expect(Object.keys(schemas['CustomersUpdate']?.properties ?? {})).toEqual(
      catalog.byName('customers').changes.allow,
    );
    expect(schemas['AddressesInsert']?.required).toEqual(['street', 'postalCode', 'city', 'country']);
    expect(schemas['Customers']?.required).not.toContain('creditLimit');
  });
});

describe('schemas of values', () => {
  const samples: readonly unknown[] = [
    null, true, false, 0, -1, 1.5, 32_768, 2_147_483_648, 2 ** 53, 1e-140, 1e300, '', 'x', '12', '-12.50', '1e3', 'a\u0000b',
    '9223372036854775807', '99999999999999999999', '2026-02-30', '2026-02-28', '2026-02-28T10:00:00Z', '2024-02-29T23:59:59.123456Z',
    '2025-02-29T10:00:00Z', '2026-04-31T10:00:00Z', '0000-01-01T00:00:00Z', '2000-02-29T00:00:00Z', '1900-02-29T00:00:00Z', 'infinity', '-infinity',
    '00000000-0000-4000-8000-000000000001', 'AAEC', 'AAEC=', [], [1, [null]], {}, { a: { b: 'c' } }, { a: 1e300 },
  ]; // prettier-ignore
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema({ $id: 'openapi', components: openApi.components });
  const columns = catalog.views.flatMap((view) =>
    view.attributeNames.map((name: string): [string, Column, (value: unknown) => unknown] => [
      `${view.name}.${name}`,
      columnOf(view.table, view.attributes[name]),
      (value) => fromPlain(view, name, value),
    ]),
  );

  /** Text forms that only the codec can judge; the document describes them in words. */
  const inWords = ['date', 'numeric', 'bytea'];

  it.each(columns)('%s: refuse nothing that is documented', (_, column, read) => {
    const schema = JSON.parse(JSON.stringify(valueSchema(column)).replaceAll('"#/', '"openapi#/'));
    const documented = ajv.compile(schema);
    for (const value of samples) {
      const isInWords = typeof value === 'string' && inWords.includes(column.codec.sqlType);
      if (isInWords || !documented(value)) continue;
      try {
        read(value);
      } catch (error) {
        throw new Error(`documents ${JSON.stringify(value)}, but refuses it: ${String(error)}`, { cause: error });
      }
    }
  });

  it('knows every type of this installation', () => {
    const types = columns.map(([, column]) => valueSchema(column));
    expect(types).not.toContainEqual({});
  });
});
