import { type Attributes, type PendingChange } from '@hybridge/protocol';
import {
  type AnyView,
  type ChangeRules,
  type Document,
  type Row,
  type Verdict,
  ViewError,
  attributesOf,
  fromPlain,
  toOwnDocument,
} from '@hybridge/views';
import { RefusedError } from './errors.ts';
import { RefusalCode } from './refusal.ts';
import type { Ruling } from './ruling.ts';
import { byColumn } from './view-columns.ts';

/** Lets the view's own rule decide an update or delete. @throws RefusedError when its decision cannot be carried out */
export function decideByDefinition(change: PendingChange, row: Row, view: AnyView): Ruling {
  const { decide }: ChangeRules = view.changes;
  if (decide === undefined) throw new TypeError(`View ${view.name} has no rule of its own.`);
  const base = readable(view, change.base);
  const set = readable(view, change.set);
  const op = change.op === 'd' ? 'delete' : 'update';
  // The documents are those of the view by construction; only their names are lost on the way.
  const question = { op, current: documentOf(view, row), base, set, by: change.by } as never;
  return rulingOf(decide(question) as Verdict<Document>, op, view);
}

function rulingOf(verdict: Verdict<Document>, op: 'update' | 'delete', view: AnyView): Ruling {
  if ('reject' in verdict) return { do: 'reject', refusal: verdict.reject };
  return op === 'delete' ? { do: 'delete' } : { do: 'update', set: byColumn(view, valuesOf(verdict.apply, view)) };
}

function valuesOf(values: Partial<Document>, view: AnyView): Attributes {
  const { allow }: ChangeRules = view.changes;
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  const foreign = given.find(([name]) => !allow.includes(name));
  if (foreign !== undefined) {
    throw refused(RefusalCode.policy, `The rule of ${view.name} set "${foreign[0]}", which customers may not.`);
  }
  return guarded(() => Object.fromEntries(given.map(([name, value]) => [name, fromPlain(view, name, value)])));
}

/** The row as events and the API show it. @throws RefusedError when SQL holds a value there that no item can */
export function documentOf(view: AnyView, row: Row): Document {
  const columns = attributesOf(view, row);
  const missing = view.attributeNames.find((name) => columns[name] === undefined);
  if (missing === undefined) return toOwnDocument(view, columns);
  throw refused(RefusalCode.range, `The row holds a value in ${missing} that no item can hold.`);
}

const readable = (view: AnyView, values: Attributes): Document => guarded(() => toOwnDocument(view, values));

function guarded<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ViewError)) throw error;
    throw refused(RefusalCode.invalid, 'A value does not fit the type of its column.');
  }
}

const refused = (code: RefusalCode, message: string): RefusedError => new RefusedError({ code, message });
