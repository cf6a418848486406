import { ServingState, claimServing, openServing } from '@hybridge/protocol';
import { createMemoryItemStore } from '@hybridge/testkit';
import { readTableStatus, refuseWhileLoading } from './table-status.ts';

const loading = async () => {
  const store = createMemoryItemStore();
  await claimServing(store, { state: ServingState.loading, nonce: 'n1' });
  return store;
};

describe('readTableStatus', () => {
  it('tells an unclaimed table from one that is loaded, and from an open one', async () => {
    const name = 'views';
    expect(await readTableStatus(createMemoryItemStore(), name)).toEqual({ name, state: 'unclaimed' });
    const store = await loading();
    expect(await readTableStatus(store, name)).toEqual({ name, state: 'loading' });
    await openServing(store, 'n1', 'n2');
    expect(await readTableStatus(store, name)).toEqual({ name, state: 'open' });
  });
});

describe('refuseWhileLoading', () => {
  it('names the table and what to do', async () => {
    await expect(refuseWhileLoading(await loading(), 'views')).rejects.toMatchObject({
      code: 'HYBRIDGE_CLI_TABLE_LOADING',
      retry: 'transient',
      message: expect.stringMatching(
        /table views is being loaded.*Try again when "hybridge status" shows it open/,
      ) as string,
    });
  });

  it('lets everything pass before and after', async () => {
    await expect(refuseWhileLoading(createMemoryItemStore(), 'views')).resolves.toBeUndefined();
    const store = await loading();
    await openServing(store, 'n1', 'n2');
    await expect(refuseWhileLoading(store, 'views')).resolves.toBeUndefined();
  });
});
