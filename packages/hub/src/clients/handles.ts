import type { InvokeOptions, Sent } from '../definition/clients.ts'
import type { Directory } from './directory.ts'
import { checkInvokeOptions, type PendingAnswers, unknownConnection } from './pending-answers.ts'
import type { Recipient } from './recipient.ts'

/** Who waits for the answer of a client. */
export interface Asker {
  /** Has others run meanwhile. */
  wait(answer: Promise<unknown>, asked: Recipient): Promise<unknown>
}

/** Somebody outside of a call. The client that is asked may have one more call running until it answers. */
const OUTSIDE: Asker = {
  wait(answer, asked) {
    asked.lendSlot()
    return answer.finally(() => asked.takeSlotBack())
  },
}

/** Those who are subscribed to topics of the hub. */
class Audience {
  readonly #directory: Directory
  readonly #topics: readonly string[]
  readonly #except: readonly string[] | undefined

  constructor(directory: Directory, topics: readonly string[], except?: string | Iterable<string>) {
    this.#directory = directory
    this.#topics = topics
    this.#except = except === undefined ? undefined : listOf(except)
  }

  send(name: string, ...args: readonly unknown[]): Sent {
    return this.#directory.publish(this.#topics, name, args, this.#except)
  }
}

/** Several connections. */
class Several {
  readonly #directory: Directory
  readonly #ids: readonly string[]

  constructor(directory: Directory, ids: Iterable<string>) {
    this.#directory = directory
    this.#ids = [...new Set(ids)]
  }

  send(name: string, ...args: readonly unknown[]): Sent {
    return this.#directory.send(this.#ids, name, args)
  }
}

/** One connection. */
class Single {
  readonly #clients: HubClients
  readonly #id: string

  constructor(clients: HubClients, id: string) {
    this.#clients = clients
    this.#id = id
  }

  send(name: string, ...args: readonly unknown[]): Sent {
    return this.#clients.directory.send([this.#id], name, args)
  }

  async invoke(
    name: string,
    options: InvokeOptions,
    ...args: readonly unknown[]
  ): Promise<unknown> {
    checkInvokeOptions(options)
    const { directory, answers, asker } = this.#clients
    const recipient = directory.find(this.#id)
    if (recipient === undefined) throw unknownConnection(this.#id)
    return asker.wait(answers.ask(recipient, name, args, options), recipient)
  }
}

/** The clients of a hub. */
export class HubClients {
  readonly directory: Directory
  readonly answers: PendingAnswers
  readonly asker: Asker

  constructor(directory: Directory, answers: PendingAnswers, asker: Asker = OUTSIDE) {
    this.directory = directory
    this.answers = answers
    this.asker = asker
  }

  get all(): Audience {
    return new Audience(this.directory, [this.directory.all])
  }

  allExcept(ids: string | Iterable<string>): Audience {
    return new Audience(this.directory, [this.directory.all], ids)
  }

  connection(id: string): Single {
    return new Single(this, id)
  }

  connections(ids: Iterable<string>): Several {
    return new Several(this.directory, ids)
  }

  group(
    names: string | readonly string[],
    options?: { readonly except?: string | Iterable<string> },
  ): Audience {
    const topics = listOf(names).map((name) => this.directory.group(name))
    return new Audience(this.directory, topics, options?.except)
  }

  user(
    ids: string | readonly string[],
    options?: { readonly except?: string | Iterable<string> },
  ): Audience {
    const topics = [...new Set(listOf(ids))].map((id) => this.directory.user(id))
    return new Audience(this.directory, topics, options?.except)
  }
}

/** The clients of a hub, seen from one of them. */
export class CallerClients extends HubClients {
  readonly #callerId: string

  constructor(directory: Directory, answers: PendingAnswers, asker: Asker, callerId: string) {
    super(directory, answers, asker)
    this.#callerId = callerId
  }

  get caller(): Single {
    return this.connection(this.#callerId)
  }

  get others(): Audience {
    return this.allExcept(this.#callerId)
  }
}

function listOf(one: string | Iterable<string>): readonly string[] {
  return typeof one === 'string' ? [one] : [...one]
}
