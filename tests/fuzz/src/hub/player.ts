import { isUtf8 } from 'node:buffer'
import { clientFrame, Opcode } from '@wirebeat/test-support/wire'
import type { End } from '../frame-oracle.ts'
import { type Input, pieces } from '../input.ts'
import { open } from '../open.ts'
import type { Player, PlayerContext } from '../player.ts'
import { takeFrame } from '../server-frame.ts'
import type { Wire } from '../wire.ts'
import { type Answer, answerTo, type Expectation, expectRecords } from './expectation.ts'
import { type Encoding, type HubRecord, Type } from './record.ts'

/** Inputs that one connection carries at most. */
const MOST = 50

const LOST: End = { cause: 'lost', code: 1006 }
/** A call whose answer shows that all before it was read. */
const FENCE = 'fence'
const FENCE_CALL: HubRecord = {
  type: Type.call,
  invocationId: FENCE,
  target: 'add',
  arguments: [20, 22],
}

interface Line {
  readonly id: number
  readonly wire: Wire
  readonly inputs: Buffer[]
}

/** What has come. */
interface Heard {
  /** Whether it is known what should come. */
  readonly isKnown: boolean
  /** Whether questions are answered. */
  readonly canAnswer: boolean
  readonly items: Map<string, unknown[]>
  readonly completions: Map<string, HubRecord>
  close?: HubRecord
  /** The code of the close frame. */
  code?: number
}

/** Speaks with a hub on a connection for as long as that stays open, and then on another one. */
export class HubPlayer implements Player {
  before: Buffer = Buffer.alloc(0)
  readonly #context: PlayerContext
  readonly #encoding: Encoding
  #line: Line | undefined

  constructor(context: PlayerContext, encoding: Encoding) {
    this.#context = context
    this.#encoding = encoding
  }

  async play(input: Input): Promise<string> {
    const line = this.#line ?? (await this.#open())
    this.#line = line
    const expectation = expectRecords(input.bytes, this.#encoding)
    const { verdict, end } = expectation
    this.before = Buffer.concat(line.inputs)
    line.inputs.push(input.bytes)
    const ends = { idle: LOST, busy: LOST, cut: LOST, ended: end, unknown: undefined }[verdict]
    const isSure = !input.isHasty && ends !== undefined
    this.#context.ledger.expect(line.id, input, isSure ? [ends] : undefined)
    try {
      await line.wire.send(this.#messages(input))
      if (!input.isHasty) await this.#expect(line.wire, expectation)
    } catch (error) {
      const what = error instanceof Error ? error.message : `${error}`
      this.leave()
      throw new Error(`${what} (connection ${line.id}, end: ${line.wire.end ?? 'none'})`, {
        cause: error,
      })
    }
    if (verdict !== 'idle' || input.isHasty || line.inputs.length === MOST) this.leave()
    return input.isHasty ? 'left' : verdict
  }

  leave(): void {
    this.#line?.wire.reset()
    this.#line = undefined
  }

  async #open(): Promise<Line> {
    const { server, ledger } = this.#context
    const id = ledger.nextId()
    const { wire, status } = await open(server.hubPort, { query: `?id=${id}` })
    if (status !== 101) {
      throw new Error(`a good handshake was answered with ${status || wire.end || 'nothing'}`)
    }
    ledger.opened++
    const handshake = `${JSON.stringify({ protocol: this.#encoding.name, version: 1 })}\u001e`
    await wire.send([clientFrame(Opcode.text, Buffer.from(handshake), id)])
    const answer = await wire.until(() => takeFrame(wire) ?? (wire.end && 'ended'))
    const text = typeof answer === 'object' ? answer.payload.toString() : answer
    if (text !== '{}\u001e') throw new Error(`the handshake of the hub was answered with ${text}`)
    return { id, wire, inputs: [] }
  }

  /** Bytes that were cut may be no text. A server takes both. */
  #messages(input: Input): Buffer[] {
    const isText = this.#encoding.name === 'json' && input.cuts.length === 0 && isUtf8(input.bytes)
    const opcode = isText ? Opcode.text : Opcode.binary
    return pieces(input).map((piece) => clientFrame(opcode, piece, piece.length))
  }

