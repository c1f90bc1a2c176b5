import { type HubMessage, isText, listOf, unreadable, writeHubMessage } from './hub-message.ts'
import { ASK_TIMEOUT, type HubQuestions, isConnectionId, isNobody } from './hub-questions.ts'

/** Where a connection is. */
export interface Place {
  readonly server: string
  /** The encoding that its client speaks. */
  readonly encoding: string
}

/** Somebody who looks for connections. Told of each of them once, while no code of an application runs. */
export interface Seeker {
  found(place: Place, ids: readonly string[]): void
  /** @param why `undefined` when they are on no other server */
  missing(ids: readonly string[], why: Error | undefined): void
}

interface Seeking {
  readonly number: number
  readonly seeker: Seeker
}

/** A connection that is looked for, and by whom. */
interface Sought {
  readonly id: string
  readonly seekings: Seeking[]
}

/** Servers that were asked for connections, and have not all answered. */
interface Search {
  readonly sought: readonly Sought[]
  /** How many have not answered. */
  waiting: number
  why: Error | undefined
}

/** How many places are remembered. Those that were used longest ago are forgotten first. */
const MAX_PLACES = 10_000

/**
 * Finds out on which server a connection is, by asking all of them, and remembers it. The id of a connection does not
 * name its server, and a connection never moves.
 */
export class Places {
  readonly #questions: HubQuestions
  readonly #known = new Map<string, Place>()
  readonly #sought = new Map<string, Sought>()
  #seekers = 0

  constructor(questions: HubQuestions) {
    this.#questions = questions
  }

  /** The place of a connection, if it is remembered. */
  known(id: string): Place | undefined {
    const place = this.#known.get(id)
    if (place !== undefined) this.#remember(id, place)
    return place
  }

  /** A connection has ended, or its server has gone. */
  forget(id: string): void {
    this.#known.delete(id)
  }

  /**
   * Looks for connections. Those who look for the same one are told in the order in which they came, so that what they
   * send it stays in order.
   */
  find(ids: readonly string[], seeker: Seeker): void {
    const seeking = { number: ++this.#seekers, seeker }
    const known = new Map<string, string[]>()
    const unknown: Sought[] = []
    const impossible: string[] = []
    for (const id of ids) {
      const place = this.known(id)
      const sought = this.#sought.get(id)
      if (place !== undefined) addTo(known, `${place.encoding} ${place.server}`, id)
      else if (sought !== undefined) sought.seekings.push(seeking)
      else if (isConnectionId(id)) unknown.push({ id, seekings: [seeking] })
      else impossible.push(id)
    }
    for (const group of known.values()) {
      const place = this.#known.get(group[0] ?? '')
      if (place !== undefined) seeker.found(place, group)
    }
    if (impossible.length > 0) seeker.missing(impossible, undefined)
    for (const sought of unknown) this.#sought.set(sought.id, sought)
    for (const part of this.#questions.parts(unknown)) this.#search(part)
  }

  #search(sought: readonly Sought[]): void {
    const { servers } = this.#questions
    const search: Search = { sought, waiting: servers.length, why: undefined }
    const question = writeHubMessage({ operation: 'find', ids: sought.map(({ id }) => id) })
    const read = (answer: HubMessage) => readEncodings(answer, sought.length)
    for (const server of servers) {
      this.#questions.ask(server, question, ASK_TIMEOUT, read).then(
        (encodings) => this.#answered(search, server, encodings),
        (error: Error) => this.#over(search, isNobody(error) ? undefined : error),
      )
    }
    if (servers.length === 0) this.#missing(search)
  }

  #answered(search: Search, server: string, encodings: readonly (string | null)[]): void {
    const { sought } = search
    const found = new Map<string, Sought[]>()
    sought.forEach((one, index) => {
      const encoding = encodings[index]
      if (typeof encoding === 'string' && this.#isSought(one)) addTo(found, encoding, one)
    })
    for (const [encoding, all] of found) {
      const place = { server, encoding }
      for (const { id } of all) this.#remember(id, place)
      this.#tell(all, (seeker, ids) => seeker.found(place, ids))
    }
    this.#over(search, undefined)
  }

  /** A server has answered, or will not. */
  #over(search: Search, why: Error | undefined): void {
    search.waiting--
    search.why ??= why
    if (search.waiting === 0) this.#missing(search)
  }

  #missing({ sought, why }: Search): void {
    const missing = sought.filter((one) => this.#isSought(one))
    this.#tell(missing, (seeker, ids) => seeker.missing(ids, why))
  }

  #isSought(sought: Sought): boolean {
    return this.#sought.get(sought.id) === sought
  }

  #tell(all: readonly Sought[], tell: (seeker: Seeker, ids: readonly string[]) => void): void {
    const told = new Map<Seeking, string[]>()
    for (const { id, seekings } of all) {
      this.#sought.delete(id)
      for (const seeking of seekings) addTo(told, seeking, id)
    }
    const inOrder = [...told].sort(([one], [other]) => one.number - other.number)
    for (const [{ seeker }, ids] of inOrder) tell(seeker, ids)
  }

  #remember(id: string, place: Place): void {
    // Again at the end, where those are that were used last.
    this.#known.delete(id)
    this.#known.set(id, place)
    if (this.#known.size <= MAX_PLACES) return
    for (const oldest of this.#known.keys()) {
      this.#known.delete(oldest)
      return
    }
  }
}

function addTo<Key, Item>(groups: Map<Key, Item[]>, key: Key, item: Item): void {
  const group = groups.get(key)
  if (group === undefined) groups.set(key, [item])
  else group.push(item)
}

/** What a server has answered: the encoding of each connection, or null where it is not there. */
function readEncodings({ head }: HubMessage, count: number): readonly (string | null)[] {
  const encodings = listOf(head, 'encodings', isTextOrNull)
  if (encodings.length !== count) throw unreadable('It answers something else.')
  return encodings
}

function isTextOrNull(value: unknown): value is string | null {
  return value === null || isText(value)
}
