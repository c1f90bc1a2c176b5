import type { Begin, Connect, Conversation, Follow, Request, Step } from '../conversation/step.ts'
import { type Arrival, RawClient } from '../wire/raw-client.ts'
import { ask, RawRequest } from '../wire/raw-request.ts'
import { type EncodingName, SEPARATOR, writeRecord } from '../wire/record.ts'
import { Names } from './names.ts'
import { shownBody, shownData, shownHead, shownRequest } from './shown.ts'

/** Milliseconds after which an answer is taken not to come. */
const PATIENCE = 8_000
/** Milliseconds beyond the time in which something should have come, after which nobody waits any longer. */
const GRACE = 2_000
/** Milliseconds between two calls that wait for a result to become what it should be. */
const PAUSE = 25
/** The id of the call whose answer shows that all before it has been answered. */
const FENCE = 'fence'
/** The list of transports in the answer to a negotiation. */
const TRANSPORTS = /("availableTransports":)\[.*\]/

/** Holds a conversation with the server at an origin, and resolves with its transcript. */
export async function play(conversation: Conversation, origin: string): Promise<readonly string[]> {
  const player = new Player(origin)
  try {
    for (const step of conversation.steps) await player.step(step)
    await player.finish()
  } finally {
    player.stop()
  }
  return player.lines
}

class Player {
  readonly #origin: string
  readonly #names: Names
  readonly #clients = new Map<string, RawClient>()
  /** Those that were begun. */
  readonly #requests = new Map<string, RawRequest>()
  /** Those of whose answer something was told. */
  readonly #told = new Set<string>()
  readonly #encodings = new Map<string, EncodingName>()
  readonly #lines: string[] = []
  /** Those that have nothing more to say. */
  readonly #finished = new Set<string>()
  #calls = 0

  constructor(origin: string) {
    this.#origin = origin
    this.#names = new Names(origin)
  }

  get lines(): readonly string[] {
    return this.#lines
  }

