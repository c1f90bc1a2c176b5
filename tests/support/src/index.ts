// What tests of the whole product share.

export { makeCertificate } from '@wirebeat/conformance/certificate'
export { type Adapter, adapters, can } from './adapters.ts'
export { type Server, type ServerOptions, serve } from './server.ts'
