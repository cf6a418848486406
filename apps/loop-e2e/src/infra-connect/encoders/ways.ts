/** The ways from a row of SQL to the attributes of an item, each as the loop goes it. */
import { type ChangeEvent, numberText } from '@hybridge/contracts';
import type { AttributeValue } from '@hybridge/protocol';
import { connectRowReader } from '@hybridge/reader-sql';
import { type AnyView, UnstorableValueError, decodeImageRow, decodeRowChange } from '@hybridge/views';
import { targetOf } from '../../sink-sql/test-database.ts';
import type { EncoderSource } from './encoder-lab.ts';

/**
 * An attribute, or what becomes of the value otherwise. `unstorable`: DynamoDB cannot hold it · `left out`: the update did
 * not touch it · `to be asked`: the event does not tell it, so that SQL is asked.
 */
export type Outcome = AttributeValue | 'unstorable' | 'left out' | 'to be asked' | undefined;

/** What one way makes of a column of a row; undefined where the way was not gone. */
export type Way = (column: string, id: number) => Outcome;

/** Through the driver of the reader, now. */
export async function readBySql({ everything, columnViews, access }: EncoderSource): Promise<Way> {
  await using rows = connectRowReader({ ...access, source: everything.table.source });
  const outcomes = new Map<string, Outcome>();
  for (const [name, view] of Object.entries(columnViews)) {
    for await (const page of rows.scan(view)) {
      for (const { row, unstorable } of page) {
        outcomes.set(placeOf(name, idOfAttribute(row['id'])), unstorable === undefined ? row[name] : 'unstorable');
      }
    }
  }
  return (name, id) => outcomes.get(placeOf(name, id));
}

/** Through change events, as the projector reads them. */
export function readByChanges({ columnViews }: EncoderSource, changes: readonly ChangeEvent[]): Way {
  const byId = new Map(changes.map((change) => [idOf(change), change]));
  return (name, id) => {
    const [view, event] = [columnViews[name], byId.get(id)];
    return view === undefined || event === undefined ? undefined : outcomeOfChange(view, name, event);
  };
}

const ANYWHERE = { epoch: 0, offset: 0n, key: undefined, aged: false } as const;

function outcomeOfChange(view: AnyView, name: string, event: ChangeEvent): Outcome {
  const { kind, columns } = decodeRowChange(view, event, ANYWHERE).change;
  if (kind === 'unstorable') return 'unstorable';
  if (kind === 'touched') return 'to be asked';
  return kind === 'partial' ? 'left out' : columns[name];
}

/** Through the images in the answers to customers' changes, the last of each row. */
export function readByImages({ everything, captured }: EncoderSource): Way {
  const images = new Map(captured.answers.map(({ key, image }) => [key.pk, image]));
  return (name, id) => {
    const image = images.get(targetOf(everything, id).itemKey.pk);
    if (image === undefined || !image.exists) return undefined;
    try {
      return decodeImageRow(everything.table, [name], image.row)[name];
    } catch (error) {
      if (error instanceof UnstorableValueError) return 'unstorable';
      throw error;
    }
  };
}

const placeOf = (name: string, id: number): string => `${name} ${id}`;

const idOf = ({ after }: ChangeEvent): number => {
  const id = after?.['id'];
  return typeof id === 'number' ? id : Number(numberText(id as never));
};

const idOfAttribute = (id: AttributeValue | undefined): number => (id !== undefined && 'N' in id ? Number(id.N) : NaN);
