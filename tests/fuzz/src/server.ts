import process from 'node:process'
import { setImmediate } from 'node:timers/promises'
import {
  type Allowed,
  allow,
  createEndpoint,
  type Endpoint,
  echo,
  type HandshakeRequest,
  type Refusal,
  refuse,
  type Session,
} from '@wirebeat/core'
import { loadAdapter } from '@wirebeat/test-support/adapter-names'
import { answerQuestions, collectedMemory } from '@wirebeat/test-support/process'
import { hubSession } from './hub/methods.ts'
import type { Memory, Ready, Report, ServerQuestions, ToldEnd } from './protocol.ts'
import {
  HOST,
  LATER_HEADER,
  MAX_CONNECTIONS,
  MAX_MESSAGE_SIZE,
  ORIGIN,
  PATH,
  PROTOCOLS,
  REFUSED_HEADER,
} from './settings.ts'

// The program that is fuzzed: two echo endpoints, one of which compresses, and a hub, on the adapter that is
// named on the command line. A process of its own, so that a crash is seen and its memory is its own.

/** The number that a connection came with; without one its end is not told. */
type Context = number | undefined

let opened = 0
const ends: ToldEnd[] = []
const errors: string[] = []

const plain = makeEndpoint(false, echo())
const compressing = makeEndpoint(true, echo())
const hub = makeEndpoint(false, hubSession(onError))
const all = [plain, compressing, hub]

function makeEndpoint(compression: boolean, session: Session<Context>): Endpoint<Context> {
  const endpoint = createEndpoint<Context>({
    path: PATH,
    compression,
    protocols: PROTOCOLS,
    allowedOrigins: [ORIGIN],
    maxMessageSize: MAX_MESSAGE_SIZE,
    maxConnections: MAX_CONNECTIONS,
    keepAliveInterval: 20_000,
    session,
    authorize,
    onError,
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
const [first, second, third] = await Promise.all(
  all.map((endpoint) => listen(endpoint, { host: HOST })),
)
const ready: Ready = {
  ports: { plain: first?.port ?? 0, compressing: second?.port ?? 0, hub: third?.port ?? 0 },
  missing,
}
answerQuestions<ServerQuestions>(ready, { report, memory })
