import type { IndexQueryOptions } from '@hybridge/sdk';
import {
  type AnyView,
  type Catalog,
  type Document,
  SortKind,
  type ViewIndex,
  attributesIn,
  indexesOf,
  kindOf,
  shownView,
} from '@hybridge/views';
import type { FastifyRequest } from 'fastify';
import { ApiError } from '../errors.ts';
import { badParameter, limitIn, orderIn } from '../page-parameters.ts';

/** What a request asks of an index. */
export interface IndexQuestion {
  readonly view: AnyView;
  readonly index: ViewIndex;
  /** Values of the attributes that the index's partition key has. */
  readonly partition: Document;
  readonly options: IndexQueryOptions;
}

/** How a parameter takes the value of an attribute: `is.status=placed`. Attributes may have any name. */
export const VALUE_WORDS = ['is', 'from', 'to', 'beginsWith'] as const;
type ValueWord = (typeof VALUE_WORDS)[number];

/** @throws ApiError 404 for no such index, 400 for parameters it does not take; ViewError for an unknown view */
export function indexQuestionOf(
  catalog: Catalog,
  request: FastifyRequest<{ Params: { view: string; index: string } }>,
): IndexQuestion {
  const view = shownView(catalog, request.params.view);
  const index = indexesOf(view).find(({ name }) => name === request.params.index);
  if (index === undefined) throw noIndex(view, request.params.index);
  const parameters = parametersOf(request);
  const given = (word: ValueWord): Document => valuesOf(view, index, word, parameters);
  const inPartition = attributesIn(index.pk);
  const values = Object.entries(given('is'));
  const [equals, from, to, beginsWith] = [
    Object.fromEntries(values.filter(([name]) => !inPartition.includes(name))),
    given('from'),
    given('to'),
    given('beginsWith'),
  ];
  return {
    view,
    index,
    partition: Object.fromEntries(values.filter(([name]) => inPartition.includes(name))),
    options: {
      equals,
      ...(isEmpty(from) ? {} : { from }),
      ...(isEmpty(to) ? {} : { to }),
      ...(isEmpty(beginsWith) ? {} : { beginsWith }),
      limit: limitIn(parameters.get('limit')),
      order: orderIn(parameters.get('order')),
      cursor: parameters.get('cursor'),
    },
  };
}

const isEmpty = (values: Document): boolean => Object.keys(values).length === 0;

const noIndex = (view: AnyView, name: string): ApiError =>
  new ApiError('HYBRIDGE_API_NOT_FOUND', 404, `${view.name} has no index "${name.slice(0, 80)}".`, {
    view: view.name,
    fix: 'GET /views lists the indexes there are.',
  });

function parametersOf(request: FastifyRequest): ReadonlyMap<string, string> {
  const given = Object.entries(request.query as object) as [string, unknown][];
  return new Map(
    given.map(([name, value]) => {
      if (typeof value !== 'string') throw badParameter(name, 'is given more than once', 'Give it once.');
      const [word = '', attribute] = split(name);
      const isValue = attribute !== undefined && (VALUE_WORDS as readonly string[]).includes(word);
      if (isValue || ['limit', 'order', 'cursor'].includes(name)) return [name, value];
      const fix = `Give ${VALUE_WORDS.map((one) => `${one}.{attribute}`).join(', ')}, limit, order or cursor.`;
      throw badParameter(name, 'is no parameter of an index', fix);
    }),
  );
}

function split(name: string): readonly string[] {
  const dot = name.indexOf('.');
  return dot === -1 ? [name] : [name.slice(0, dot), name.slice(dot + 1)];
}

/** Texts, which the codecs read; only a boolean has no text that they take. */
function valuesOf(view: AnyView, index: ViewIndex, word: ValueWord, parameters: ReadonlyMap<string, string>): Document {
  const known = attributesIn([...index.pk, ...index.sk]);
  const asPlain = (attribute: string, text: string) => {
    const isBoolean = known.includes(attribute) && kindOf(view, attribute) === SortKind.boolean;
    return isBoolean && (text === 'true' || text === 'false') ? text === 'true' : text;
  };
  return Object.fromEntries(
    [...parameters].flatMap(([name, text]) => {
      const [of, attribute] = split(name);
      return of === word && attribute !== undefined ? [[attribute, asPlain(attribute, text)]] : [];
    }),
  );
}
