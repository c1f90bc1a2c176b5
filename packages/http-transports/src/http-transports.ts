import type { HttpExtension } from '@wirebeat/core'
import { type HttpTransportsOptions, resolveOptions } from './options.ts'
import { TransportService } from './transport-service.ts'

/**
 * Makes the option `httpTransports` of an endpoint: its clients may negotiate at `<path>/negotiate`, as those of SignalR
 * do, and connect by Server-Sent Events and long polling too. One value may serve several endpoints.
 *
 * @throws OptionError for an option that is wrong or unknown.
 */
export function httpTransports(options: HttpTransportsOptions = {}): HttpExtension {
  const resolved = resolveOptions(options)
  return { serve: (host) => new TransportService(host, resolved) }
}
