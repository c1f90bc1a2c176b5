import type { CloseEvent } from '@wirebeat/core'
import type { ServerOptions } from '@wirebeat/test-support'
import type { Close, Conversation, Message, Outcome } from './conversation.ts'

/** One connection of a scenario. */
export interface Part {
  /** What it asks of the client beside opening a connection. */
  readonly conversation?: Partial<Conversation>
  /** What the client must see. */
  readonly outcome: Outcome
  /** What the endpoint and the session must be told. */
  readonly told: Told
}

/** One thing that every client must see, and be seen to do, on every adapter. */
export interface Scenario extends Part {
  /** A sentence about it. */
  readonly name: string
  /** Makes what the server is to be. Default: a server that echoes. */
  readonly server?: () => ServerOptions
  /** A second connection of the same client, at the same time, that ends like the first. */
  readonly beside?: Part
  /** Whether the server ends the connection as soon as it is open. */
  readonly endsAtOnce?: boolean
}

/** What became of one handshake. */
export type Told =
  | { readonly refusal: 'origin' }
  | { readonly protocol: string; readonly end: Pick<CloseEvent, 'cause' | 'code' | 'reason'> }

const NORMAL_CLOSE = { code: 1000, reason: '' }

/** The client sends these, gets the same back, and closes. */
function echo(
  messages: readonly Message[],
  { protocol = '', ...conversation }: Partial<Conversation> & { protocol?: string } = {},
): Part {
  return {
    conversation: { send: messages, close: NORMAL_CLOSE, ...conversation },
    outcome: { opened: true, protocol, messages, close: NORMAL_CLOSE },
    told: { protocol, end: { cause: 'client', ...NORMAL_CLOSE } },
  }
}

/** The client closes like this, and gets its own close frame back. */
function closing(close: Close): Part {
  return {
    conversation: { close },
    outcome: { opened: true, protocol: '', messages: [], close },
    told: { protocol: '', end: { cause: 'client', ...close } },
  }
}

/** The server closes like this, after these messages. */
function closed(
  cause: 'server' | 'session-error',
  close: Close,
  messages: readonly Message[] = [],
): Part {
  return {
    outcome: { opened: true, protocol: '', messages, close },
    told: { protocol: '', end: { cause, ...close } },
  }
}

function binary(length: number): Message {
  const bytes = Uint8Array.from({ length }, (_, index) => index * 31)
  return { base64: Buffer.from(bytes).toString('base64') }
}

const LONG = 100 * 1024
// Five characters of one to four bytes each, so that no size of a buffer fits them: 16 bytes.
const longText: Message = { text: 'aé世👋…\n\n\n'.repeat(LONG / 16) }
const longMessages = [longText, binary(LONG), { text: 'short' }]

/** 2 MiB, which is more than a client of HTTP/2 may send on all streams that are not read. */
const flood = Array.from({ length: 20 }, () => longText)

const ALLOWED_ORIGIN = 'http://friend.example'
const OTHER_ORIGIN = 'http://stranger.example'
const CLOSE_REASON = 'à bientôt 👋'

/** X of the scenario about silence, in milliseconds. */
const KEEP_ALIVE_INTERVAL = 400

export const scenarios: readonly Scenario[] = [
  {
    name: 'text comes back as text, character by character',
    ...echo([{ text: 'plain' }, { text: 'Grüße, 世界 👋🏽 and \u{10ffff}' }]),
  },
  {
    name: 'binary comes back as binary, byte by byte',
    ...echo([binary(1), binary(256)]),
  },
  {
    name: 'empty messages come back, each as what it was',
    ...echo([{ text: '' }, { base64: '' }, { text: '' }]),
  },
  {
    name: 'messages of 100 KiB come back whole and in order',
    ...echo(longMessages),
  },
  {
    name: 'messages of 100 KiB come back where the endpoint compresses for those who ask',
    server: () => ({ compression: true }),
    ...echo(longMessages),
  },
  {
    name: "the client's close with 1000 reaches the session",
    ...closing(NORMAL_CLOSE),
  },
  {
    name: "the client's close with 4001 and a reason reaches the session",
    ...closing({ code: 4001, reason: CLOSE_REASON }),
  },
  {
    name: 'a message and a close with 1000 that follow the handshake at once reach the client',
    server: () => ({
      session: {
        open(connection) {
          connection.send('welcome')
          connection.close()
        },
      },
    }),
    endsAtOnce: true,
    ...closed('server', NORMAL_CLOSE, [{ text: 'welcome' }]),
  },
  {
    name: "the session's close with 4002 and a reason reaches the client",
    server: () => ({ session: { message: (connection) => connection.close(4002, CLOSE_REASON) } }),
    conversation: { send: [{ text: 'close' }] },
    ...closed('server', { code: 4002, reason: CLOSE_REASON }),
  },
  {
    name: 'a session that throws closes with 1011',
    server: () => ({
      session: {
        message() {
          throw new Error('thrown on purpose')
        },
      },
    }),
    conversation: { send: [{ text: 'throw' }] },
    ...closed('session-error', { code: 1011, reason: '' }),
  },
  {
    name: 'of the subprotocols that the client offers, it gets the one that the server prefers',
    server: () => ({ protocols: ['v3.example', 'v2.example', 'v1.example'] }),
    ...echo([], {
      protocols: ['v1.example', 'other.example', 'v2.example'],
      protocol: 'v2.example',
    }),
  },
  {
    name: 'an allowed origin is let in',
    server: () => ({ allowedOrigins: [ALLOWED_ORIGIN], requireOrigin: true }),
    ...echo([], { origin: ALLOWED_ORIGIN }),
  },
  {
    name: 'another origin is refused',
    server: () => ({ allowedOrigins: [ALLOWED_ORIGIN] }),
    conversation: { origin: OTHER_ORIGIN, close: NORMAL_CLOSE },
    outcome: { opened: false },
    told: { refusal: 'origin' },
  },
  {
    name: 'pings alone keep a client that is idle for 6X',
    server: () => ({ keepAliveInterval: KEEP_ALIVE_INTERVAL }),
    ...echo([{ text: 'still here' }], { idle: 6 * KEEP_ALIVE_INTERVAL }),
  },
  {
    name: 'a connection that the server does not read holds up no other one of the same client',
    server: unreadBesideRead,
    ...echo(flood, { protocols: ['unread'], protocol: 'unread' }),
    // By then the other one has sent all that it can.
    beside: echo([{ text: 'let it go' }], { protocols: ['read'], protocol: 'read', idle: 500 }),
  },
]

/** The connection with the subprotocol `unread` is read once the one with `read` has echoed. */
function unreadBesideRead(): ServerOptions {
  let letGo: (() => void) | undefined
  return {
    protocols: ['unread', 'read'],
    session: {
      open(connection) {
        if (connection.protocol !== 'unread') return
        connection.pause()
        letGo = () => connection.resume()
      },
      message(connection, message) {
        connection.send(message)
        if (connection.protocol === 'read') letGo?.()
      },
    },
  }
}
