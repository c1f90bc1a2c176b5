import { readFileSync } from 'node:fs'
import type { AllowedOrigins, EndpointOptions, TransportKind } from '@wirebeat/core'
import { Command, InvalidArgumentError, Option } from 'commander'
import ms from 'ms'
import { CHAT_LIMITS } from './chat-limits.ts'
import { isBun } from './on-bun.ts'

export const ADAPTERS = ['ws', 'uws', 'bun'] as const
export type AdapterName = (typeof ADAPTERS)[number]
export type SessionName = 'echo' | 'echo-loop' | 'chat'

/** What the command line asks for. */
export interface DemoOptions {
  readonly adapter: AdapterName
  readonly session: SessionName
  /** By what clients of the chat may connect, in the order in which they try; `undefined` for all. */
  readonly transports: readonly TransportKind[] | undefined
  readonly host: string
  readonly port: number
  readonly tls: { readonly cert: string; readonly key: string } | undefined
  /** Whether the endpoint's figures are served. */
  readonly metrics: boolean
  /** The options as given. The endpoint checks the values. */
  readonly endpoint: Omit<EndpointOptions<unknown>, 'session' | 'authorize'> & {
    readonly path: string
  }
}

interface Flags
  extends Omit<DemoOptions, 'tls' | 'endpoint'>,
    Omit<DemoOptions['endpoint'], 'trustedProxies' | 'allowedHosts'> {
  readonly allowedHosts?: '*' | readonly string[]
  readonly trustedProxies?: readonly string[]
  readonly proxyHeaders: keyof typeof PROXY_HEADERS
  readonly tlsCert?: string
  readonly tlsKey?: string
}

/** The transports, by their name on the command line. */
const TRANSPORTS: ReadonlyMap<string, TransportKind> = new Map([
  ['websockets', 'web-sockets'],
  ['server-sent-events', 'server-sent-events'],
  ['long-polling', 'long-polling'],
])

type EndpointDefaults = Partial<DemoOptions['endpoint']>

const ECHO_DEFAULTS: EndpointDefaults = { heartbeatMessage: 'wirebeat:heartbeat' }

/** What clients of a hub expect, and the limit of the chat. */
const CHAT_DEFAULTS: EndpointDefaults = {
  keepAliveInterval: 15_000,
  aliveOn: 'message',
  messageRate: CHAT_LIMITS.messageRate,
}

/** The headers of a proxy, by their name on the command line. */
const PROXY_HEADERS = {
  'x-forwarded': ['x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host'],
  forwarded: ['forwarded'],
} as const

/**
 * Parses the arguments.
 *
 * @throws CommanderError for wrong arguments and for `--help`, after printing the message or the help.
 */
export function parseCommandLine(args: readonly string[]): DemoOptions {
  // A script runner passes on the `--` that separates its own arguments from these.
  const [first, ...others] = args
  const program = makeProgram()
  program.parse(first === '--' ? others : [...args], { from: 'user' })
  const { adapter, session, transports, host, port, tlsCert, tlsKey, metrics, ...rest } =
    program.opts<Flags>()
  const { trustedProxies: addresses, proxyHeaders, allowedHosts: hosts, ...endpoint } = rest
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    program.error('error: --tls-cert and --tls-key must be given together.')
  }
  if (transports !== undefined && session !== 'chat') {
    program.error('error: --transports needs --session chat.')
  }
  if (session === 'chat' && endpoint.keepAliveInterval === 0) {
    program.error('error: --keep-alive-interval must not be 0 with --session chat.')
  }
  const tls =
    tlsCert === undefined || tlsKey === undefined ? undefined : { cert: tlsCert, key: tlsKey }
  const trustedProxies = addresses && { addresses, headers: PROXY_HEADERS[proxyHeaders] }
  return {
    adapter,
    session,
    transports,
    host,
    port,
    tls,
    metrics,
    endpoint: {
      ...(session === 'chat' ? CHAT_DEFAULTS : ECHO_DEFAULTS),
      ...endpoint,
      ...(trustedProxies && { trustedProxies }),
      ...allowedHosts(host, hosts),
    },
  }
}

/** Names of this machine, which a page of another one cannot have. */
const LOOPBACK = ['localhost', '127.0.0.1', '[::1]']

/**
 * A server that only this machine reaches answers for its own names, or a page whose name an attacker
 * has pointed at 127.0.0.1 could reach it from a browser here (DNS rebinding).
 */
function allowedHosts(
  host: string,
  asked: Flags['allowedHosts'],
): Pick<EndpointOptions, 'allowedHosts'> {
  if (asked === '*') return {}
  if (asked !== undefined) return { allowedHosts: asked }
  const isLocal = /^(?:localhost|127(?:\.\d+){3}|\[?::1\]?)$/.test(host)
  if (!isLocal) return {}
  return {
    allowedHosts: LOOPBACK.includes(host) || host.includes(':') ? LOOPBACK : [...LOOPBACK, host],
  }
}

