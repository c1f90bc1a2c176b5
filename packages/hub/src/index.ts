export { bytes } from './definition/bytes.ts'
export type {
  Call,
  Caller,
  CloseOptions,
  DisconnectOptions,
  Filter,
  FilteredCall,
} from './definition/call.ts'
export type { AnswerOf, ArgsOf, Asked, Told } from './definition/client-methods.ts'
export type {
  AudienceOptions,
  CallClients,
  Clients,
  Groups,
  InvokeOptions,
  Many,
  One,
  OwnGroups,
  Sent,
} from './definition/clients.ts'
export type { HubClient, StreamObserver, Wire } from './definition/hub-client.ts'
export type { HubDefinition, Methods } from './definition/hub-definition.ts'
export { type HubFactory, hubOf } from './definition/hub-of.ts'
export type { Method } from './definition/method.ts'
export {
  type Parameter,
  type PassedArgs,
  type ReceivedArgs,
  type StreamOf,
  type Subject,
  streamOf,
} from './definition/parameter.ts'
export type { Issue, Schema, SchemaInput, SchemaOutput } from './definition/schema.ts'
export { ClientResultError } from './errors/client-result-error.ts'
export { HubError } from './errors/hub-error.ts'
export { RefusedCallError, type RefusedCallReason } from './errors/refused-call-error.ts'
export { createHub, type DisconnectTarget, type Hub } from './hub.ts'
export type { HubLimits } from './limits.ts'
export type { HubOptions } from './options.ts'
export {
  type Encoded,
  type HubEncoding,
  type RecordReader,
  SerializationError,
} from './protocol/encoding.ts'
export type { HubEnd, HubErrorSource } from './session/hub-environment.ts'
