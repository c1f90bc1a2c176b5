import type { IncomingMessage, ServerResponse } from 'node:http'
import type { UwsHandler } from '@wirebeat/adapter-uws'
import type { Endpoint } from '@wirebeat/core'
import type { Listening } from '@wirebeat/core/adapter'
import type { DemoOptions } from './command-line.ts'
import { PAGE_HEADERS, type PageFile, type Resource } from './page.ts'

/** Options of {@link serve}. */
export interface ServeOptions extends Pick<DemoOptions, 'adapter' | 'host' | 'port' | 'tls'> {
  readonly endpoint: Endpoint
  readonly page: ReadonlyMap<string, Resource>
}

/** Serves the endpoint and the page on one port, with the server of the chosen adapter, the only one that is loaded. */
export async function serve({
  adapter,
  endpoint,
  page,
  host,
  port,
  tls,
}: ServeOptions): Promise<Listening> {
  const options = { host, port, ...(tls && { tls }) }
  if (adapter === 'ws') {
    const { listen } = await import('@wirebeat/adapter-ws')
    return listen(endpoint, {
      ...options,
      configure: (server) => server.on('request', nodeHandler(page)),
    })
  }
  if (adapter === 'uws') {
    const { listen } = await import('@wirebeat/adapter-uws')
    return listen(endpoint, {
      ...options,
      configure: (app) => app.get('/*', uwsHandler(page)),
    })
  }
  const { listen } = await import('@wirebeat/adapter-bun')
  return listen(endpoint, {
    ...options,
    configure(server) {
      server.fetch = webHandler(page)
    },
  })
}

const NOT_FOUND: PageFile = {
  type: 'text/plain; charset=utf-8',
  body: 'Nothing is served at this path.\n',
}

function nodeHandler(page: ReadonlyMap<string, Resource>) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const [path = '', query = ''] = (request.url ?? '').split('?', 2)
    // Only GET, as on the other engine, which cannot answer HEAD requests.
    const resource = request.method === 'GET' ? page.get(path) : undefined
    const file = typeof resource === 'function' ? await resource(query) : resource
    const { type, body } = file ?? NOT_FOUND
    response.writeHead(file ? 200 : 404, { ...PAGE_HEADERS, 'Content-Type': type })
    response.end(body)
  }
}

function webHandler(page: ReadonlyMap<string, Resource>) {
  return async ({ method, url }: Request): Promise<Response> => {
    const { pathname, search } = new URL(url)
    const resource = method === 'GET' ? page.get(pathname) : undefined
    const file = typeof resource === 'function' ? await resource(search.slice(1)) : resource
    const { type, body } = file ?? NOT_FOUND
    const headers = { ...PAGE_HEADERS, 'Content-Type': type }
    return new Response(body, { status: file ? 200 : 404, headers })
  }
}

function uwsHandler(page: ReadonlyMap<string, Resource>): UwsHandler {
  return (response, request) => {
    const resource = page.get(request.getUrl())
    if (typeof resource !== 'function') {
      answer(response, resource)
      return
    }
    let isAborted = false
    response.onAborted(() => {
      isAborted = true
    })
    Promise.resolve(resource(request.getQuery() ?? '')).then((file) => {
      if (!isAborted) response.cork(() => answer(response, file))
    })
  }
}

function answer(response: Parameters<UwsHandler>[0], file: PageFile | undefined): void {
  const { type, body } = file ?? NOT_FOUND
  response.writeStatus(file ? '200 OK' : '404 Not Found')
  const headers = { ...PAGE_HEADERS, 'Content-Type': type }
  for (const [name, value] of Object.entries(headers)) response.writeHeader(name, value)
  response.end(body, false)
}
