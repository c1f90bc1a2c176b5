export { httpTransports } from './http-transports.ts'
export type { HttpTransportsOptions, Redirect, RedirectFunction } from './options.ts'
