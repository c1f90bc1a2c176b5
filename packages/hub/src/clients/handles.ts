import type { Clock } from '@wirebeat/core'
import type { InvokeOptions, Sent } from '../definition/clients.ts'
import type { Encoded, HubEncoding } from '../protocol/encoding.ts'
import type { Directory } from './directory.ts'
import { Message } from './message.ts'
import type { OtherServers } from './other-servers.ts'
import { checkedAnswer, checkInvokeOptions, unknownConnection } from './pending-answers.ts'
import type { Recipient } from './recipient.ts'
import { SENT_HERE, SENT_TO_ALL, SENT_TO_NOBODY, SentToConnections } from './sent.ts'
import { isAborted, reasonOf } from './wait.ts'

/** Who waits for the answer of a client. */
export interface Asker {
  /**
   * Has others run meanwhile.
   *
   * @param asked `undefined` for a client of another server
   */
  wait(answer: Promise<unknown>, asked: Recipient | undefined): Promise<unknown>
}

/** Somebody outside of a call. The client that is asked may have one more call running until it answers. */
const OUTSIDE: Asker = {
  wait(answer, asked) {
    if (asked === undefined) return answer
    asked.lendSlot()
    return answer.finally(() => asked.takeSlotBack())
  },
}

/** What those share who address the clients of a hub. */
export interface HubReach {
  /** The connections of this server. */
  readonly directory: Directory
  /** Those of others. */
  readonly others: OtherServers
  readonly encodings: readonly HubEncoding[]
  readonly clock: Clock
}

/** Those who are subscribed to topics of the hub. */
class Audience {
  readonly #reach: HubReach
  readonly #topics: readonly string[]
  readonly #except: readonly string[] | undefined

  constructor(reach: HubReach, topics: readonly string[], except?: string | Iterable<string>) {
    this.#reach = reach
    this.#topics = topics
    this.#except = except === undefined ? undefined : listOf(except)
  }

  send(name: string, ...args: readonly unknown[]): Sent {
    const { directory, encodings } = this.#reach
    return directory.publish(this.#topics, new Message(encodings, name, args), this.#except)
  }
}

/** Several connections. */
class Several {
  readonly #reach: HubReach
  readonly #ids: readonly string[]

  constructor(reach: HubReach, ids: Iterable<string>) {
    this.#reach = reach
    this.#ids = [...new Set(ids)]
  }

  send(name: string, ...args: readonly unknown[]): Sent {
    const { directory } = this.#reach
    const here: Recipient[] = []
    const elsewhere: string[] = []
    for (const id of this.#ids) {
      const recipient = directory.find(id)
      if (recipient === undefined) elsewhere.push(id)
      else here.push(recipient)
    }
    // Everything is written before anything is sent.
    const written = new Map<HubEncoding, Encoded>()
    for (const { encoding } of here) {
      if (!written.has(encoding)) written.set(encoding, encoding.invocation(name, args))
    }
    const sent = sendElsewhere(this.#reach, elsewhere, name, args)
    let local = 0
    for (const recipient of here) {
      if (recipient.write(written.get(recipient.encoding) ?? '') !== 'closed') local++
    }
    return local === here.length
      ? new SentToConnections(local, sent.relay, sent.confirmed())
      : new SentToConnections(local, sent.relay, false)
  }
}

/** One connection. */
class Single {
  readonly #reach: HubReach
  readonly #asker: Asker
  readonly #id: string
  readonly #isOwn: boolean

  /** @param isOwn whether it is of this server, so that it is on no other when it has ended */
  constructor(reach: HubReach, asker: Asker, id: string, isOwn = false) {
    this.#reach = reach
    this.#asker = asker
    this.#id = id
    this.#isOwn = isOwn
  }

  send(name: string, ...args: readonly unknown[]): Sent {
    const recipient = this.#reach.directory.find(this.#id)
    if (recipient === undefined) {
      return this.#isOwn ? SENT_TO_NOBODY : sendElsewhere(this.#reach, [this.#id], name, args)
    }
    const isSent = recipient.write(recipient.encoding.invocation(name, args)) !== 'closed'
    return isSent ? SENT_HERE : SENT_TO_NOBODY
  }

