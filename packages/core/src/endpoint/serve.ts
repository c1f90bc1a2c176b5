import { wrongValue } from '../runtime/option-error.ts'
import { show } from '../runtime/show.ts'
import type { MissingCapabilities } from './capabilities.ts'
import type { Endpoint } from './endpoint.ts'
import { SERVED, type ServedEndpoint, type ServedOptions } from './served-endpoint.ts'

/**
 * The part of an endpoint that adapters use.
 *
 * @param missing what the engine cannot do. Default: nothing
 * @throws TypeError for an endpoint that was not made by `createEndpoint`.
 * @throws OptionError for an option of the endpoint that the engine cannot honour.
 */
export function serve(endpoint: Endpoint, missing: MissingCapabilities = {}): ServedEndpoint {
  // Set by createEndpoint, which may be that of another copy of this package.
  const served = (endpoint as { readonly [SERVED]?: ServedEndpoint } | undefined)?.[SERVED]
  if (served === undefined) {
    throw new TypeError(`The endpoint must be made by createEndpoint, got ${show(endpoint)}.`)
  }
  checkAbilities(served.options, missing)
  return served
}

function checkAbilities(options: ServedOptions, missing: MissingCapabilities): void {
  const { compression, ping, 'proxy-protocol': proxyProtocol } = missing
  if (compression !== undefined && options.compression) {
    throw wrongValue('compression', options.compression, 'false on this engine', compression.reason)
  }
  if (proxyProtocol !== undefined && options.proxyProtocol) {
    const allowed = 'without proxy-protocol on this engine'
    throw wrongValue('trustedProxies.headers', ['proxy-protocol'], allowed, proxyProtocol.reason)
  }
  const plain = missing['plain-requests']
  if (plain !== undefined && options.answersPlain) {
    throw wrongValue('httpTransports', {}, 'left out on this engine', plain.reason)
  }
  const { aliveOn, keepAliveInterval } = options
  if (ping !== undefined && aliveOn !== 'message' && keepAliveInterval > 0) {
    const advice = `${ping.reason} Have the clients send messages, or set keepAliveInterval to 0.`
    throw wrongValue('aliveOn', aliveOn, '"message" on this engine', advice)
  }
}
