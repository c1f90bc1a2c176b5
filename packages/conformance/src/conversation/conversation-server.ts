import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Connection, HandlerSession, HandshakeRequest, Message } from '@wirebeat/core'
import { DEFAULT_BOUND } from '../condition.ts'
import { encodeFrame, Opcode, type ServerFrame } from '../frame.ts'
import type { Harness, Server } from '../harness.ts'
import { Inbox } from '../inbox.ts'
import type { WebSocketClient } from '../web-socket-client.ts'
import { contents } from './contents.ts'
import {
  answersBeforeClose,
  type Conversation,
  closeFrameOf,
  framesOf,
  LAST_MESSAGE,
  stepsOf,
} from './conversation.ts'
import {
  describeBytes,
  describeClose,
  describeCloseFrame,
  describeMessage,
  type Seen,
  type Transcript,
} from './transcript.ts'

const LAST_PAYLOAD = contents(LAST_MESSAGE.type, LAST_MESSAGE.size, LAST_MESSAGE.seed)

/** One conversation that is being played: the server's part of it. */
class ConversationSession {
  readonly told: string[] = []
  readonly ended: Inbox<void> = new Inbox('the session to be told of the end')
  readonly #conversation: Conversation
  #answersLeft: number

  constructor(conversation: Conversation) {
    this.#conversation = conversation
    this.#answersLeft = answersBeforeClose(conversation)
  }

  open(connection: Connection): void {
    this.told.push('open')
    this.#closeWhenDone(connection)
  }

  message(connection: Connection, message: Message): void {
    const isText = typeof message === 'string'
    this.told.push(describeMessage(isText ? 'text' : 'binary', Buffer.from(message)))
    connection.send(message)
    this.#answersLeft--
    this.#closeWhenDone(connection)
  }

  #closeWhenDone(connection: Connection): void {
    const { ending } = this.#conversation
    if (ending.kind !== 'session-close' || this.#answersLeft > 0) return
    connection.close(ending.code, ending.reason)
  }
}

/** A server on which conversations are played, one by one or side by side. */
export class ConversationServer {
  readonly #server: Server
  readonly #sessions: Map<string, ConversationSession>
  #played = 0

  private constructor(server: Server, sessions: Map<string, ConversationSession>) {
    this.#server = server
    this.#sessions = sessions
  }

  static async start(harness: Harness): Promise<ConversationServer> {
    const sessions = new Map<string, ConversationSession>()
    const session: HandlerSession = {
      open: (connection) => sessionOf(connection).open(connection),
      message: (connection, message) => sessionOf(connection).message(connection, message),
      close(connection, event) {
        sessionOf(connection).told.push(describeClose(event))
        sessionOf(connection).ended.push()
      },
    }
    const authorize = ({ url }: HandshakeRequest): ConversationSession | undefined =>
      sessions.get(url)
    return new ConversationServer(await harness.start({ session, authorize }), sessions)
  }

  /**
   * Plays a conversation and tells what became of it.
   *
   * @param bound milliseconds that each wait may last
   * @throws Error when something that must come does not.
   */
  async play(conversation: Conversation, bound: number = DEFAULT_BOUND): Promise<Transcript> {
    const path = `/ws?play=${++this.#played}`
    const session = new ConversationSession(conversation)
    this.#sessions.set(path, session)
    const client = await this.#server.open({ path })
    try {
      const seen = await watch(client, conversation, bound, speak(client, conversation))
      if (conversation.ending.kind === 'reset') client.raw.reset()
      await session.ended.next(bound)
      return seen === undefined ? { told: session.told } : { told: session.told, seen }
    } finally {
      client.raw.reset()
      this.#sessions.delete(path)
    }
  }
}

function sessionOf({ context }: Connection): ConversationSession {
  if (context instanceof ConversationSession) return context
  throw new Error('a connection that belongs to no conversation')
}

