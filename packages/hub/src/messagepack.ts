export type { HubEncoding } from './protocol/encoding.ts'
export { messagepack } from './protocol/messagepack/messagepack-encoding.ts'
