/** Northwind, loaded as it is: init, doctor, the loop with what was written, every view held against SQL. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { diagnoseSource } from '@hybridge/cli';
import { type LocalStack, startStack } from '@hybridge/local-stack';
import { ItemState, stateOf } from '@hybridge/protocol';
import { type AnyView, type Catalog, type Document, type Source, toDocument } from '@hybridge/views';
import pg from 'pg';
import { type DefinitionsFolder, definitionsFolder, hybridge } from '../cli/generated-definitions.ts';
import { type AdoptedDatabase, adopt, faultsOf, openDatabase } from './adopted-database.ts';

const NORTHWIND = readFileSync(path.resolve(__dirname, '../../fixtures/northwind/northwind.sql'), 'utf8');

let stack: LocalStack;
let folder: DefinitionsFolder;
let sql: pg.Client;
let url: string;
let catalog: Catalog;
let adopted: AdoptedDatabase;

beforeAll(async () => {
  stack = await startStack({ form: 'native', ports: 'free', components: ['postgres', 'kafka', 'connect', 'dynamodb'] });
  process.env['AWS_ACCESS_KEY_ID'] = stack.endpoints.credentials.accessKeyId;
  process.env['AWS_SECRET_ACCESS_KEY'] = stack.endpoints.credentials.secretAccessKey;
  folder = definitionsFolder();
  const admin = new pg.Client({ connectionString: stack.endpoints.postgres.url });
  await admin.connect();
  await admin.query('CREATE DATABASE northwind');
  await admin.end();
  url = stack.endpoints.postgres.url.replace(/[^/]*$/, 'northwind');
  sql = new pg.Client({ connectionString: url });
  await sql.connect();
  await sql.query(NORTHWIND);
  // The dump empties the search path of its session.
  await sql.query('SET search_path = public');
});

afterAll(async () => {
  await adopted?.[Symbol.asyncDispose]();
  await sql?.end();
  folder?.[Symbol.dispose]();
  await stack?.stop();
});

const viewOf = (name: string): AnyView => catalog.byName(name);

/** The document at a key as a reader sees it. */
async function documentAt(view: string, pk: string, sk: string): Promise<Document | undefined> {
  const item = await adopted.items.get({ pk, sk });
  return item === undefined || stateOf(item) !== ItemState.live ? undefined : toDocument(viewOf(view), item);
}

const product = (id: number) => documentAt('products', `p1#PRODUCT#${id}`, 'PRODUCT');
const order = (id: number) => documentAt('orders', `o1#ORDER#${id}`, 'ORDER');
const line = (id: number, of: number) => documentAt('orderDetails', `o1#ORDER#${id}`, `ORDER_DETAIL#${of}`);
const employee = (id: number) => documentAt('employees', `e1#EMPLOYEE#${id}`, 'EMPLOYEE');

/** Makes a change and waits until every item is what SQL says. */
async function change(text: string): Promise<void> {
  await sql.query(text);
  expect(faultsOf(await adopted.compare())).toEqual([]);
}

it('becomes definitions that compile and are formatted, and that the doctor finds nothing wrong with', async () => {
  const { code, err } = await hybridge(['init', '--sql-url', url, '--out', folder.at('northwind')]);
  expect([code, err]).toEqual([0, '']);
  expect(await folder.problems('northwind')).toBe('');
  catalog = await folder.catalog('northwind');
  expect(catalog.bases.map(({ name }) => name)).toEqual([
    ...['customerCustomerDemo.customerType', 'employeeTerritories.territory'],
    ...['employeeTerritories.territory.region', 'employees.reportsToEmployee', 'orderDetails.product'],
    ...['orderDetails.product.category', 'orders.customer', 'orders.employee', 'orders.shipper'],
    ...['products.supplier', 'products.category', 'territories.region'],
  ]);
  await openDatabase({ stack, catalog, url });
  const found = await diagnoseSource({ catalog, source: catalog.sources[0] as Source, url, skipUnchanged: [] });
  expect(found.map(({ check }) => check)).toEqual(['postgres.slot']); // which the connector makes
});

it('is in the view table, row by row, with what it embeds', async () => {
  // Few enough that renaming a category goes out by jobs.
  adopted = await adopt({ stack, catalog, url, settings: { PROJECTOR_INLINE_FANOUT: '10' } });
  const comparisons = await adopted.compare();
  expect(faultsOf(comparisons)).toEqual([]);
  expect(comparisons).toHaveLength(catalog.views.length + catalog.bases.length);
  expect(Object.fromEntries(comparisons.map(({ view, compared }) => [view, compared]))).toMatchObject({
    ...{ orders: 830, orderDetails: 2155, products: 77, 'orderDetails.product': 77, 'orders.customer': 91 },
    ...{ 'orderDetails.product.category': 8, 'products.category': 8, customers: 91, employees: 9 },
  });
  expect(await order(10248)).toMatchObject({
    ...{ customerId: 'VINET', customer: { companyName: 'Vins et alcools Chevalier' } },
    ...{ employee: { firstName: 'Steven', lastName: 'Buchanan' }, shipper: { companyName: 'Federal Shipping' } },
  });
  expect(await line(10248, 11)).toMatchObject({
    product: { name: 'Queso Cabrales', category: { name: 'Dairy Products' } },
  });
  expect(await employee(2)).toMatchObject({ reportsTo: null, reportsToEmployee: null });
  expect(await employee(1)).toMatchObject({ reportsToEmployee: { lastName: 'Fuller' } });
});

