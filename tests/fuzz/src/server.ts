import process from 'node:process'
import { setImmediate } from 'node:timers/promises'
import {
  type Allowed,
  allow,
  createEndpoint,
  type Endpoint,
  type EndpointOptions,
  echo,
  type HandshakeRequest,
  type Refusal,
  refuse,
  type Session,
} from '@wirebeat/core'
import { httpTransports } from '@wirebeat/http-transports'
import { loadAdapter } from '@wirebeat/test-support/adapter-names'
import { answerQuestions, collectedMemory } from '@wirebeat/test-support/process'
import { hubSession } from './hub/methods.ts'
import type { Memory, Ready, Report, ServerQuestions, ToldEnd } from './protocol.ts'
import {
  HOST,
  LATER_HEADER,
  MAX_CONNECTIONS,
  MAX_MESSAGE_SIZE,
  NEXT_POLL_TIMEOUT,
  OPEN_TIMEOUT,
  ORIGIN,
  PATH,
  POLL_TIMEOUT,
  PROTOCOLS,
  REFUSED_HEADER,
} from './settings.ts'

// The program that is fuzzed: two echo endpoints, one of which compresses, and two hubs, one of which is reached by plain
// requests as well, on the adapter that is named on the command line. A process of its own, so that a crash is seen and its memory is its own.

/** The number that a connection came with; without one its end is not told. */
type Context = number | undefined

let opened = 0
const ends: ToldEnd[] = []
const errors: string[] = []

const plain = makeEndpoint(echo())
const compressing = makeEndpoint(echo(), { compression: true })
const hub = makeEndpoint(hubSession(onError))
const fallback = makeEndpoint(hubSession(onError), {
  httpTransports: httpTransports({
    openTimeout: OPEN_TIMEOUT,
    pollTimeout: POLL_TIMEOUT,
    nextPollTimeout: NEXT_POLL_TIMEOUT,
  }),
})
const all = [plain, compressing, hub, fallback]

function makeEndpoint(
  session: Session<Context>,
  more: Pick<EndpointOptions<Context>, 'compression' | 'httpTransports'> = {},
): Endpoint<Context> {
  const endpoint = createEndpoint<Context>({
    path: PATH,
    protocols: PROTOCOLS,
    allowedOrigins: [ORIGIN],
    maxMessageSize: MAX_MESSAGE_SIZE,
    maxConnections: MAX_CONNECTIONS,
    keepAliveInterval: 20_000,
    session,
    authorize,
    onError,
    ...more,
  })
  endpoint.on('open', () => {
    opened++
  })
  endpoint.on('close', ({ context }, { cause, code }) => {
    if (context !== undefined) ends.push({ id: context, cause, code })
  })
  return endpoint
}

function onError(error: unknown): void {
  errors.push(error instanceof Error ? `${error.stack}` : String(error))
}

function authorize({
  headers,
  url,
}: HandshakeRequest): Allowed<Context> | Refusal | Promise<Allowed<Context>> {
  if (headers.get(REFUSED_HEADER) !== undefined) return refuse(401)
  const id = /\?id=(\d{1,9})$/.exec(url)?.[1]
  const answer = allow(id === undefined ? undefined : Number(id))
  return headers.get(LATER_HEADER) === undefined ? answer : setImmediate(answer)
}

async function memory(): Promise<Memory> {
  const { rss, heapUsed, external } = await collectedMemory()
  return { resident: rss, heap: heapUsed + external }
}

function report(): Report {
  const open = all.reduce((sum, { connections }) => sum + connections.size, 0)
  return { opened, open, ends: ends.splice(0), errors: errors.splice(0) }
}

process.on('warning', (warning) => errors.push(`${warning.stack}`))

// The parent names it.
const { listen, missing } = await loadAdapter(process.argv[2] ?? '')
const [first, second, third, fourth] = await Promise.all(
  all.map((endpoint) => listen(endpoint, { host: HOST })),
)
const ready: Ready = {
  ports: {
    plain: first?.port ?? 0,
    compressing: second?.port ?? 0,
    hub: third?.port ?? 0,
    fallback: fourth?.port ?? 0,
  },
  missing,
}
answerQuestions<ServerQuestions>(ready, { report, memory })
