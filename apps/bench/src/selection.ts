import type { Contestant } from './contestant.ts'
import type { Load } from './load.ts'

/** What there is to choose from. */
export interface Choice {
  /** Contestants that are chosen unless others are named. */
  readonly usualContestants: readonly Contestant[]
  readonly contestants: readonly Contestant[]
  /** Loads that are chosen unless others are named. */
  readonly usualLoads: readonly Load[]
  readonly loads: readonly Load[]
}

export interface Selection {
  readonly contestants: readonly Contestant[]
  readonly loads: readonly Load[]
}

/**
 * Chooses by names: of contestants, and of loads or parts of them (`64x16`, `text`, `64x16-text`).
 * Names of one kind alone leave the other as it is. A whole name means that load alone. Parts mean the usual loads
 * that have them, or, where none of these does, all that do.
 *
 * @throws RangeError for a name that nothing has, with all that there is.
 */
export function select(names: readonly string[], choice: Choice): Selection {
  const contestants = new Set<Contestant>()
  const loads = new Set<Load>()
  for (const name of names) {
    const contestant = choice.contestants.find((candidate) => isCalled(candidate, name))
    if (contestant !== undefined) {
      contestants.add(contestant)
      continue
    }
    const named = loadsCalled(name, choice)
    if (named.length === 0) throw unknownName(name, choice)
    for (const load of named) loads.add(load)
  }
  return {
    contestants:
      contestants.size > 0
        ? choice.contestants.filter((contestant) => contestants.has(contestant))
        : choice.usualContestants,
    loads: loads.size > 0 ? choice.loads.filter((load) => loads.has(load)) : choice.usualLoads,
  }
}

function loadsCalled(name: string, { usualLoads, loads }: Choice): readonly Load[] {
  const exact = loads.find(({ id }) => id.toLowerCase() === name.toLowerCase())
  if (exact !== undefined) return [exact]
  const usual = usualLoads.filter((load) => hasParts(load, name))
  return usual.length > 0 ? usual : loads.filter((load) => hasParts(load, name))
}

function unknownName(name: string, { contestants, loads }: Choice): RangeError {
  return new RangeError(
    `nothing is called ${name}\n` +
      `contestants: ${contestants.map((contestant) => contestant.name).join(', ')}\n` +
      `loads: ${loads.map(({ id }) => id).join(', ')}`,
  )
}

function isCalled({ name }: Contestant, asked: string): boolean {
  return plain(name) === plain(asked)
}

/** Without case, and without what a shell would want quoted: `adapter-ws-loop`. */
function plain(name: string): string {
  return name.toLowerCase().replace(/[()]/g, '').replace(/ /g, '-')
}

function hasParts({ id }: Load, asked: string): boolean {
  const parts = id.toLowerCase().split('-')
  return asked
    .toLowerCase()
    .split('-')
    .every((part) => parts.includes(part))
}