it('follows a category, a supplier and a product that are renamed, over one row and over two', async () => {
  await change(`UPDATE categories SET category_name = 'Cheese' WHERE category_id = 4`);
  expect(await line(10248, 11)).toMatchObject({ product: { name: 'Queso Cabrales', category: { name: 'Cheese' } } });
  expect(await product(11)).toMatchObject({ category: { name: 'Cheese' } });
  await change(`UPDATE suppliers SET company_name = 'Las Cabras' WHERE supplier_id = 5`);
  expect(await product(11)).toMatchObject({ supplier: { companyName: 'Las Cabras' } });
  await change(`UPDATE products SET product_name = 'Cabrales', category_id = 1 WHERE product_id = 11`);
  expect(await line(10248, 11)).toMatchObject({ product: { name: 'Cabrales', category: { name: 'Beverages' } } });
});

it('follows an order to another customer, and back to none', async () => {
  await change(`UPDATE orders SET customer_id = 'ALFKI', ship_via = NULL WHERE order_id = 10248`);
  expect(await order(10248)).toMatchObject({ customer: { companyName: 'Alfreds Futterkiste' }, shipper: null });
  await change(`UPDATE customers SET company_name = 'Alfreds' WHERE customer_id = 'ALFKI'`);
  expect(await order(10248)).toMatchObject({ customer: { companyName: 'Alfreds' } });
  await change(`UPDATE orders SET customer_id = NULL WHERE order_id = 10248`);
  expect(await order(10248)).toMatchObject({ customerId: null, customer: null });
});

it('lets lines go and come again in the collection of their order', async () => {
  await change(`DELETE FROM order_details WHERE order_id = 10249`);
  expect(await line(10249, 14)).toBeUndefined();
  await change(`INSERT INTO order_details VALUES (10249, 14, 1, 2, 0), (10249, 11, 3, 4, 0)`);
  expect(await line(10249, 14)).toMatchObject({ quantity: 2, product: { name: 'Tofu' } });
  expect(await line(10249, 11)).toMatchObject({ product: { name: 'Cabrales', category: { name: 'Beverages' } } });
  await change(
    `BEGIN; DELETE FROM order_details WHERE order_id = 10249; DELETE FROM orders WHERE order_id = 10249; COMMIT`,
  );
});

it('follows the row of another row of the same table, and one that goes', async () => {
  await change(`UPDATE employees SET reports_to = 3 WHERE employee_id = 1`);
  expect(await employee(1)).toMatchObject({ reportsToEmployee: { lastName: 'Leverling' } });
  await change(`UPDATE employees SET last_name = 'Lever', reports_to = NULL WHERE employee_id = 3`);
  expect(await employee(1)).toMatchObject({ reportsToEmployee: { lastName: 'Lever' } });
  await change(
    `UPDATE products SET supplier_id = NULL WHERE supplier_id = 1; DELETE FROM suppliers WHERE supplier_id = 1`,
  );
  expect(await product(3)).toMatchObject({ supplierId: null, supplier: null });
});

it('has all of it right after many changes at once', async () => {
  await change(`
    UPDATE categories SET category_name = left(category_name, 13) || ' 2';
    UPDATE products SET product_name = upper(product_name), category_id = 1 + product_id % 8;
    UPDATE orders SET customer_id = 'BONAP', employee_id = 1 + order_id % 9 WHERE order_id % 3 = 0;
    UPDATE customers SET company_name = left(company_name, 39) || '!' WHERE customer_id < 'F';
    INSERT INTO customer_demographics VALUES ('big', 'Large'), ('new', NULL);
    INSERT INTO customer_customer_demo SELECT customer_id, 'big' FROM customers WHERE customer_id < 'D';
    UPDATE customer_demographics SET customer_desc = 'Very large' WHERE customer_type_id = 'big';
    UPDATE employee_territories SET territory_id = '01581' WHERE employee_id = 9 AND territory_id = '48075';
    UPDATE region SET region_description = 'East' WHERE region_id = 1;
    UPDATE employees SET last_name = 'F' WHERE employee_id = 2`);
});

it('would have noticed a fragment, a line and an embedded row that are not as SQL says', async () => {
  await adopted.spoil({ pk: 'o1#ORDER#10250', sk: 'ORDER' }, '_e_customer');
  await adopted.spoil({ pk: 'o1#ORDER#10250', sk: 'ORDER_DETAIL#41' }, 'quantity');
  await adopted.spoil({ pk: 'A#p1.products.category#3', sk: 'BASE' }, 'name');
  const differing = (await adopted.look()).filter(({ differences }) => differences.length > 0);
  expect(differing.map(({ view }) => view)).toEqual(
    expect.arrayContaining(['orders', 'orderDetails', 'products.category']),
  );
});
