export type { Listening, ListenOptions, TlsFiles } from '@wirebeat/core/adapter'
export { attach } from './attach.ts'
export { missingCapabilities } from './capabilities.ts'
export { listen } from './listen.ts'
