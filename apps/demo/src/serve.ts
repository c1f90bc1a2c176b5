import type { IncomingMessage, ServerResponse } from 'node:http'
import * as uws from '@wirebeat/adapter-uws'
import * as ws from '@wirebeat/adapter-ws'
import type { Endpoint } from '@wirebeat/core'
import type { AdapterName } from './command-line.ts'
import { PAGE_HEADERS, type PageFile } from './page.ts'

/** What is served, and where. */
export interface ServeOptions {
  readonly adapter: AdapterName
  readonly endpoint: Endpoint<undefined>
  readonly page: ReadonlyMap<string, PageFile>
  readonly host: string
  readonly port: number
  readonly tls: ws.TlsFiles | undefined
}

/** Serves the endpoint and the page on one port, by the server of the chosen adapter itself. */
export function serve({
  adapter,
  endpoint,
  page,
  host,
  port,
  tls,
}: ServeOptions): Promise<ws.Listening> {
  const options = { host, port, ...(tls && { tls }) }
  if (adapter === 'ws') {
    return ws.listen(endpoint, {
      ...options,
      configure: (server) => server.on('request', nodeHandler(page)),
    })
  }
  return uws.listen(endpoint, {
    ...options,
    configure: (app) => app.any('/*', uwsHandler(page)),
  })
}

const NOT_FOUND: PageFile = { type: 'text/plain; charset=utf-8', body: 'There is nothing here.\n' }

/** What to answer, and whether without the body. */
function find(
  page: ReadonlyMap<string, PageFile>,
  method: string,
  path: string,
): { readonly status: number; readonly file: PageFile; readonly isHead: boolean } {
  const isHead = method === 'HEAD'
  const file = isHead || method === 'GET' ? page.get(path) : undefined
  return { status: file ? 200 : 404, file: file ?? NOT_FOUND, isHead }
}

function nodeHandler(page: ReadonlyMap<string, PageFile>) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    const [path = ''] = (request.url ?? '').split('?', 1)
    const { status, file } = find(page, request.method ?? '', path)
    response.writeHead(status, {
      ...PAGE_HEADERS,
      'Content-Type': file.type,
      'Content-Length': Buffer.byteLength(file.body),
    })
    // Node leaves the body out where it must.
    response.end(file.body)
  }
}

function uwsHandler(page: ReadonlyMap<string, PageFile>): uws.UwsHandler {
  return (response, request) => {
    const { status, file, isHead } = find(page, request.getCaseSensitiveMethod(), request.getUrl())
    response.writeStatus(status === 200 ? '200 OK' : '404 Not Found')
    const headers = { ...PAGE_HEADERS, 'Content-Type': file.type }
    for (const [name, value] of Object.entries(headers)) response.writeHeader(name, value)
    if (isHead) response.endWithoutBody(Buffer.byteLength(file.body), false)
    else response.end(file.body, false)
  }
}
