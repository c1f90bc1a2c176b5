import type { Conversation } from './conversation/step.ts'

/** The lines of each conversation, by its name. */
export type Transcripts = ReadonlyMap<string, readonly string[]>

/** How many lines are shown before a difference, and of it on each side. */
const SHOWN = 8

/**
 * Compares what came of conversations with what was expected.
 *
 * @returns for each that differs, the lines that tell a person how
 */
export function compare(
  conversations: readonly Conversation[],
  expected: Transcripts,
  found: Transcripts,
): readonly (readonly string[])[] {
  return conversations.flatMap(({ name }) => {
    const difference = differenceOf(expected.get(name), found.get(name))
    return difference.length === 0 ? [] : [[name, ...difference]]
  })
}

/** Empty when the two are equal. */
function differenceOf(
  expected: readonly string[] = ['(no transcript)'],
  found: readonly string[] = ['(no transcript)'],
): readonly string[] {
  if (areEqual(expected, found)) return []
  let same = 0
  while (expected[same] !== undefined && expected[same] === found[same]) same++
  return [
    ...expected.slice(Math.max(0, same - SHOWN), same).map((line) => `    ${line}`),
    ...expected.slice(same, same + SHOWN).map((line) => `  - ${line}`),
    ...found.slice(same, same + SHOWN).map((line) => `  + ${line}`),
  ]
}

/** Whether two transcripts are the same. */
export function areEqual(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((line, index) => line === b[index])
}
