export type { HubEncoding } from './protocol/encoding.ts'
