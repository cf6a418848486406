import {
  AccessOperation,
  type AnyView,
  type Audiences,
  type ViewRelation,
  addressColumns,
  columnOf,
  columnOfAttribute,
} from '@hybridge/views';
import { METHODS, operationsOf } from '../operations.ts';
import { collectionPathsOf } from './collection-paths.ts';
import { headerRefs, parameterRefs, problems } from './components.ts';
import { indexPathsOf } from './index-paths.ts';
import { type Schema, keyPartSchema, titleOf, valueSchema } from './value-schema.ts';

type Paths = Readonly<Record<string, Schema>>;

const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });
const json = (schema: Schema): Schema => ({ 'application/json': { schema } });

const isKey = (view: AnyView, attribute: string): boolean =>
  (view.table.primaryKey as readonly string[]).includes(view.attributes[attribute]);

/** Schemas of what is read and sent: the attributes of the definition, by the types of their columns. */
export function schemasOf(view: AnyView): Readonly<Record<string, Schema>> {
  const title = titleOf(view);
  const operations = operationsOf(view);
  const allow: readonly string[] = view.changes.allow;
  const insertable = allow.filter((attribute) => !isKey(view, attribute));
  return {
    [title]: documentSchema(view),
    ...(operations.includes(AccessOperation.update)
      ? { [`${title}Update`]: { ...objectOf(view, allow), minProperties: 1 } }
      : {}),
    ...(operations.includes(AccessOperation.insert)
      ? { [`${title}Insert`]: { ...objectOf(view, insertable), required: requiredOf(view, insertable) } }
      : {}),
    ...(operations.length > 1 ? { [`${title}Change`]: changeSchema(title) } : {}),
  };
}

const objectOf = (view: AnyView, attributes: readonly string[]) => ({
  type: 'object',
  properties: Object.fromEntries(attributes.map((name) => [name, valueSchema(columnOfAttribute(view, name))])),
  additionalProperties: false,
});

/** Attributes that not everybody sees may be left out. */
function documentSchema(view: AnyView): Schema {
  const fields: AnyView['access']['fields'] = view.access.fields ?? {};
  const relations: readonly ViewRelation[] = view.relations;
  const names = [...view.documentNames, ...relations.map(({ name }) => name)];
  const own = objectOf(view, view.documentNames);
  const embedded = relations.map(({ name, base }) => [name, embeddedSchema(base)]);
  return {
    ...own,
    properties: { ...own.properties, ...Object.fromEntries(embedded) },
    required: names.filter((name) => fields[name]?.read === undefined),
  };
}

/** @param base the hidden view of the rows that are embedded */
const embeddedSchema = (base: AnyView): Schema => ({
  anyOf: [documentSchema(base), { type: 'null' }],
  description:
    'Of another row, which it follows a moment later. Null where there is none, or nothing is known of it yet.',
});

/** The owner is filled in from the token where only the document says whose it is. */
const requiredOf = (view: AnyView, attributes: readonly string[]): readonly string[] =>
  attributes.filter((name) => !columnOfAttribute(view, name).nullable && name !== view.access.owner?.attribute);

const changeSchema = (title: string): Schema => ({
  allOf: [ref('Outcome')],
  type: 'object',
  required: ['document'],
  properties: { document: { anyOf: [ref(title), { type: 'null' }] } },
});

/** The addresses of one view, with what it offers at each. */
export function pathsOf(view: AnyView): Paths {
  const operations = operationsOf(view);
  if (operations.length === 0) return {};
  const key = addressColumns(view);
  const path = `/views/${view.name}/${key.map((name) => `{${name}}`).join(',')}`;
  const keyParameters = key.map((name) => ({
    name,
    in: 'path',
    required: true,
    schema: keyPartSchema(columnOf(view.table, name)),
  }));
  const onDocument = Object.fromEntries(
    operations.map((operation) => [METHODS[operation].toLowerCase(), operationOf(view, operation)]),
  );
  const document = { [path]: { parameters: keyParameters, ...onDocument } };
  return operations.includes(AccessOperation.read)
    ? {
        ...document,
        ...furtherPaths(view, path, keyParameters),
        ...collectionPathsOf(view, path, { parameters: keyParameters, security: securityOf(view.access.read ?? []) }),
        ...indexPathsOf(view, titleOf(view), securityOf(view.access.read ?? [])),
      }
    : document;
}

function operationOf(view: AnyView, operation: AccessOperation): Schema {
  return {
    operationId: `${operation}${titleOf(view)}`,
    tags: [view.name],
    security: securityOf(view.access[operation] ?? []),
    ...(operation === AccessOperation.read ? readOf(view) : changeOf(view, operation)),
  };
}

/** No token is asked for where everybody is admitted. */
const securityOf = (audiences: Audiences): readonly Schema[] =>
  audiences.includes('public') ? [{}, { token: [] }] : [{ token: [] }];

const readOf = (view: AnyView): Schema => ({
  parameters: parameterRefs('consistent', 'if-none-match'),
  responses: {
    200: {
      description: 'The document.',
      headers: headerRefs('ETag', 'x-hybridge-source', 'x-hybridge-pending'),
      content: json(ref(titleOf(view))),
    },
    304: { description: 'The client has it.', headers: headerRefs('ETag') },
    ...problems(403, 404),
  },
});

function changeOf(view: AnyView, operation: Exclude<AccessOperation, 'read'>): Schema {
  const schema = ref(`${titleOf(view)}Change`);
  const body = ref(`${titleOf(view)}${operation === 'insert' ? 'Insert' : 'Update'}`);
  return {
    parameters: parameterRefs('if-match', 'idempotency-key', 'prefer'),
    ...(operation === 'delete' ? {} : { requestBody: { required: true, content: json(body) } }),
    responses: {
      200: { description: 'SQL has applied it.', headers: headerRefs('ETag', 'Location'), content: json(schema) },
      202: { description: 'Accepted and visible.', headers: headerRefs('ETag', 'Location'), content: json(schema) },
      ...problems(403, 404, 409, 412, 413, 415, 422),
    },
  };
}

function furtherPaths(view: AnyView, path: string, keyParameters: readonly Schema[]): Paths {
  const common = { tags: [view.name], security: securityOf(view.access.read ?? []) };
  return {
    [`${path}/changes/{changeId}`]: {
      parameters: [
        ...keyParameters,
        { name: 'changeId', in: 'path', required: true, schema: { type: 'string', minLength: 1 } },
      ],
      get: {
        operationId: `outcomeOf${titleOf(view)}Change`,
        ...common,
        responses: {
          200: { description: 'Where the change stands.', content: json(ref('Outcome')) },
          ...problems(403, 404),
        },
      },
    },
    [`${path}/events`]: {
      parameters: keyParameters,
      get: {
        operationId: `watch${titleOf(view)}`,
        ...common,
        parameters: parameterRefs('last-event-id'),
        responses: {
          200: {
            description: 'Events item, outcome, gone and end, with JSON data.',
            content: { 'text/event-stream': { schema: ref('ServerSentEvent') } },
          },
          ...problems(403, 404),
        },
      },
    },
  };
}
