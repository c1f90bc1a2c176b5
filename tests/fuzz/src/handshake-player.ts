import { createHash } from 'node:crypto'
import type { Capability } from '@wirebeat/core/adapter'
import { clientFrame, Opcode } from '@wirebeat/test-support/wire'
import {
  expectedProtocol,
  hasOneConnection,
  isDecidedLater,
  isOrdinary,
  keyOf,
  mustBeAccepted,
  type Reading,
  type Request,
  readRequest,
  whyNot,
} from './handshake-oracle.ts'
import { type Input, pieces } from './input.ts'
import type { Player, PlayerContext } from './player.ts'
import { type Response, takeResponse } from './response.ts'
import { takeFrame } from './server-frame.ts'
import { Wire } from './wire.ts'

/** What refusals and the engines' own answers may be. 500 and 503 are not among them. */
const STATUSES: ReadonlySet<number> = new Set([
  400, 401, 403, 404, 405, 408, 413, 414, 417, 426, 431, 501, 505,
])

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
const MESSAGE = Buffer.from('x')

/** Sends each input on a connection of its own. */
export class HandshakePlayer implements Player {
  readonly before: Buffer = Buffer.alloc(0)
  readonly #context: PlayerContext

  constructor(context: PlayerContext) {
    this.#context = context
  }

  async play(input: Input): Promise<string> {
    const wire = await Wire.connect(this.#context.server.port(input.compression))
    try {
      return await this.#playOn(wire, input)
    } finally {
      wire.reset()
    }
  }

  leave(): void {}

  async #playOn(wire: Wire, input: Input): Promise<string> {
    await wire.send(pieces(input))
    if (input.isHasty) {
      this.#context.ledger.doubtful++
      return 'left'
    }
    const { can } = this.#context.server
    const reading = readRequest(input.bytes)
    // What is no whole request may be waited for. It must end when nothing more can come.
    const beginsAtOnce = (input.bytes[0] ?? 0) > 32
    const isClear =
      reading.kind === 'request' &&
      (can('bad-request') || (isOrdinary(reading.request) && beginsAtOnce))
    if (!isClear) wire.finish()
    const answer = await wire.until(() => takeResponse(wire) ?? wire.end)
    if (answer === undefined) throw new Error('no answer came, and no end')
    if (typeof answer === 'object' && answer.status === 101) {
      this.#context.ledger.opened++
      this.#checkAcceptance(reading, answer, input)
      const isAlone = isClear && reading.rest.length === 0
      if (isAlone && hasOneConnection(reading.request)) await expectEcho(wire)
      return 'accepted'
    }
    if (
      isClear &&
      beginsAtOnce &&
      (reading.rest.length === 0 || canTakeRest(reading.request, can)) &&
      mustBeAccepted(reading.request, input.cuts[0] ?? Number.POSITIVE_INFINITY, can)
    ) {
      const what = typeof answer === 'string' ? answer : answer.status
      throw new Error(`a good handshake was not accepted: ${what}`)
    }
    if (typeof answer === 'object' && !STATUSES.has(answer.status)) {
      throw new Error(`the answer was ${answer.status}`)
    }
    // An engine may answer by itself, and wait for another request.
    if (typeof answer === 'object' && answer.fields.get('connection') !== 'close') wire.finish()
    // Requests in one piece may each have an answer, though after the first the connection is to end.
    // The answer to a HEAD tells of a body that does not come, and so none can be read behind it.
    const isHead = input.bytes.includes('HEAD')
    if (isHead) this.#context.ledger.doubtful++
    while (!isHead) {
      const more = await wire.until(() => takeResponse(wire) ?? wire.end)
      if (typeof more !== 'object') break
      if (more.status !== 101) continue
      this.#context.ledger.opened++
      checkLater(input.bytes, can)
      return 'later accepted'
    }
    if (isHead) return 'HEAD'
    if (!(await wire.ended())) throw new Error('the connection was not ended after the refusal')
    return typeof answer === 'string' ? 'ended' : `${answer.status}`
  }

  #checkAcceptance(reading: Reading, answer: Response, input: Input): void {
    const { can } = this.#context.server
    const isRight = reading.kind === 'request' && whyNot(reading.request, can) === undefined
    const isLax = !isRight && !can('bad-request')
    const read = isLax ? readRequest(input.bytes, true) : reading
    if (read.kind !== 'request') throw new Error('what is no request was accepted')
    checkAcceptance(read.request, answer, input, can)
  }
}

/** Whether what comes in one packet with a handshake does no harm to it. */
function canTakeRest(request: Request, can: (capability: Capability) => boolean): boolean {
  return can('early-data') && (can('data-before-answer') || !isDecidedLater(request))
}

/** Whether any request behind the first may be accepted. */
function checkLater(bytes: Buffer, can: (capability: Capability) => boolean): void {
  const isLax = !can('bad-request')
  for (let end = bytes.indexOf(HEAD_END); end >= 0; end = bytes.indexOf(HEAD_END, end + 1)) {
    const later = readRequest(bytes.subarray(end + HEAD_END.length), isLax)
    if (later.kind === 'request' && whyNot(later.request, can) === undefined) return
  }
  throw new Error('a request behind the first was accepted that must not be')
}

const HEAD_END = '\r\n\r\n'

function checkAcceptance(
  request: Request,
  { fields }: Response,
  { compression }: Input,
  can: (capability: Capability) => boolean,
): void {
  const why = whyNot(request, can)
  if (why !== undefined) throw new Error(`it was accepted, although ${why}`)
  const wanted = createHash('sha1')
    .update(`${keyOf(request)}${GUID}`)
    .digest('base64')
  const accept = fields.get('sec-websocket-accept')
  if (accept !== wanted) throw new Error(`Sec-WebSocket-Accept is ${accept}, expected ${wanted}`)
  const protocol = fields.get('sec-websocket-protocol')
  const expected = expectedProtocol(request)
  if (protocol !== expected) throw new Error(`the subprotocol is ${protocol}, expected ${expected}`)
  const extensions = fields.get('sec-websocket-extensions')
  const isOffered = request.fields.some(
    ([name, value]) => name === 'sec-websocket-extensions' && /permessage-deflate/i.test(value),
  )
  if (extensions !== undefined && !(compression && isOffered)) {
    throw new Error(`the extension ${extensions} was agreed on`)
  }
}

async function expectEcho(wire: Wire): Promise<void> {
  await wire.send([clientFrame(Opcode.text, MESSAGE, 0)])
  const frame = await wire.until(() => takeFrame(wire) ?? wire.end)
  if (typeof frame !== 'object' || !frame.payload.equals(MESSAGE)) {
    throw new Error(`the connection that was accepted does not echo (end: ${wire.end ?? 'none'})`)
  }
}
