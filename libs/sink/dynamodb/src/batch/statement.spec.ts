import {
  type Attributes,
  type RowChange,
  type Write,
  decideRowChange,
  leaseWrite,
  plainShape,
  scalarOf,
  text,
} from '@hybridge/protocol';
import { KEY, rowChange, testContext } from '@hybridge/testkit';
import { createStatements } from './statement.ts';

const context = testContext();
const statements = createStatements('views');

function writeOf(overrides: Partial<RowChange> = {}): Write {
  const decision = decideRowChange(rowChange(overrides), 'eager', context, undefined);
  if (decision.do !== 'write') throw new Error(`expected a write, not ${decision.do}`);
  return decision.write;
}

describe('a conditional write in PartiQL', () => {
  it('says the condition word for word', () => {
    const write = writeOf();
    const { text: said = '', parameters = [] } = statements.update(write) ?? {};
    expect(said).toMatch(/^UPDATE "views" SET "city" = \? SET /);
    expect(said).toContain('REMOVE "_x" REMOVE "_nx"');
    expect(said).toMatch(/WHERE pk = \? AND sk = \? AND \(\("_v" IS MISSING OR "_v" < \?\) AND "_p" IS MISSING\)$/);
    expect(parameters.slice(-3)).toEqual([{ S: KEY.pk }, { S: KEY.sk }, write.values[':v']]);
    expect(parameters).toHaveLength(said.split('?').length - 1);
  });

  it('removes the columns of a deleted row', () => {
    expect(statements.update(writeOf({ kind: 'delete', columns: {} }))?.text).toContain('REMOVE "city" REMOVE "name"');
  });

  it('removes what is derived of other columns beside those it sets', () => {
    const of = (city: string) => ({
      set: { city: text(city) },
      remove: city === '' ? ['_byCity_pk', '_byCity_sk'] : [],
    });
    const shape = {
      names: ['city', '_byCity_pk', '_byCity_sk'],
      derived: { names: [], of: ({ city }: Attributes) => of(scalarOf(city) ?? '') },
    };
    const statementOf = (city: string) => statements.update(writeOf({ columns: { city: text(city) }, shape }));
    expect(statementOf('')?.text).toContain('REMOVE "_q" REMOVE "_byCity_pk" REMOVE "_byCity_sk" WHERE');
    expect(statementOf('c')?.text).not.toContain('_byCity');
    const { text: said = '', parameters = [] } = statementOf('') ?? {};
    expect(parameters).toHaveLength(said.split('?').length - 1);
  });

  it('inserts the item that the write makes where none is', () => {
    const { text: said, parameters } = statements.insert(writeOf());
    expect(said).toMatch(/^INSERT INTO "views" VALUE \{'pk': \?, 'sk': \?, 'city': \?/);
    expect(parameters).toHaveLength(said.split('?').length - 1);
    expect(parameters.slice(0, 2)).toEqual([{ S: KEY.pk }, { S: KEY.sk }]);
  });

  it('does not take the wording of one set of columns for another', () => {
    const columns = { city: text('c'), name: text('n') };
    const both = statements.update(writeOf({ kind: 'partial', columns }))?.text;
    const other = statements.update(writeOf({ kind: 'partial', columns: { name: text('n'), city: text('c') } }))?.text;
    const one = statements.update(writeOf({ kind: 'partial', columns: { city: text('c') } }))?.text;
    expect(new Set([both, other, one]).size).toBe(3);
  });

  it.each([`it's`, `a"b`, 'order'])('quotes the column %s', (name) => {
    const write = writeOf({ columns: { [name]: text('x') }, shape: plainShape([name]) });
    expect(statements.update(write)?.text).toContain(`SET "${name.replaceAll('"', '""')}" = ?`);
    expect(statements.insert(write).text).toContain(`'${name.replaceAll("'", "''")}': ?`);
  });

  it('has no words for a value that DynamoDB computes', () => {
    expect(statements.update(leaseWrite(KEY, 'token', context))).toBeUndefined();
  });
});