/** Sends all that the client has to say, cut into writes. */
async function speak(client: WebSocketClient, conversation: Conversation): Promise<void> {
  const bytes: Buffer[] = []
  /** Turns of the event loop to wait, by the place in the stream. */
  const pauses = new Map<number, number>()
  let length = 0
  const add = (frame: Buffer): void => {
    bytes.push(frame)
    length += frame.length
  }
  for (const step of stepsOf(conversation)) {
    if (step.kind === 'pause') pauses.set(length, step.turns)
    else for (const frame of framesOf(step)) add(encodeFrame(frame))
  }
  const close = closeFrameOf(conversation)
  if (close !== undefined) add(encodeFrame(close))

  const cuts = conversation.writes.map((cut) => cut % (length + 1))
  const places = [...new Set([...cuts, ...pauses.keys(), length])].sort((a, b) => a - b)
  const stream = Buffer.concat(bytes)
  let at = 0
  for (const place of places) {
    if (place > at) client.write(stream.subarray(at, place))
    at = place
    for (let turns = pauses.get(place) ?? 1; turns > 0; turns--) {
      await nextTurn()
    }
  }
  if (conversation.ending.kind === 'hasty-fin') client.raw.finish()
}

/**
 * Takes all that comes, does the client's part of the end, and tells what has come.
 *
 * @param spoken settles when the client has sent all
 */
async function watch(
  client: WebSocketClient,
  { ending, steps }: Conversation,
  bound: number,
  spoken: Promise<void>,
): Promise<Seen | undefined> {
  const frames: ServerFrame[] = []
  switch (ending.kind) {
    case 'hasty-fin':
      await client.remaining(bound)
      return undefined
    case 'reset':
    case 'fin': {
      // By number as well, should they come in fragments.
      let answersLeft = steps.filter(({ kind }) => kind === 'message').length + 1
      const isLast = (frame: ServerFrame): boolean =>
        isEndOfMessage(frame) && (--answersLeft === 0 || frame.payload.equals(LAST_PAYLOAD))
      await collect(client, frames, bound, isLast)
      if (ending.kind === 'fin') client.raw.finish()
      break
    }
    case 'session-close':
      await collect(client, frames, bound, ({ opcode }) => opcode === Opcode.Close)
      // Its answer must not land in the middle of a frame.
      await spoken
      client.close(ending.code)
      break
    case 'client-close':
    case 'empty-close':
      break
  }
  // A client that resets sees nothing more.
  if (ending.kind !== 'reset') frames.push(...(await client.remaining(bound)))
  return describeFrames(frames, ending.kind === 'session-close')
}

/** Takes frames up to the last one that is waited for, or to the end of the socket. */
async function collect(
  client: WebSocketClient,
  frames: ServerFrame[],
  bound: number,
  isLast: (frame: ServerFrame) => boolean,
): Promise<void> {
  try {
    for (let isDone = false; !isDone; ) {
      const frame = await client.frame(bound)
      frames.push(frame)
      isDone = isLast(frame)
    }
  } catch (error) {
    // What is missing then is seen in the transcript.
    if (client.raw.end === undefined) throw error
  }
}

function isEndOfMessage({ opcode, fin }: ServerFrame): boolean {
  return fin && opcode < Opcode.Close
}

function describeFrames(frames: readonly ServerFrame[], isServersClose: boolean): Seen {
  const messages: string[] = []
  const pongs: string[] = []
  let close = 'none'
  let parts: ServerFrame[] = []
  for (const frame of frames) {
    if (close !== 'none') close += ', and more behind it'
    else if (frame.opcode === Opcode.Pong) pongs.push(describeBytes(frame.payload))
    else if (frame.opcode === Opcode.Close) close = describeClosing(frame.payload, isServersClose)
    else if (frame.opcode !== Opcode.Ping) {
      parts.push(frame)
      if (!frame.fin) continue
      const type = parts[0]?.opcode === Opcode.Text ? 'text' : 'binary'
      messages.push(describeMessage(type, Buffer.concat(parts.map(({ payload }) => payload))))
      parts = []
    }
  }
  return { messages, pongs, close }
}

/** An empty close frame says as much as 1000; the reason of an answer is the server's own affair. */
function describeClosing(payload: Buffer, isServersClose: boolean): string {
  const code = payload.length === 0 ? 1000 : payload.readUInt16BE()
  return isServersClose
    ? describeCloseFrame(code, payload.subarray(2).toString())
    : describeCloseFrame(code)
}
