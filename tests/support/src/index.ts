// What tests of the whole product share.

export { makeCertificate } from '@wirebeat/conformance/certificate'
export type { Adapter } from '@wirebeat/core/adapter'
export { adapters, adaptersInProcesses, can } from './adapters.ts'
export { type Server, type ServerOptions, serve } from './server.ts'