  async #expect(wire: Wire, expectation: Expectation): Promise<void> {
    const { verdict, answers } = expectation
    const canAnswer = verdict === 'idle' || verdict === 'busy'
    const isKnown = verdict !== 'unknown'
    const heard: Heard = { isKnown, canAnswer, items: new Map(), completions: new Map() }
    if (verdict === 'unknown') {
      // It reads to the end, and lets go.
      wire.finish()
      await this.#listen(wire, heard, () => false)
      checkEnd(wire, heard)
      return
    }
    if (verdict === 'ended') {
      await this.#listen(wire, heard, () => heard.code !== undefined)
      compare('the close record', heard.close, expectation.close)
      if (heard.code !== 1000) throw new Error(`the close frame has ${heard.code}, expected 1000`)
      checkAll(heard, expectation, false)
      return
    }
    if (verdict === 'idle') await wire.send([this.#frame(FENCE_CALL)])
    const awaited = [...answers.keys(), ...(verdict === 'idle' ? [FENCE] : [])]
    const missing = (): readonly string[] => awaited.filter((id) => !heard.completions.has(id))
    await this.#listen(wire, heard, () => missing().length === 0)
    if (missing().length > 0) {
      throw new Error(`no answer to ${missing()}; the end: ${JSON.stringify(heard.close)}`)
    }
    checkAll(heard, expectation, true)
    if (verdict === 'idle') return
    wire.finish()
    await this.#listen(wire, heard, () => false)
    checkEnd(wire, heard)
  }

  /** Hears what comes until something is so, or the server has ended. */
  async #listen(wire: Wire, heard: Heard, isDone: () => boolean): Promise<void> {
    await wire.until(() => {
      for (let frame = takeFrame(wire); frame !== undefined; frame = takeFrame(wire)) {
        const { opcode, payload } = frame
        if (opcode === Opcode.close) {
          heard.code = payload.length < 2 ? 1005 : payload.readUInt16BE()
        } else if (opcode === Opcode.text || opcode === Opcode.binary) {
          this.#hear(wire, payload, heard)
        }
      }
      return isDone() || wire.end !== undefined || undefined
    })
  }

  #hear(wire: Wire, payload: Buffer, heard: Heard): void {
    for (const record of this.#encoding.read(payload)) {
      const id = String(record['invocationId'])
      if (record['type'] === Type.call) {
        if (heard.canAnswer) this.#answer(wire, record)
      } else if (record['type'] === Type.close) heard.close = record
      else if (record['type'] === Type.completion) {
        if (heard.isKnown && heard.completions.has(id)) throw new Error(`${id} was answered twice`)
        heard.completions.set(id, record)
      } else if (record['type'] === Type.item) {
        if (heard.isKnown && heard.completions.has(id))
          throw new Error(`an item of ${id} came after its end`)
        heard.items.set(id, [...(heard.items.get(id) ?? []), record['item']])
      } else if (record['type'] !== Type.ping) {
        throw new Error(`the server sent a record of type ${record['type']}`)
      }
    }
  }

  #answer(wire: Wire, { invocationId, arguments: args }: HubRecord): void {
    const result = answerTo(String((args as readonly unknown[])[0]))
    wire.send([this.#frame({ type: Type.completion, invocationId, result })])
  }

  #frame(record: HubRecord): Buffer {
    const opcode = this.#encoding.name === 'json' ? Opcode.text : Opcode.binary
    return clientFrame(opcode, this.#encoding.write(record), 0)
  }
}

/** How a connection has ended whose client has ended its side. */
function checkEnd(wire: Wire, { close, code }: Heard): void {
  if (wire.end === undefined) throw new Error('the server did not end the connection')
  if (code !== undefined && (code !== 1000 || close === undefined)) {
    throw new Error(`a close frame with ${code} came behind ${JSON.stringify(close)}`)
  }
}

/** @param isWhole whether all must have been answered */
function checkAll(heard: Heard, { answers, order }: Expectation, isWhole: boolean): void {
  for (const [id, completion] of heard.completions) {
    if (id === FENCE) continue
    const answer = answers.get(id)
    if (answer === undefined) {
      if (isWhole) throw new Error(`an answer to ${id}, of which nothing is known`)
      continue
    }
    const { type: _, invocationId: __, ...end } = completion
    if (!(answer.isCancelled && !isWhole)) compare(`the answer to ${id}`, end, answer.end)
    compareItems(id, heard.items.get(id) ?? [], answer)
  }
  const answered = [...heard.completions.keys()].filter((id) => order.includes(id))
  compare('the order of the answers', answered, order.slice(0, answered.length))
}

function compareItems(id: string, items: readonly unknown[], answer: Answer): void {
  const owed = answer.isCancelled ? answer.items.slice(0, items.length) : answer.items
  compare(`what came of ${id}`, items, owed)
}

/** As text, because zero has a sign that is lost in JSON. */
function compare(what: string, found: unknown, owed: unknown): void {
  const [one, other] = [JSON.stringify(found), JSON.stringify(owed)]
  if (one !== other) throw new Error(`${what} is ${one}, expected ${other}`)
}
