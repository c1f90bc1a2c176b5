export { adapter } from './adapter.ts'
export { attach } from './attach.ts'
export type { BunHandlers, BunOptions } from './engine.ts'
export { listen } from './listen.ts'
