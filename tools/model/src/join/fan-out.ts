import {
  type Item,
  baseKeyOf,
  fragmentOf,
  isBaseKey,
  jobOf,
  keyOf,
  pageOf,
  referenceOf,
  referencePartition,
} from '@hybridge/protocol';
import type { FanOut, JoinState, Worker } from './state.ts';
import { applied, itemAt, jobsOf, referencesOf } from './table.ts';
import type { JoinWorld } from './world.ts';

interface SteppedFanOut {
  readonly name: string;
  readonly state: JoinState;
  /** Undefined when everybody has been told. */
  readonly fanOut: FanOut | undefined;
}

type Page = NonNullable<FanOut['page']>;

/** The next call of telling children: the query, the parent, then one child after another. */
export function stepFanOut(world: JoinWorld, state: JoinState, fanOut: FanOut): SteppedFanOut {
  const { page, todo } = fanOut;
  if (page === undefined) {
    const [parent = '', ...others] = todo;
    const references = referencesOf(state, parent);
    return {
      name: `asks for the children of ${parent}`,
      state,
      fanOut: shortened({ todo: others, page: { parent, references } }),
    };
  }
  if (page.base === undefined) {
    const base = { item: world.design.baseSeen(itemAt(state, baseKeyOf(page.parent))) };
    return { name: `reads ${page.parent}`, state, fanOut: shortened({ todo, page: { ...page, base } }) };
  }
  return tellNext(world, state, { todo, page });
}

/** Without the page that is through. */
function shortened({ todo, page }: FanOut): FanOut | undefined {
  if (page !== undefined && page.references.length > 0) return { todo, page };
  return todo.length === 0 ? undefined : { todo };
}

function tellNext(
  world: JoinWorld,
  state: JoinState,
  { todo, page }: { todo: readonly string[]; page: Page },
): SteppedFanOut {
  const refresh = refreshOf(world, page);
  if (refresh === undefined) return { name: 'passes over a child', state, fanOut: without(todo, page) };
  const decision = page.next?.decision ?? world.design.decideRefresh(refresh, world.context, undefined);
  if (decision.do === 'read') throw new Error('A refresh reads nothing.');
  if (decision.do === 'done') {
    return {
      name: `child is ${decision.outcome}`,
      state,
      fanOut: without(told(todo, refresh, decision.outcome), page),
    };
  }
  const result = applied(world, state, decision.write);
  const name = `${decision.write.expression}${result.ok ? '' : ' in vain'}`;
  if (result.ok || decision.write.expression === 'deleteReference') {
    return { name, state: result.state, fanOut: without(told(todo, refresh, decision.outcome), page) };
  }
  return { name, state, fanOut: afterRefusal(world, { todo, page }, refresh, result.item) };
}

type RefreshOf = Parameters<JoinWorld['design']['decideRefresh']>[0];

function refreshOf(world: JoinWorld, page: Page): RefreshOf | undefined {
  const reference = referenceOf(page.references[0] as Item);
  const relation = world.relations.get(reference.relationId);
  if (relation === undefined) return undefined;
  const fragment = fragmentOf(page.base?.item, relation);
  return fragment.version === '' ? undefined : { reference, relation: relation.name, fragment };
}

/** Nothing is decided on a refusal without a look at the item; what is over then needs no call of its own. */
function afterRefusal(
  world: JoinWorld,
  { todo, page }: { readonly todo: readonly string[]; readonly page: Page },
  refresh: RefreshOf,
  item: Item | undefined,
): FanOut | undefined {
  const seen = { item };
  const decision = world.design.decideRefresh(refresh, world.context, seen);
  if (decision.do !== 'done') return { todo, page: { ...page, next: { seen, decision } } };
  const stray = decision.outcome === 'astray' ? world.design.strayReferenceWrite(refresh.reference, item) : undefined;
  if (stray === undefined) return without(told(todo, refresh, decision.outcome), page);
  return { todo, page: { ...page, next: { seen, decision: { do: 'write', write: stray, outcome: 'astray' } } } };
}

/** A child that is a parent itself has to tell its own children. */
const told = (todo: readonly string[], { reference }: RefreshOf, outcome: string): readonly string[] =>
  isBaseKey(reference.child) && (outcome === 'refreshed' || outcome === 'current')
    ? [...new Set([...todo, reference.child.pk])]
    : todo;

function without(todo: readonly string[], page: Page): FanOut | undefined {
  const { next: _, references, ...rest } = page;
  return shortened({ todo, page: { ...rest, references: references.slice(1) } });
}

/** The next call of a worker with one reference a page; undefined when there is no job. */
export function stepWorker(
  world: JoinWorld,
  state: JoinState,
  worker: Worker | undefined,
): { readonly name: string; readonly state: JoinState; readonly worker: Worker | undefined }[] {
  if (worker === undefined) {
    return jobsOf(state).map((job) => ({ name: `reads job ${jobOf(job).parent}`, state, worker: { job } }));
  }
  const job = jobOf(worker.job);
  if (worker.page === undefined) return [{ name: 'asks for a page', state, worker: paged(state, worker) }];
  if (worker.fanOut !== undefined) {
    const { name, state: next, fanOut } = stepFanOut(world, state, worker.fanOut);
    const { fanOut: _, ...rest } = worker;
    return [{ name, state: next, worker: fanOut === undefined ? rest : { ...rest, fanOut } }];
  }
  const result = applied(world, state, world.design.pageDoneWrite(job, worker.page, 1));
  return [{ name: `notes a page${result.ok ? '' : ' in vain'}`, state: result.state, worker: undefined }];
}

function paged(state: JoinState, worker: Worker): Worker {
  const job = jobOf(worker.job);
  const { shard, after } = pageOf(job);
  const partition = referencePartition(job.parent, shard);
  const all = referencesOf(state, job.parent).filter((item) => keyOf(item).pk === partition);
  const first = all.find((item) => after === undefined || keyOf(item).sk > after);
  const page = {
    count: first === undefined ? 0 : 1,
    last: first && keyOf(first).sk,
    more: first !== undefined,
  };
  const fanOut = first === undefined ? undefined : { todo: [], page: { parent: job.parent, references: [first] } };
  return { job: worker.job, page, ...(fanOut === undefined ? {} : { fanOut }) };
}