/** The flag that sets an option of the endpoint: `--max-message-size` for `maxMessageSize`. */
export function flagOf(option: string): string {
  return `--${option.replace(/[.[].*/, '').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}

function makeProgram(): Command {
  return new Command('wirebeat-demo')
    .description('Serves a WebSocket echo or a chat, and a page to try it with.')
    .usage('[options]')
    .exitOverride()
    .allowExcessArguments(false)
    .configureHelp({ helpWidth: HELP_WIDTH, optionDescription: describeOption })
    .optionsGroup('Server:')
    .addOption(
      new Option('--adapter <name>', 'engine').choices(ADAPTERS).default(isBun ? 'bun' : 'ws'),
    )
    .option('--host <host>', 'address to listen on', 'localhost')
    .option('--port <port>', 'port to listen on; 0 takes any free one', parsePort, 5000)
    .option('--path <path>', 'pathname of the endpoint', '/ws')
    .addOption(
      new Option('--session <name>', 'the echo, as handlers or as a loop, or a chat on a hub')
        .choices(['echo', 'echo-loop', 'chat'])
        .default('echo'),
    )
    .option(
      '--transports <list>',
      'of the chat, with commas between them, in the order in which they are tried: websockets, server-sent-events, long-polling (default: all)',
      parseTransports,
    )
    .option('--tls-cert <file>', 'certificate in PEM format, for https and wss')
    .option('--tls-key <file>', 'the key of the certificate')
    .option('--metrics', 'serve figures: for Prometheus at /metrics, a page at /stats', false)
    .optionsGroup('Who may connect:')
    .option(
      '--allowed-hosts <list>',
      "'*', or names by which the server is reached (default: its own)",
      parseHosts,
    )
    .option(
      '--allowed-origins <list>',
      "'*', 'same-origin', or origins with commas between them",
      parseOrigins,
      'same-origin',
    )
    .option(
      '--trusted-proxies <list>',
      "addresses, CIDR blocks or 'unix:' of proxies, with commas between them (default: none)",
      parseList,
    )
    .addOption(
      new Option('--proxy-headers <which>', 'the headers that the proxies set')
        .choices(Object.keys(PROXY_HEADERS))
        .default('x-forwarded'),
    )
    .option('--max-connections <n>', 'others are refused: 503 (default: no limit)', parseNumber)
    .option(
      '--max-connections-per-address <n>',
      'from one address: 429 (default: no limit)',
      parseNumber,
    )
    .optionsGroup('Silence:')
    .option(
      '--keep-alive-interval <time>',
      'X, the time between pings; 0 turns the 2X rule off (default: 2m; chat: 15s)',
      parseTime,
    )
    .option('--client-timeout <time>', 'how long a client may be silent (default: 2X)', parseTime)
    .addOption(
      new Option(
        '--alive-on <what>',
        'what counts as a sign of life (default: traffic; chat: message)',
      ).choices(['traffic', 'message']),
    )
    .option(
      '--heartbeat-message <text>',
      'a message that is answered with itself (default: wirebeat:heartbeat; chat: none)',
    )
    .optionsGroup('Messages:')
    .option(
      '--max-message-size <bytes>',
      'the largest message; else 1009 (default: 1 MiB)',
      parseNumber,
    )
    .option(
      '--max-buffered-amount <bytes>',
      'what may wait for a slow client; else 1008 (default: 1 MiB)',
      parseNumber,
    )
    .option(
      '--receive-buffer-size <bytes>',
      'what may wait for a slow session (default: 1 MiB)',
      parseNumber,
    )
    .option(
      '--message-rate <n>',
      'per second from one client; else 1008 (default: no limit; chat: 20)',
      parseNumber,
    )
    .optionsGroup('About:')
    .version(readVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .addHelpText('after', EXAMPLES)
}

const HELP_WIDTH = 80

const EXAMPLES = `
Times are 500ms, 30s or 2m; sizes are bytes.

Examples:
  wirebeat-demo                              the page at http://localhost:5000
  wirebeat-demo --adapter uws --port 8080    the same on uWebSockets.js
  wirebeat-demo --adapter bun                the same on Bun, which it starts
  wirebeat-demo --session chat               a chat; open it in two windows
  wirebeat-demo --keep-alive-interval 2s     a silent client is gone after 4 s
  wirebeat-demo --allowed-origins 'https://a.example,https://*.b.example'`

/** Adds the values and the default to the description of a flag. */
function describeOption({ description, argChoices, defaultValue }: Option): string {
  const values = argChoices === undefined ? '' : `: ${argChoices.join(', ')}`
  const standard = defaultValue === undefined ? '' : ` (default: ${defaultValue || 'off'})`
  return `${description}${values}${standard}`
}

function readVersion(): string {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  return JSON.parse(manifest).version
}

function parseTime(text: string): number {
  // The library's type lists every unit. It returns undefined for a unit that it does not know.
  const isTime = text === '0' || /[a-z]$/i.test(text)
  const time = isTime ? ms(text as ms.StringValue) : undefined
  if (time === undefined) throw new InvalidArgumentError('Write a time as 500ms, 30s or 2m.')
  return time
}

function parseNumber(text: string): number {
  const number = text.trim() === '' ? Number.NaN : Number(text)
  if (Number.isNaN(number)) throw new InvalidArgumentError('Write a number.')
  return number
}

function parsePort(text: string): number {
  const port = parseNumber(text)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw new InvalidArgumentError('Write a whole number from 0 to 65,535.')
}

function parseOrigins(text: string): AllowedOrigins {
  if (text === '*' || text === 'same-origin') return text
  return parseList(text)
}

function parseHosts(text: string): '*' | readonly string[] {
  return text === '*' ? text : parseList(text)
}

function parseTransports(text: string): readonly TransportKind[] {
  const names = parseList(text)
  const kinds = names.flatMap((name) => TRANSPORTS.get(name) ?? [])
  if (kinds.length === names.length && new Set(kinds).size === kinds.length) return kinds
  const all = [...TRANSPORTS.keys()].join(', ')
  throw new InvalidArgumentError(`Write some of ${all}, with commas between them, each once.`)
}

function parseList(text: string): readonly string[] {
  return text.split(',').map((one) => one.trim())
}
