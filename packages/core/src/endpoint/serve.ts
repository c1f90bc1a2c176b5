import { show } from '../runtime/show.ts'
import type { Endpoint } from './endpoint.ts'
import { SERVED, type ServedEndpoint } from './served-endpoint.ts'

/**
 * What an adapter needs of an endpoint.
 *
 * @throws TypeError for what `createEndpoint` has not made.
 */
export function serve(endpoint: Endpoint): ServedEndpoint {
  // Put there by createEndpoint alone, maybe that of another copy of this package.
  const served = (endpoint as { readonly [SERVED]?: ServedEndpoint } | undefined)?.[SERVED]
  if (served === undefined) {
    throw new TypeError(`The endpoint must be made by createEndpoint, got ${show(endpoint)}.`)
  }
  return served
}
