import { createEndpoint, type EndpointOptions, echo, type HttpExtension } from '@wirebeat/core'
import { HeaderFields, type Refusal, serve } from '@wirebeat/core/adapter'
import {
  HandshakeRefusedError,
  ManualClock,
  MemoryClient,
  type MemoryClientOptions,
} from '@wirebeat/core/testing'
import { httpTransports } from '@wirebeat/http-transports'

/** Every reason that there is, also one that nothing here provokes. */
export const refusalReasons: readonly string[] = Object.keys(
  createEndpoint({ session: echo() }).stats().refusals,
)

const KEY = 'dGhlIHNhbXBsZSBub25jZQ=='

async function refused(
  request: MemoryClientOptions,
  options: Partial<EndpointOptions<unknown>> = {},
  before: (endpoint: ReturnType<typeof createEndpoint>) => unknown = () => {},
): Promise<Refusal> {
  const endpoint = createEndpoint<unknown>({
    session: echo(),
    authorize: () => 'anybody',
    onError() {},
    ...options,
  })
  await before(endpoint)
  return refusalOf(MemoryClient.connect(endpoint, request))
}

async function refusalOf(connecting: Promise<MemoryClient>): Promise<Refusal> {
  const error: unknown = await connecting.then(
    () => undefined,
    (reason) => reason,
  )
  if (error instanceof HandshakeRefusedError && error.refusal !== undefined) return error.refusal
  throw new Error(`The request was not refused, but: ${error}`)
}

const connected = (endpoint: ReturnType<typeof createEndpoint>) => MemoryClient.connect(endpoint)
const never = () => new Promise<never>(() => {})

async function tooLate(): Promise<Refusal> {
  const clock = new ManualClock()
  const endpoint = createEndpoint<unknown>({ session: echo(), clock, authorize: never })
  const connecting = refusalOf(MemoryClient.connect(endpoint))
  clock.advance(10_000)
  return connecting
}

/**
 * A refusal of what answers plain requests.
 *
 * @param requests the header fields of each GET, one request after the other
 */
async function refusedPlain(
  httpTransports: HttpExtension,
  path: string,
  ...requests: readonly Readonly<Record<string, string>>[]
): Promise<Refusal> {
  const endpoint = createEndpoint({ path: '/ws', session: echo(), onError() {}, httpTransports })
  let body = ''
  const ask = (url: string, method: string, fields: Readonly<Record<string, string>>) => {
    const headers = new HeaderFields()
    for (const [name, value] of Object.entries({ Host: 'server.example', ...fields })) {
      headers.add(name, value)
    }
    const request = { method, url, headers, remoteAddress: '', secure: false }
    const answer = serve(endpoint).answer(request)
    if (typeof answer !== 'function') throw new Error('The request was not handed over.')
    return new Promise<void>((resolve) => {
      answer({
        read() {},
        respond(_head, answered) {
          body = String(answered)
          resolve()
        },
        terminate() {},
        stream: () => never() as never,
        onGone() {},
      })
    })
  }
  const told = new Promise<Refusal>((resolve) => endpoint.on('refuse', resolve))
  if (path.includes('TOKEN')) await ask('/ws/negotiate?negotiateVersion=1', 'POST', {})
  const url = path.replace('TOKEN', body === '' ? '' : JSON.parse(body).connectionToken)
  for (const fields of requests) await ask(url, 'GET', fields)
  await endpoint.close({ deadline: 0 })
  return told
}

const webSockets = httpTransports({ transports: ['web-sockets'] })
const polling = httpTransports({ transports: ['long-polling'] })
const EVENTS = { Accept: 'text/event-stream' }

/** What answers plain requests fails. */
const failing: HttpExtension = {
  serve: () => ({
    subpaths: [''],
    handle: () => Promise.reject(new Error('boom')),
    claim: () => undefined,
    close() {},
  }),
}

/** The client in memory sends nothing but GET and HTTP/1.1. */
function refusedLine(line: { readonly method?: string; readonly httpVersion?: string }): Refusal {
  const headers = new HeaderFields()
  headers.add('Host', 'server.example')
  headers.add('Upgrade', 'websocket')
  const request = { method: 'GET', url: '/', headers, remoteAddress: '', secure: false, ...line }
  const refusal = serve(createEndpoint({ session: echo() })).answer(request)
  if (refusal === undefined || typeof refusal === 'function')
    throw new Error('The request was not refused.')
  return refusal
}

function withHeaders(headers: Readonly<Record<string, string>>): MemoryClientOptions {
  return { headers }
}

const manyFields = Object.fromEntries(Array.from({ length: 501 }, (_, i) => [`x-${i}`, '']))

/** One refusal for each row of the page, made by requests that deserve it. */
export const refusals: readonly Refusal[] = [
  ...(await Promise.all([
    refused(withHeaders(manyFields)),
    refused({ url: '/rooms/%zz' }, { path: '/rooms/:id' }),
    refused(withHeaders({ Upgrade: 'h2c' })),
    refusedLine({ httpVersion: '1.0' }),
    refusedLine({ httpVersion: '2.0' }),
    refusedLine({ httpVersion: '2.0', method: 'CONNECT' }),
    refusedLine({ method: 'POST' }),
    refused(withHeaders({ 'Sec-WebSocket-Version': '8' })),
    refused(withHeaders({ Connection: 'close' })),
    refused(withHeaders({ Host: 'a, b' })),
    refused(withHeaders({ 'Transfer-Encoding': 'chunked' })),
    refused({}, { allowedHosts: ['server.example'] }),
    refused(withHeaders({ 'Sec-WebSocket-Key': `${KEY}, ${KEY}` })),
    refused(withHeaders({ 'Sec-WebSocket-Protocol': 'a, a' })),
    refused(withHeaders({ 'Sec-WebSocket-Extensions': ';' })),
    refused({}, {}, (endpoint) => endpoint.close()),
    refused({}, { maxConnections: 1 }, connected),
    refused({}, { maxConnectionsPerAddress: 1 }, connected),
    refused({}, { maxPendingHandshakes: 1, authorize: never }, (endpoint) => {
      void MemoryClient.connect(endpoint)
    }),
    refused({}, { requireOrigin: true }),
    refused({ origin: 'https://a.example, https://b.example' }),
    refused({ origin: 'a.example' }, { allowedOrigins: [] }),
    refused({ origin: 'https://a.example' }, { allowedOrigins: [] }),
    tooLate(),
    refused({ url: '/ws?id=a' }, { path: '/ws', httpTransports: httpTransports() }),
    refusedPlain(failing, '/ws', {}),
    refusedPlain(httpTransports(), '/ws', {}),
    refusedPlain(webSockets, '/ws?id=TOKEN', {}),
    refusedPlain(webSockets, '/ws?id=TOKEN', EVENTS),
    refusedPlain(httpTransports(), '/ws?id=TOKEN', {}, EVENTS),
    refused({ url: '/ws' }, { path: '/ws', httpTransports: polling }),
    refused(
      {},
      {
        authorize() {
          throw new Error('The database is gone.')
        },
      },
    ),
  ])),
]
