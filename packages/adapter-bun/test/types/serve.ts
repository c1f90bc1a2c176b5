// What an application writes compiles with Bun's own types. Nothing of this runs.

import { attach, listen } from '@wirebeat/adapter-bun'
import { createEndpoint, echo } from '@wirebeat/core'

const endpoint = createEndpoint({ path: '/ws', session: echo() })
const page = (request: Request): Response => new Response(request.url)

Bun.serve(attach({ port: 5000 }, endpoint))
Bun.serve(attach({ port: 5000, fetch: page }, endpoint))
Bun.serve(attach(attach({ fetch: page }, endpoint), createEndpoint({ session: echo() })))
Bun.serve(
  attach(
    {
      routes: {
        '/a': new Response('a'),
        '/b/:id': ({ params }: Bun.BunRequest<'/b/:id'>) => new Response(params.id),
      },
    },
    endpoint,
  ),
)
await listen(endpoint, {
  configure(options) {
    options.fetch = page
  },
})
export default attach({ fetch: page }, endpoint)
