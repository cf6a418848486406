import type { AttributeValue, Attributes, Write } from '@hybridge/protocol';

/** The whole item that a conditional write makes where none is: what an unconditional put of the same would store. */
export function wholeItem(write: Write): Attributes {
  const [set = ''] = write.update.replace(/^SET /, '').split(' REMOVE ');
  const own = set.split(', ').map((assignment): readonly [string, AttributeValue] => {
    const [name = '', value = ''] = assignment.split(' = ');
    return [write.names[name] as string, write.values[value] as AttributeValue];
  });
  return { pk: { S: write.key.pk }, sk: { S: write.key.sk }, ...Object.fromEntries(own) };
}