  async step(step: Step): Promise<void> {
    switch (step.do) {
      case 'connect':
        return this.#connect(this.#names.resolve(step))
      case 'request':
        return this.#request(this.#names.resolve(step))
      case 'begin':
        return this.#begin(this.#names.resolve(step))
      case 'head':
      case 'part':
      case 'answer':
      case 'unanswered':
      case 'abandon':
        return this.#follow(step)
      case 'wait':
        return pause(step.ms)
    }
    const client = this.#clients.get(step.on)
    if (client === undefined) return
    switch (step.do) {
      case 'send': {
        const encoding = this.#encodings.get(step.on) ?? 'json'
        const records = step.records.map((record) =>
          writeRecord(encoding, this.#names.resolve(record)),
        )
        for (const frame of frames(records, step.frames)) this.#send(step.on, client, frame)
        return
      }
      case 'raw': {
        const last = step.messages.length - 1
        step.messages.forEach((message, index) => {
          const isFinal = !step.fragments || index === last
          this.#send(step.on, client, this.#names.resolve(message), isFinal)
        })
        return
      }
      case 'receive': {
        const arrivals: (Arrival | undefined)[] = []
        while (arrivals.length < step.count) {
          const arrival = await client.next(step.ms)
          arrivals.push(arrival)
          if (arrival?.kind !== 'record') break
        }
        const lines = arrivals.map((arrival) => this.#show(step.on, arrival))
        this.#lines.push(...(step.sorted ? lines.sort() : lines))
        return
      }
      case 'fence':
        return this.#fence(step.on, client, step.ms)
      case 'ping': {
        const timed = this.#timer(step.between)
        client.forgetPings()
        const came = await client.nextPing(step.between[1] + GRACE)
        this.#tell(step.on, came ? `< ping${timed()}` : '< no ping')
        return
      }
      case 'pinged':
        return this.#tell(step.on, client.wasPinged ? '< pings' : '< no pings')
      case 'acknowledged': {
        const number = await client.acknowledgement(step.number, PATIENCE)
        return this.#tell(step.on, `< acknowledgement of ${number}`)
      }
      case 'end': {
        const timed = this.#timer(step.between)
        let arrival: Arrival | undefined
        do {
          arrival = await client.next(step.between[1] + GRACE)
          const note = arrival?.kind === 'end' ? timed() : ''
          this.#lines.push(this.#show(step.on, arrival) + note)
        } while (arrival?.kind === 'record')
        return
      }
      case 'quiet': {
        await pause(step.ms)
        await this.#drain(step.on, client)
        return
      }
      case 'until':
        return this.#until(
          step.on,
          client,
          step.target,
          this.#names.resolve(step.arguments),
          step.result,
        )
      case 'cut':
        this.#finished.add(step.on)
        this.#tell(step.on, '> cut')
        return client.cut()
      case 'close':
        this.#tell(step.on, ['> close', step.code, step.reason].filter(Boolean).join(' '))
        return client.close(step.code, step.reason)
      case 'pause':
        client.pause()
        await pause(step.ms)
        return client.resume()
    }
  }

  /** Waits for what is left to come on each connection. */
  async finish(): Promise<void> {
    for (const [name, client] of this.#clients) {
      if (this.#finished.has(name) || client.isOver) continue
      await this.#fence(name, client, PATIENCE)
    }
  }

  stop(): void {
    for (const client of this.#clients.values()) client.cut()
    for (const request of this.#requests.values()) request.abandon()
  }

  async #connect(step: Connect): Promise<void> {
    const { on, transport = 'web-sockets', path, encoding, query, headers, handshake } = step
    let token = ''
    if (step.negotiate) {
      const target = `${path}/negotiate?${join('negotiateVersion=1', query)}`
      const answer = await ask(this.#origin, 'POST', target, headers, '')
      if (!this.#negotiated(on, answer?.body.toString())) {
        this.#tell(
          on,
          `= negotiation failed: ${answer?.status ?? 'no answer'} ${answer?.body ?? ''}`,
        )
        return
      }
      token = this.#names.resolve(`id=$${on}.token`)
    }
    const all = join(token, query)
    const target = `${path}${all && `?${all}`}`
    const address = { origin: this.#origin, target, headers, encoding }
    const opened = await RawClient.open(transport, address, step.resumes)
    if (typeof opened === 'string') return this.#tell(on, `= ${opened}`)
    this.#clients.set(on, opened)
    this.#finished.delete(on)
    this.#encodings.set(on, encoding)
    if (handshake === '') return this.#tell(on, '= open')
    opened.send(encoding === 'json' ? handshake : Buffer.from(handshake))
    const answer = await opened.next(PATIENCE)
    if (answer?.text === '{}') return this.#tell(on, '= ready')
    this.#tell(on, `> ${handshake.replaceAll(SEPARATOR, '␞')}`)
    this.#lines.push(this.#show(on, answer))
  }

  async #request(step: Request): Promise<void> {
    const { as, method, target, headers, body } = step
    const asked = this.#names.hide(shownRequest(step))
    const answer = await ask(this.#origin, method, target, headers, body)
    if (answer === undefined) {
      this.#lines.push(`${asked} = no answer`)
      return
    }
    const text = shownBody(answer.body)
    this.#negotiated(as, text)
    const told = step.tellsTransports ? text : text.replace(TRANSPORTS, '$1$transports')
    const shown = `${shownHead(answer)}, ${JSON.stringify(told)}`
    this.#lines.push(`${asked} = ${this.#names.hide(shown)}`)
  }

  #begin(step: Begin): void {
    const { as, method, target, headers, body } = step
    this.#tell(as, `> ${shownRequest(step)}`)
    this.#requests.set(as, new RawRequest(this.#origin, method, target, headers, body))
  }

  /** Tells what has come of a request that was begun. */
  async #follow(step: Follow): Promise<void> {
    const { of } = step
    const request = this.#requests.get(of)
    if (request === undefined) return
    switch (step.do) {
      case 'head': {
        const head = await request.head()
        this.#told.add(of)
        return this.#tell(of, `< ${head === undefined ? 'no answer' : shownHead(head)}`)
      }
      case 'part': {
        const part = await request.part(step.upTo)
        this.#told.add(of)
        return this.#tell(of, `< ${JSON.stringify(shownBody(part))}`)
      }
      case 'answer': {
        const answer = await request.answer()
        if (answer === undefined) return this.#tell(of, '< no answer')
        const start = this.#told.has(of) ? 'end' : shownHead(answer)
        return this.#tell(of, `< ${start}, ${JSON.stringify(shownBody(answer.body))}`)
      }
      case 'unanswered': {
        const head = await request.head(step.ms)
        return this.#tell(of, head === undefined ? '< nothing yet' : '< an answer')
      }
      case 'abandon':
        request.abandon()
        return this.#tell(of, '> abandoned')
    }
  }

  /** Keeps what a negotiation answered, and says whether it was one. */
  #negotiated(name: string, body: string | undefined): boolean {
    const [, id] = /"connectionId":"([\w-]{22})"/.exec(body ?? '') ?? []
    const [, token] = /"connectionToken":"([\w-]{22})"/.exec(body ?? '') ?? []
    if (id === undefined) return false
    this.#names.set(`${name}.id`, id)
    this.#names.set(`${name}.token`, token ?? id)
    return true
  }

  async #fence(name: string, client: RawClient, ms: number): Promise<void> {
    if (client.isOver) return
    const encoding = this.#encodings.get(name) ?? 'json'
    client.send(this.#write(encoding, FENCE, 'Echo', [FENCE]))
    while (true) {
      const arrival = await client.next(ms)
      if (arrival === undefined) {
        this.#tell(name, '< no answer to the fence')
        this.#finished.add(name)
        return
      }
      if (arrival.kind === 'record' && isAnswer(arrival.value, FENCE)) {
        const [isResult, result] = resultOf(arrival.value)
        if (!isResult || result !== FENCE) this.#lines.push(this.#show(name, arrival))
        return
      }
      this.#lines.push(this.#show(name, arrival))
      if (arrival.kind === 'end') return
    }
  }

  async #until(
    name: string,
    client: RawClient,
    target: string,
    args: readonly unknown[],
    wanted: string,
  ): Promise<void> {
    const encoding = this.#encodings.get(name) ?? 'json'
    const limit = performance.now() + PATIENCE
    let last: string
    do {
      const id = `until${++this.#calls}`
      client.send(this.#write(encoding, id, target, args))
      let arrival: Arrival | undefined
      while (true) {
        arrival = await client.next(PATIENCE)
        if (arrival?.kind === 'record' && isAnswer(arrival.value, id)) break
        this.#lines.push(this.#show(name, arrival))
        if (arrival?.kind !== 'record') return
      }
      const [isResult, result] = resultOf(arrival.value)
      last = isResult ? JSON.stringify(result) : arrival.text
      if (this.#names.hide(last) === wanted) break
      await pause(PAUSE)
    } while (performance.now() < limit)
    const called = `${target}(${args.map((arg) => JSON.stringify(arg)).join(', ')})`
    this.#tell(name, `= ${called} becomes ${last}`)
  }

  /** Tells what has come up to now. */
  async #drain(name: string, client: RawClient): Promise<void> {
    while (true) {
      const arrival = await client.next(0)
      if (arrival === undefined) return
      this.#lines.push(this.#show(name, arrival))
    }
  }

  #write(
    encoding: EncodingName,
    invocationId: string,
    target: string,
    args: readonly unknown[],
  ): string | Buffer {
    return writeRecord(encoding, { type: 1, invocationId, target, arguments: args })
  }

