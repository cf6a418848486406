import { createRandom } from '@hybridge/load';
import { type WithheldEvents, entriesOf, withholdEvents } from './withhold-events.ts';

const request = { Entries: ['a', 'b', 'c', 'd'].map((Detail) => ({ Detail })) };

/** As the bus answers: an id for each entry it was given. */
const answerTo = ({ request: part }: WithheldEvents) =>
  part && { FailedEntryCount: 0, Entries: entriesOf(part).map(({ Detail }) => ({ EventId: `id of ${Detail}` })) };

describe('a PutEvents call that succeeds in part', () => {
  it.each(Array.from({ length: 30 }, (_, seed) => seed + 1))('says for each entry what became of it (%i)', (seed) => {
    const withheld = withholdEvents(request, createRandom(seed));
    const sent = withheld.request === undefined ? [] : entriesOf(withheld.request).map(({ Detail }) => Detail);
    const answer = withheld.complete(answerTo(withheld));
    const told = entriesOf(answer);
    expect(told.map(({ EventId }) => EventId)).toEqual(
      request.Entries.map(({ Detail }) => (sent.includes(Detail) ? `id of ${Detail}` : undefined)),
    );
    expect(told.filter(({ ErrorCode }) => ErrorCode !== undefined)).toHaveLength(4 - sent.length);
    expect(answer['FailedEntryCount']).toBe(4 - sent.length);
    expect(sent.length).toBeLessThan(4);
  });

  it('may refuse its only entry, without asking the bus', () => {
    const withheld = withholdEvents({ Entries: [{ Detail: 'a' }] }, createRandom(1));
    expect(withheld.request).toBeUndefined();
    expect(withheld.complete(undefined)).toMatchObject({ FailedEntryCount: 1, Entries: [{}] });
  });
});
