export { httpTransports } from './http-transports.ts'
export type { HttpTransportsOptions, Redirect, RedirectFunction } from './options.ts'
export type { Servers } from './servers.ts'
