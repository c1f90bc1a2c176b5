export type { Listening, ListenOptions, TlsFiles } from '@wirebeat/core/adapter'
export { adapter } from './adapter.ts'
export { attach } from './attach.ts'
export { type Http2ListenOptions, listen } from './listen.ts'
