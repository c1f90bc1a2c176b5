import { show } from '../runtime/show.ts'
import type { Endpoint } from './endpoint.ts'
import { SERVED, type ServedEndpoint } from './served-endpoint.ts'

/**
 * The part of an endpoint that adapters use.
 *
 * @throws TypeError for an endpoint that was not made by `createEndpoint`.
 */
export function serve(endpoint: Endpoint): ServedEndpoint {
  // Set by createEndpoint, which may be that of another copy of this package.
  const served = (endpoint as { readonly [SERVED]?: ServedEndpoint } | undefined)?.[SERVED]
  if (served === undefined) {
    throw new TypeError(`The endpoint must be made by createEndpoint, got ${show(endpoint)}.`)
  }
  return served
}
