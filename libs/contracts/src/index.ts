/**
 * The words used here: a *change event* is one row change as Debezium captured it; a *command* asks one receiver to do
 * something; an *event* says what happened; a *contract* names a command or event, its version, schema and example.
 */
export {
  type JsonNumber,
  type JsonValue,
  type PlainJson,
  formatJson,
  isJsonNumber,
  jsonNumber,
  numberText,
  parseJson,
  parseJsonValue,
} from './json.ts';
export { type ChangeEvent, ChangeOperationCode, type JsonRow, parseChangeEvent } from './change/envelope.ts';
export { type InboxRow, parseInboxRow } from './change/inbox-row.ts';
export { type Contract, type Message, Metadata, defineContract, parseMessage } from './message.ts';
export { ApplyCustomerChange, ApplyCustomerChangeData, WireChange } from './commands/apply-customer-change/v1.ts';
export { WireAttribute } from './commands/apply-customer-change/attribute-value.ts';
export { ContractError, type ContractErrorCode } from './errors.ts';
export { CustomerChangeApplied, CustomerChangeAppliedData } from './events/customer-change-applied/v1.ts';
export { CustomerChangeRejected, CustomerChangeRejectedData } from './events/customer-change-rejected/v1.ts';
export { CustomerChanged, CustomerChangedData } from './events/customer-changed/v1.ts';
export { PriceChanged, PriceChangedData } from './events/price-changed/v1.ts';
export { ProductRepriced, ProductRepricedData } from './events/product-repriced/v1.ts';
export { ProductStockChanged, ProductStockChangedData } from './events/product-stock-changed/v1.ts';
export { ProductWithdrawn, ProductWithdrawnData } from './events/product-withdrawn/v1.ts';
export { StockChanged, StockChangedData } from './events/stock-changed/v1.ts';
export { OrderPlaced, OrderPlacedData } from './events/order-placed/v1.ts';
export { OrderStatusChanged, OrderStatusChangedData } from './events/order-status-changed/v1.ts';
