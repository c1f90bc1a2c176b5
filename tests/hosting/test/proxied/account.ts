import type { Kind, Life } from './life.ts'

/** What was said of one number. */
interface Publication {
  /** Whether it left for other servers. */
  relay: string
  /** Whether the broker has taken it. `undefined` when its server had no time left to say so. */
  isConfirmed: boolean | undefined
}

/** A client has not received a number. */
export interface Missing {
  readonly server: string
  readonly publisher: string
  readonly kind: Kind
  readonly group: number
  readonly number: number
}

/** What servers have said that they published, and missed. */
export class Account {
  readonly #publications = new Map<string, Publication>()
  /** The highest number of each server for each group. */
  readonly #latest = new Map<string, number>()
  /** The topics of which a server was told that it has missed something of another one, or of any. */
  readonly #gaps = new Set<string>()
  /** The lines about gaps, for whoever looks for the reason of a failure. */
  readonly gaps: string[] = []

  /** Takes a line that a server has written. */
  take(server: string, line: string): void {
    const [word, ...words] = line.split(' ')
    if (word === 'gap') {
      this.gaps.push(`${server}: ${line}`)
      const [topic, , of = ''] = words
      this.#gaps.add(`${server} ${topic} ${of.split(':')[0]}`)
    }
    if (word !== 'published' && word !== 'confirmed') return
    const said = words.pop() ?? ''
    const key = words.join(' ')
    if (word === 'published') {
      this.#publications.set(key, { relay: said, isConfirmed: undefined })
      this.#latest.set(words.slice(0, 3).join(' '), Number(words[3]))
    } else {
      const publication = this.#publications.get(key)
      if (publication !== undefined) publication.isConfirmed = said === 'true'
    }
  }

  get publications(): number {
    return this.#publications.size
  }

  /** The numbers that a client has not received though it was there, from the first one of each server on. */
  *missing(life: Life): Iterable<Missing> {
    const { kind, group, server } = life
    for (const [publisher, numbers] of life.received) {
      const latest = life.isOpen
        ? (this.#latest.get(`${kind} ${group} ${publisher}`) ?? 0)
        : Math.max(...numbers)
      const received = new Set(numbers)
      for (let number = Math.min(...numbers); number <= latest; number++) {
        if (!received.has(number)) yield { server, publisher, kind, group, number }
      }
    }
  }

  /** Whether somebody was told of it: the publisher at once, or the server of the client by a gap. */
  isTold({ server, publisher, kind, group, number }: Missing): boolean {
    const publication = this.#publications.get(`${kind} ${group} ${publisher} ${number}`)
    const topic = kind === 'raw' ? `raw:${group}` : `hub:group:${group}`
    return (
      publication?.relay === 'down' ||
      publication?.isConfirmed === false ||
      this.#gaps.has(`${server} ${topic} ${publisher}`) ||
      this.#gaps.has(`${server} ${topic} `)
    )
  }
}
