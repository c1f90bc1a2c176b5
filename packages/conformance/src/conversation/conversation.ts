import { type ClientFrame, closePayload, Opcode } from '../frame.ts'
import { contents } from './contents.ts'

/** A ping, or a pong that nobody asked for, with a payload of 0 to 125 bytes. */
export interface Control {
  readonly kind: 'ping' | 'pong'
  readonly size: number
  /** What the payload is made from. */
  readonly seed: number
}

/** One message, whole or in fragments. */
export interface MessageStep {
  readonly kind: 'message'
  readonly type: 'text' | 'binary'
  /** Bytes. */
  readonly size: number
  /** What the contents are made from. */
  readonly seed: number
  /** Where it is cut into fragments, modulo its size; two cuts in one place make an empty fragment. */
  readonly cuts: readonly number[]
  /** Control frames, one behind each fragment but the last, from the first on. */
  readonly between: readonly Control[]
}

/** The client lets the event loop turn a few times before it goes on. */
export interface PauseStep {
  readonly kind: 'pause'
  readonly turns: number
}

/** What a client does. */
export type Step = MessageStep | Control | PauseStep

/** How it ends. */
export type Ending =
  /** The client closes behind all that it has sent. */
  | { readonly kind: 'client-close'; readonly code: number; readonly reason: string }
  /** The same, with a close frame without a code. */
  | { readonly kind: 'empty-close' }
  /** The client waits for all answers, and ends its side without a close frame. */
  | { readonly kind: 'fin' }
  /** The same, without waiting for answers. */
  | { readonly kind: 'hasty-fin' }
  /** The client waits for all answers, and resets the connection. */
  | { readonly kind: 'reset' }
  /** The session closes when it has answered so many messages, modulo one more than there are. */
  | {
      readonly kind: 'session-close'
      readonly after: number
      readonly code: number
      readonly reason: string
    }

/** What a client says to an echo, and how it ends. A plain value, so that it can be played again. */
export interface Conversation {
  readonly steps: readonly Step[]
  readonly ending: Ending
  /** Where its bytes are cut into writes, modulo their number. */
  readonly writes: readonly number[]
}

/** The last message before an end without a close frame: its echo shows that all has been answered. */
export const LAST_MESSAGE: MessageStep = {
  kind: 'message',
  type: 'text',
  size: 10,
  seed: 1,
  cuts: [],
  between: [],
}

/** The steps, with the last message where the ending needs it. */
export function stepsOf({ steps, ending }: Conversation): readonly Step[] {
  const isPatient = ending.kind === 'fin' || ending.kind === 'reset'
  return isPatient ? [...steps, LAST_MESSAGE] : steps
}

/** How many messages the session answers before it closes, where it is the one to close. */
export function answersBeforeClose(conversation: Conversation): number {
  const { steps, ending } = conversation
  if (ending.kind !== 'session-close') return Number.POSITIVE_INFINITY
  return ending.after % (steps.filter(({ kind }) => kind === 'message').length + 1)
}

/** The frames of a step, in order. */
export function framesOf(step: MessageStep | Control): readonly ClientFrame[] {
  if (step.kind !== 'message') {
    const opcode = step.kind === 'ping' ? Opcode.Ping : Opcode.Pong
    return [{ opcode, payload: contents('binary', step.size, step.seed) }]
  }
  const payload = contents(step.type, step.size, step.seed)
  const places = step.cuts.map((cut) => cut % (step.size + 1)).sort((a, b) => a - b)
  const starts = [0, ...places]
  return starts.flatMap((start, i) => {
    const isLast = i === places.length
    const fragment: ClientFrame = {
      opcode: i > 0 ? Opcode.Continuation : step.type === 'text' ? Opcode.Text : Opcode.Binary,
      fin: isLast,
      payload: payload.subarray(start, places[i] ?? step.size),
    }
    const control = isLast ? undefined : step.between[i]
    return control === undefined ? [fragment] : [fragment, ...framesOf(control)]
  })
}

/** The close frame that the client ends with, if it does. */
export function closeFrameOf({ ending }: Conversation): ClientFrame | undefined {
  if (ending.kind === 'empty-close') return { opcode: Opcode.Close }
  if (ending.kind !== 'client-close') return undefined
  return { opcode: Opcode.Close, payload: closePayload(ending.code, ending.reason) }
}