  #send(name: string, client: RawClient, data: string | Buffer, isFinal = true): void {
    this.#tell(name, `> ${shownData(data, this.#encodings.get(name))}${isFinal ? '' : ' …'}`)
    client.send(data, isFinal)
  }

  #show(name: string, arrival: Arrival | undefined): string {
    if (arrival === undefined) return `${name} < nothing`
    if (arrival.kind === 'record') {
      const asked = askedId(arrival.value)
      if (asked !== undefined) this.#names.setAsked(name, asked)
    }
    return this.#names.hide(`${name} < ${arrival.text}`)
  }

  #tell(name: string, what: string): void {
    this.#lines.push(this.#names.hide(`${name} ${what}`))
  }

  /** Says from now on how long it was, where it should not have been so long. */
  #timer([least, most]: readonly [number, number]): () => string {
    const start = performance.now()
    return () => {
      const ms = performance.now() - start
      return ms >= least && ms <= most ? '' : ` (after ${Math.round(ms)} ms)`
    }
  }
}

function frames(
  records: readonly (string | Buffer)[],
  how: 'each' | 'one' | number,
): readonly (string | Buffer)[] {
  if (how === 'each') return records
  const isText = records.every((record) => typeof record === 'string')
  const whole = Buffer.concat(records.map((record) => Buffer.from(record)))
  const size = how === 'one' ? whole.length : how
  const parts: (string | Buffer)[] = []
  for (let at = 0; at < whole.length; at += size) {
    const part = whole.subarray(at, at + size)
    parts.push(isText ? part.toString() : part)
  }
  return parts
}

/** Whether a record is the answer to a call. */
function isAnswer(value: unknown, id: string): boolean {
  if (Array.isArray(value)) return value[0] === 3 && value[2] === id
  return isObject(value) && value['type'] === 3 && value['invocationId'] === id
}

function resultOf(completion: unknown): readonly [isResult: boolean, result: unknown] {
  if (Array.isArray(completion)) return [completion[3] === 3, completion[4]]
  return isObject(completion) && 'result' in completion
    ? [true, completion['result']]
    : [false, undefined]
}

/** The id of a call of the server that awaits an answer. */
function askedId(value: unknown): string | undefined {
  const [type, id] = Array.isArray(value)
    ? [value[0], value[2]]
    : isObject(value)
      ? [value['type'], value['invocationId']]
      : []
  return type === 1 && typeof id === 'string' ? id : undefined
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function join(...queries: readonly string[]): string {
  return queries.filter((query) => query !== '').join('&')
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
