export {
  type AcceptedChange,
  type Traffic,
  type TrafficCounters,
  type TrafficOptions,
  createTraffic,
} from './traffic.ts';
export { type Action, type Statement, chooseActions } from './actions.ts';
export { type Random, createRandom } from './random.ts';
export { type ShopRows, readShopRows } from './shop-rows.ts';
export { countRows } from './count-rows.ts';
