import { clientFrame, Opcode } from '@wirebeat/test-support/wire'
import { inflateMessage } from './deflate.ts'
import { type Answer, type End, type Expectation, expectFrames } from './frame-oracle.ts'
import { type Input, pieces } from './input.ts'
import { open } from './open.ts'
import type { Player, PlayerContext } from './player.ts'
import { type ServerFrame, takeFrame } from './server-frame.ts'
import { MAX_MESSAGE_SIZE } from './settings.ts'
import type { Wire } from './wire.ts'

/** Inputs that one connection carries at most. */
const MOST = 50

const LOST: End = { cause: 'lost', code: 1006 }
const MARK: Answer = { opcode: Opcode.pong, payload: Buffer.from('mark') }
/** A ping whose answer shows that all before it was read. */
const MARKING_PING = clientFrame(Opcode.ping, MARK.payload, 0)

interface Line {
  readonly id: number
  readonly wire: Wire
  readonly inputs: Buffer[]
}

/** Sends input after input on a connection for as long as that stays open, and then on another one. */
export class FramePlayer implements Player {
  before: Buffer = Buffer.alloc(0)
  readonly #context: PlayerContext
  /** The connections without and with compression. */
  readonly #lines: [plain: Line | undefined, compressing: Line | undefined] = [undefined, undefined]

  constructor(context: PlayerContext) {
    this.#context = context
  }

  async play(input: Input): Promise<string> {
    const place = input.compression ? 1 : 0
    const line = this.#lines[place] ?? (await this.#open(input))
    this.#lines[place] = line
    const { server, ledger } = this.#context
    const expectation = expectFrames(input.bytes, {
      compression: input.compression,
      isCut: input.cuts.length > 0,
      maxMessageSize: MAX_MESSAGE_SIZE,
      can: server.can,
    })
    const { verdict } = expectation
    this.before = Buffer.concat(line.inputs)
    line.inputs.push(input.bytes)
    const stays =
      verdict.kind === 'open' && verdict.isIdle && !input.isHasty && line.inputs.length < MOST
    ledger.expect(line.id, input, input.isHasty ? undefined : endsOf(expectation))
    try {
      await line.wire.send(pieces(input))
      if (!input.isHasty) await expectAnswers(line.wire, expectation)
    } catch (error) {
      const what = error instanceof Error ? error.message : `${error}`
      const end = line.wire.end ?? 'none'
      this.#drop(place)
      throw new Error(`${what} (connection ${line.id}, end: ${end})`, { cause: error })
    }
    if (!stays) this.#drop(place)
    return input.isHasty ? 'left' : verdict.kind
  }

  leave(): void {
    this.#drop(0)
    this.#drop(1)
  }

  #drop(place: 0 | 1): void {
    this.#lines[place]?.wire.reset()
    this.#lines[place] = undefined
  }

  async #open({ compression }: Input): Promise<Line> {
    const { server, ledger } = this.#context
    const id = ledger.nextId()
    const { wire, status } = await open(server.port(compression), {
      query: `?id=${id}`,
      compression,
    })
    if (status !== 101) {
      throw new Error(`a good handshake was answered with ${status || wire.end || 'nothing'}`)
    }
    ledger.opened++
    return { id, wire, inputs: [] }
  }
}

/** How the connection ends, once it has been reset where it stays open. */
function endsOf({ verdict }: Expectation): readonly End[] | undefined {
  if (verdict.kind === 'open') return [LOST]
  if (verdict.kind === 'unknown') return undefined
  return verdict.isCertain ? verdict.ends : [...verdict.ends, LOST]
}

async function expectAnswers(wire: Wire, { answers, verdict }: Expectation): Promise<void> {
  if (verdict.kind === 'open' && verdict.isWhole) {
    await wire.send([MARKING_PING])
    await readAll(wire, [...answers, MARK])
    return
  }
  if (verdict.kind === 'open') {
    await readAll(wire, answers)
    wire.finish()
    await expectEnd(wire)
    return
  }
  const isCertain = verdict.kind === 'ended' && verdict.isCertain
  // An engine that ends without a close frame drops what it has not yet written as well.
  const isClear = isCertain && verdict.owesClose
  if (isClear) await readAll(wire, answers)
  else if (!isCertain) wire.finish()
  await expectEnd(wire)
  const rest = takeAnswers(wire)
  const close = rest.at(-1)?.opcode === Opcode.close ? rest.pop() : undefined
  // Once either side has ended, nobody need answer.
  const owed = isClear ? [] : answers.slice(0, rest.length)
  if (verdict.kind === 'ended') compare(rest, owed)
  if (isCertain) checkClose(close, verdict.ends, isClear && wire.end === 'fin')
}

/** Reads as many frames as there are answers, and compares. */
async function readAll(wire: Wire, answers: readonly Answer[]): Promise<void> {
  const frames: ServerFrame[] = []
  await wire.until(() => {
    frames.push(...takeAnswers(wire, answers.length - frames.length))
    return frames.length >= answers.length || wire.end !== undefined || undefined
  })
  compare(frames, answers)
}

/** The next frames that are whole, without the server's own pings, so many at most. */
function takeAnswers(wire: Wire, most = Number.POSITIVE_INFINITY): ServerFrame[] {
  const frames: ServerFrame[] = []
  while (frames.length < most) {
    const frame = takeFrame(wire)
    if (frame === undefined) break
    if (frame.opcode !== Opcode.ping) frames.push(frame)
  }
  return frames
}

async function expectEnd(wire: Wire): Promise<void> {
  if (!(await wire.ended())) throw new Error('the server did not end the connection')
}

function compare(frames: readonly ServerFrame[], answers: readonly Answer[]): void {
  for (let i = 0; i < Math.max(frames.length, answers.length); i++) {
    const [frame, answer] = [frames[i], answers[i]]
    const isSame =
      frame !== undefined &&
      frame.opcode === answer?.opcode &&
      payloadOf(frame).equals(answer.payload)
    if (!isSame)
      throw new Error(`answer ${i + 1} is ${describe(frame)}, expected ${describe(answer)}`)
  }
}

function payloadOf({ isCompressed, payload }: ServerFrame): Buffer {
  return isCompressed ? inflateMessage(payload) : payload
}

function describe(frame: Answer | undefined): string {
  if (frame === undefined) return 'nothing'
  const { opcode, payload } = frame
  return `opcode ${opcode} with ${payload.length} bytes ${payload.toString('hex', 0, 20)}`
}

function checkClose(close: ServerFrame | undefined, ends: readonly End[], isOwed: boolean): void {
  if (close === undefined) {
    if (isOwed) throw new Error('no close frame came before the end')
    return
  }
  const code = close.payload.length < 2 ? 1005 : close.payload.readUInt16BE()
  // A close frame without a code may be answered with one that has 1000.
  const isGood = ends.some((end) => end.code === code || (end.code === 1005 && code === 1000))
  if (!isGood)
    throw new Error(`the close frame has ${code}, expected ${ends.map((end) => end.code)}`)
}
