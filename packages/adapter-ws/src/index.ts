export type { Listening, ListenOptions, TlsFiles } from '@wirebeat/core/adapter'
export { adapter } from './adapter.ts'
export { attach } from './attach.ts'
export { listen } from './listen.ts'