  async invoke(
    name: string,
    options: InvokeOptions,
    ...args: readonly unknown[]
  ): Promise<unknown> {
    checkInvokeOptions(options)
    const recipient = this.#reach.directory.find(this.#id)
    if (recipient === undefined && this.#isOwn) throw unknownConnection(this.#id)
    const answer =
      recipient === undefined
        ? invokeElsewhere(this.#reach, this.#id, name, args, options)
        : recipient.answers.ask(recipient, name, args, options)
    return this.#asker.wait(answer, recipient)
  }
}

/** The clients of a hub. */
export class HubClients {
  protected readonly reach: HubReach
  protected readonly asker: Asker

  constructor(reach: HubReach, asker: Asker = OUTSIDE) {
    this.reach = reach
    this.asker = asker
  }

  get all(): Audience {
    return new Audience(this.reach, [this.reach.directory.all])
  }

  allExcept(ids: string | Iterable<string>): Audience {
    return new Audience(this.reach, [this.reach.directory.all], ids)
  }

  connection(id: string): Single {
    return new Single(this.reach, this.asker, id)
  }

  connections(ids: Iterable<string>): Several {
    return new Several(this.reach, ids)
  }

  group(
    names: string | readonly string[],
    options?: { readonly except?: string | Iterable<string> },
  ): Audience {
    const topics = listOf(names).map((name) => this.reach.directory.group(name))
    return new Audience(this.reach, topics, options?.except)
  }

  user(
    ids: string | readonly string[],
    options?: { readonly except?: string | Iterable<string> },
  ): Audience {
    const topics = [...new Set(listOf(ids))].map((id) => this.reach.directory.user(id))
    return new Audience(this.reach, topics, options?.except)
  }
}

/** The clients of a hub, seen from one of them. */
export class CallerClients extends HubClients {
  readonly #callerId: string

  constructor(reach: HubReach, asker: Asker, callerId: string) {
    super(reach, asker)
    this.#callerId = callerId
  }

  get caller(): Single {
    return new Single(this.reach, this.asker, this.#callerId, true)
  }

  get others(): Audience {
    return this.allExcept(this.#callerId)
  }
}

/** Sends connections something that are not on this server. */
function sendElsewhere(
  { others, encodings }: HubReach,
  ids: readonly string[],
  name: string,
  args: readonly unknown[],
): Sent {
  if (ids.length === 0) return SENT_TO_ALL
  const { relay } = others
  if (relay !== 'handed-over') return new SentToConnections(0, relay, false)
  const message = new Message(encodings, name, args)
  others.write(ids, message)
  return new SentToConnections(0, relay, others.send(ids, message))
}

/** Asks a client that is not on this server. */
async function invokeElsewhere(
  { others, encodings, clock }: HubReach,
  connection: string,
  target: string,
  args: readonly unknown[],
  options: InvokeOptions,
): Promise<unknown> {
  if (isAborted(options)) throw reasonOf(options)
  const answerId = randomAnswerId()
  const message = new Message(encodings, target, args, answerId)
  if (others.relay === 'handed-over') others.write([connection], message)
  const asked = { connection, target, message, answerId, encodings }
  return checkedAnswer(await others.invoke(clock, asked, options), options.answer)
}

/** An id that no other server uses, and that tells its client nothing of this one. */
function randomAnswerId(): string {
  let id = 'r'
  for (const byte of crypto.getRandomValues(new Uint8Array(16))) {
    id += byte.toString(16).padStart(2, '0')
  }
  return id
}

function listOf(one: string | Iterable<string>): readonly string[] {
  return typeof one === 'string' ? [one] : [...one]
}

/** A web standard that every runtime has. */
declare const crypto: { getRandomValues(array: Uint8Array): Uint8Array }
