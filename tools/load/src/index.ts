export {
  type AcceptedChange,
  type Traffic,
  type TrafficCounters,
  type TrafficOptions,
  createTraffic,
} from './traffic.ts';
export { type Action, type Change, type Grounds, type Statement, chooseActions } from './actions.ts';
export { type Random, createRandom } from './random.ts';
export { type ShopRows, type StockroomRows, readShopRows } from './rows.ts';
export { type CountedSource, countRows } from './count-rows.ts';
