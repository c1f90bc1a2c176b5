/** No entry. */
export const NONE = -1

/** A circular list of entries. */
export interface Ring {
  /** Its first entry, or `NONE`. */
  first: number
  /** How many entries it has. */
  count: number
}

/**
 * The links of rings of numbered entries, each of which is in one ring at most. All links lie in one piece of
 * memory. An object for each entry would take three times as much, and the garbage collector would have to look at
 * each.
 */
export class Rings {
  /** For each entry the next one and the one before. */
  #links = new Int32Array(0)

  /** Makes room for entries below `count`. */
  grow(count: number): void {
    const links = new Int32Array(2 * count)
    links.set(this.#links)
    this.#links = links
  }

  /** Adds an entry at the end. */
  append(ring: Ring, entry: number): void {
    if (ring.count === 0) {
      ring.first = entry
      this.#link(entry, entry)
    } else {
      this.#link(this.#before(ring.first), entry)
      this.#link(entry, ring.first)
    }
    ring.count++
  }

  remove(ring: Ring, entry: number): void {
    const next = this.#next(entry)
    this.#link(this.#before(entry), next)
    ring.count--
    if (ring.count === 0) ring.first = NONE
    else if (ring.first === entry) ring.first = next
  }

  /** All entries of a ring, in order. */
  entries({ first, count }: Ring = EMPTY): number[] {
    const entries: number[] = []
    for (let entry = first; entries.length < count; entry = this.#next(entry)) entries.push(entry)
    return entries
  }

  /** The entry of a ring at whose place the list has the value, or `NONE`. */
  find<Value>({ first, count }: Ring, list: readonly (Value | undefined)[], value: Value): number {
    let entry = first
    for (let left = count; left > 0; left--) {
      if (list[entry] === value) return entry
      entry = this.#next(entry)
    }
    return NONE
  }

  #next(entry: number): number {
    return this.#links[2 * entry] as number
  }

  #before(entry: number): number {
    return this.#links[2 * entry + 1] as number
  }

  #link(entry: number, next: number): void {
    this.#links[2 * entry] = next
    this.#links[2 * next + 1] = entry
  }
}

const EMPTY: Ring = { first: NONE, count: 0 }
