import { attributeName, entityOf, kebabCase, sourceConstant, unique, viewName } from './names.ts';

describe('names', () => {
  it.each([
    ['order_details', 'orderDetails'],
    ['OrderID', 'orderId'],
    ['CUSTOMER_NAME', 'customerName'],
    ['Kunden-Stamm', 'kundenStamm'],
    ['HTTPLog', 'httpLog'],
    ['2fa', 'table2fa'],
    ['größe', 'größe'],
    ['__', 'tableRows'],
    ['class', 'classRows'],
    ['date', 'dateRows'],
    ['mariadb', 'mariadbRows'],
  ])('a view of %s is called %s', (table, name) => {
    expect(viewName(table)).toBe(name);
  });

  it.each([
    ['web-shop', 'webShop'],
    ['source', 'sourceSource'],
    ['new', 'newSource'],
  ])('a source %s is the constant %s', (source, name) => {
    expect(sourceConstant(source)).toBe(name);
  });

  it.each([
    ['pk', 'pkColumn'],
    ['_v', 'v'],
    ['2fa', 'column2fa'],
    ['constructor', 'constructorColumn'],
    ['class', 'class'],
    ['E-Mail "privat"', 'eMailPrivat'],
  ])('a column %s becomes attribute %s', (column, name) => {
    expect(attributeName(column)).toBe(name);
  });

  it.each([
    ['orderDetails', 'ORDER_DETAIL'],
    ['addresses', 'ADDRESS'],
    ['categories', 'CATEGORY'],
    ['status', 'STATUS'],
    ['usStates', 'US_STATE'],
    ['region', 'REGION'],
  ])('one of %s is a %s', (view, entity) => {
    expect(entityOf(view)).toBe(entity);
  });

  it('numbers what is taken, whatever its case, as files are', () => {
    const taken = new Set<string>();
    expect(['fooBar', 'foobar', 'fooBar'].map((name) => unique(name, taken))).toEqual(['fooBar', 'foobar2', 'fooBar3']);
    expect(kebabCase('orderDetails')).toBe('order-details');
  });
});
