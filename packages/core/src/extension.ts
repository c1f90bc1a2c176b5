// For packages that stand on core beside adapters, such as topics. Applications do not need it.

export {
  type ConnectionObserver,
  checkConnection,
  isConnection,
  observe,
} from './connection/observer.ts'
export { isPrepared } from './connection/prepared.ts'
export { decodeText, encodeText, localBytes } from './runtime/bytes.ts'
export { Events } from './runtime/events.ts'
export {
  checkFunction,
  checkNames,
  checkObject,
  checkOneOf,
  wrongValue,
} from './runtime/option-error.ts'
export { show } from './runtime/show.ts'
