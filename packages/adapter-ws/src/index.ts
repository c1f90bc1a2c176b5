export { attach } from './attach.ts'
export { missingCapabilities } from './capabilities.ts'
export { type Listening, type ListenOptions, listen, type TlsFiles } from './listen.ts'
