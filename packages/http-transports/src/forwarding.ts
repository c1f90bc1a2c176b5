import { type HttpCall, type HttpHost, show } from '@wirebeat/core/extension'
import { isText } from './client-request.ts'
import { crossOriginFields } from './cross-origin.ts'
import { ForwardedRequest, readAnswer, writeAnswer, writeQuestion } from './forwarded-request.ts'
import { InTurn, TOO_MANY_WAIT } from './in-turn.ts'
import { PLAIN, refuse, TOO_SLOW, UNKNOWN } from './refuse.ts'
import type { Servers } from './servers.ts'
import { partsOf } from './token.ts'

const OPERATION = 'http-transports'

/** How long the other server may take, in milliseconds. It lets a client wait while its session is busy. */
const TIMEOUT = 60_000
/** How many requests of one endpoint may be under way to other servers, those included whose body is read. */
const MOST_UNDER_WAY = 256

const TOO_MANY = 'This server forwards too many requests. Try again later.'
const LATE = 'The server that has the connection has not answered in time.'
const UNREACHABLE = 'The server that has the connection cannot be reached. Try again later.'

/** Takes a request, or returns `undefined` for one whose connection is not here. */
export type Take = (request: ForwardedRequest) => Promise<void> | undefined

/** Sends requests to the servers that have their connections, and takes those that come from there. */
export class Forwarding {
  /** Takes no more of what other servers forward. */
  readonly stop: () => void
  readonly #host: HttpHost
  readonly #servers: Servers
  /** By token, where something is under way. */
  readonly #turns = new Map<string, InTurn>()
  #underWay = 0

  /** @param take is not to forward what it is given, so that nothing goes in a circle */
  constructor(host: HttpHost, servers: Servers, take: Take) {
    this.#host = host
    this.#servers = servers
    this.stop = answerWith(servers, take)
  }

  /** Answers a POST or a DELETE as the server does that has its connection. */
  async forward(call: HttpCall, token: string): Promise<void> {
    const server = partsOf(token)?.server
    // Before the body is read, so that nothing is held for a server that is not there.
    if (server === undefined || !this.#servers.servers.includes(server)) {
      refuse(call, 404, UNKNOWN)
      return
    }
    if (this.#underWay >= MOST_UNDER_WAY) {
      refuse(call, 503, TOO_MANY)
      return
    }
    this.#underWay++
    try {
      // The end overtakes what waits, as it does where no other server is between.
      if (call.request.method === 'DELETE') await this.#leave(call, token, server)
      else await this.#sendInTurn(call, token, server)
    } finally {
      this.#underWay--
    }
  }

  async #sendInTurn(call: HttpCall, token: string, server: string): Promise<void> {
    const turn = this.#turns.get(token) ?? new InTurn()
    const entered = turn.enter()
    if (entered === 'full') {
      refuse(call, 429, TOO_MANY_WAIT)
      return
    }
    this.#turns.set(token, turn)
    try {
      await entered
      await this.#send(call, token, server)
    } finally {
      turn.leave()
      if (turn.isIdle) this.#turns.delete(token)
    }
  }

  async #send(call: HttpCall, token: string, server: string): Promise<void> {
    const { path, options } = this.#host
    const { maxMessageSize, handshakeTimeout } = options
    const body = await call.body({ bytes: maxMessageSize, milliseconds: handshakeTimeout })
    if (body === 'gone') return
    if (body === 'too-slow') {
      refuse(call, 408, TOO_SLOW)
      return
    }
    // The other server is told of a body that is too large, because the connection ends by it.
    const isTooLarge = body === 'too-large'
    const head = { path, token, method: 'POST', isText: isText(call.request), isTooLarge } as const
    await this.#ask(call, server, writeQuestion(head, isTooLarge ? undefined : body))
  }

  #leave(call: HttpCall, token: string, server: string): Promise<void> {
    const { path } = this.#host
    const head = { path, token, method: 'DELETE', isText: false, isTooLarge: false } as const
    return this.#ask(call, server, writeQuestion(head))
  }

  async #ask(call: HttpCall, server: string, question: Uint8Array): Promise<void> {
    const { maxQuestion } = this.#servers
    if (question.length > maxQuestion) {
      refuse(call, 413, tooLarge(maxQuestion))
      return
    }
    let answer: Uint8Array
    try {
      answer = await this.#servers.ask(server, OPERATION, question, { timeout: TIMEOUT })
    } catch (error) {
      refuse(call, ...refusalFor(error))
      return
    }
    const { status, body, isRefusal } = readAnswer(answer)
    if (isRefusal) refuse(call, status, body)
    else call.respond(status, { ...PLAIN, ...crossOriginFields(call.request) }, body)
  }
}

function tooLarge(most: number): string {
  return `The message is too large to be forwarded to the server that has the connection, which takes ${show(most)} bytes of a request. Let the proxy route by the name at the beginning of the ID.`
}

/** @throws what has gone wrong in another way. */
function refusalFor(error: unknown): [status: number, body: string] {
  switch (reasonOf(error)) {
    case 'server-gone':
    case 'unknown-operation':
      return [404, UNKNOWN]
    case 'timeout':
      return [504, LATE]
    case 'down':
      return [503, UNREACHABLE]
    default:
      throw error
  }
}

function reasonOf(error: unknown): unknown {
  return error instanceof Error && 'reason' in error ? error.reason : undefined
}

/** Those who take requests, by the servers that forward them. */
const answering = new WeakMap<Servers, { readonly takes: Set<Take>; readonly stop: () => void }>()

/** Returns the function that ends it. */
function answerWith(servers: Servers, take: Take): () => void {
  const { takes, stop } = answering.get(servers) ?? beginAnswering(servers)
  takes.add(take)
  return () => {
    if (!takes.delete(take) || takes.size > 0) return
    answering.delete(servers)
    stop()
  }
}

/** One answers for all endpoints, because an operation can have one only. */
function beginAnswering(servers: Servers): { takes: Set<Take>; stop: () => void } {
  const takes = new Set<Take>()
  const stop = servers.answer(OPERATION, async (question) => {
    const request = new ForwardedRequest(question)
    for (const take of takes) {
      const taken = take(request)
      if (taken === undefined) continue
      await taken
      return writeAnswer(await request.answer)
    }
    return writeAnswer({ status: 404, body: UNKNOWN, isRefusal: true })
  })
  const begun = { takes, stop }
  answering.set(servers, begun)
  return begun
}
