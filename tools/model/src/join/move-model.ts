import {
  ItemState,
  fillWrite,
  anchorWrite,
  formatKey,
  judgeRead,
  leaseOf,
  leaseWrite,
  mayFillAt,
  scalarOf,
  stateOf,
  text,
} from '@hybridge/protocol';
import type { Model, Step } from '../checker/model.ts';
import { joinConfiguration } from './configuration.ts';
import { SHIPPED_JOINS } from './design.ts';
import {
  ANCHOR,
  type MoveConfiguration,
  type MoveDesign,
  type Parts,
  SHAPE,
  SHIPPED_MOVES,
  type State,
  applied,
  placeKey,
  progress,
  spend,
} from './move-state.ts';
import { consumerSteps, nextFlights } from './move-steps.ts';
import { LEASE, NOW_MS, createJoinWorld } from './world.ts';

/** The shipped move machine over one row: every call is one step. */
export function createMoveModel(configuration: MoveConfiguration, design: MoveDesign = SHIPPED_MOVES): Model<State> {
  const world = createJoinWorld(joinConfiguration('moves', {}), { ...SHIPPED_JOINS, ...design });
  const [first = ''] = configuration.places;
  const initial: State = {
    at: configuration.uncaptured === true ? first : null,
    log: configuration.uncaptured === true ? [first] : [],
    records: [],
    committed: 0,
    consumer: undefined,
    zombie: undefined,
    fill: undefined,
    items: {},
    budgets: configuration.budgets,
  };
  const parts = { world, configuration, design };
  return {
    initial,
    steps: (state) => [
      ...consumerSteps(parts, state),
      ...fillSteps(parts, state),
      ...sqlSteps(parts, state),
      ...faultSteps(parts, state),
    ],
    keyOf: (state) =>
      JSON.stringify({ ...state, items: Object.entries(state.items).sort(([a], [b]) => (a < b ? -1 : 1)) }),
    violated: () => undefined,
    violatedWhenDrained: (state) => wrong(configuration, state),
  };
}

/** A reader of a lazy view: lease, SQL, anchor, item. */
function fillSteps(parts: Parts, state: State): Step<State>[] {
  const { fill } = state;
  if (fill === undefined) return beginFill(parts, state);
  const over = { ...state, fill: undefined };
  if (fill.row === undefined) {
    const row = state.at === fill.place ? `n${state.log.length - 1}` : null;
    return [progress('reader: asks SQL', { ...state, fill: { ...fill, row } })];
  }
  if (fill.row !== null && fill.anchored !== true && parts.design.fillsAnchor) {
    const place = placeKey(fill.place);
    const write = anchorWrite(ANCHOR, { place, version: fill.lease.version, seen: undefined }, parts.world.context);
    const result = applied(parts, state, write);
    const may = result.ok || mayFillAt(place, result.item);
    return [
      progress(`reader: ${may ? 'anchors' : 'gives up'}`, {
        ...result.state,
        fill: may ? { ...fill, anchored: true } : undefined,
      }),
    ];
  }
  const columns = fill.row === null ? undefined : { n: text(fill.row) };
  const result = applied(parts, over, fillWrite(fill.lease, SHAPE, columns, parts.world.context));
  return [progress(`reader: fills ${fill.place}${result.ok ? '' : ' in vain'}`, result.state)];
}

function beginFill(parts: Parts, state: State): Step<State>[] {
  if (parts.configuration.mode === 'eager') return [];
  return parts.configuration.places.flatMap((place) => {
    const key = placeKey(place);
    if (judgeRead(state.items[formatKey(key)], NOW_MS) !== 'miss') return [];
    const result = applied(parts, state, leaseWrite(key, LEASE, parts.world.context));
    if (!result.ok || result.item === undefined) return [];
    return spend(result.state, 'reads', `reader: leases ${place}`, {
      fill: { place, lease: leaseOf(key, LEASE, result.item) },
    });
  });
}

function sqlSteps({ configuration }: Parts, state: State): Step<State>[] {
  const changed = (at: string | null): Partial<State> => ({
    at,
    log: [...state.log, at],
    records: [...state.records, state.log.length],
  });
  return [
    ...configuration.places.flatMap((place) => spend(state, 'changes', `SQL: row at ${place}`, changed(place))),
    ...(state.at === null ? [] : spend(state, 'changes', 'SQL: row deleted', changed(null))),
  ];
}

function faultSteps(parts: Parts, state: State): Step<State>[] {
  const { consumer, zombie } = state;
  const flights = consumer === undefined ? nextFlights(parts, state) : [consumer];
  const sent = [...new Set(state.records)];
  return [
    ...(consumer === undefined ? [] : spend(state, 'crash', 'consumer dies', { consumer: undefined })),
    ...(state.fill === undefined ? [] : spend(state, 'crash', 'reader dies', { fill: undefined })),
    ...(zombie === undefined
      ? flights.flatMap((flight) =>
          spend(state, 'zombie', 'consumer loses its partition', { consumer: undefined, zombie: flight }),
        )
      : []),
    ...sent.flatMap((from) =>
      spend(state, 'replay', `connector sends again from #${from}`, {
        records: [...state.records, ...sent.filter((at) => at >= from)],
      }),
    ),
  ];
}

/** When nothing is left to do, the row is where SQL has it, and nowhere else. */
function wrong({ places, mode }: MoveConfiguration, state: State): string | undefined {
  return places.map((place) => wrongPlace(state, place, mode)).find((one) => one !== undefined);
}

function wrongPlace(state: State, place: string, mode: MoveConfiguration['mode']): string | undefined {
  const item = state.items[formatKey(placeKey(place))];
  const found = item === undefined ? undefined : stateOf(item);
  const isLive = found === ItemState.live;
  if (state.at !== place) return isLive ? 'the row was left behind' : undefined;
  if (found === ItemState.tombstone) return 'a place denies its row';
  if (!isLive) return mode === 'eager' ? 'the row is missing' : undefined;
  return scalarOf(item?.['n']) === `n${state.log.length - 1}` ? undefined : 'the row is stale for ever';
}
