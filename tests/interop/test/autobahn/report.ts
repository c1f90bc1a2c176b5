/** The number of cases that the pinned suite has. With fewer it has ended early. */
export const CASES = 517

const GOOD = ['OK', 'NON-STRICT', 'INFORMATIONAL']

/**
 * What the suite has found wrong with a server, in a line for each case; nothing when all is well.
 *
 * @param report the suite's `index.json`: for each server its cases by number, each with a `behavior`
 * and a `behaviorClose`
 * @param agent the server's name in it
 */
export function faultsIn(report: unknown, agent: string): readonly string[] {
  const cases = Object.entries(childOf(report, agent) ?? {})
  const faults = cases.flatMap(([number, result]) => {
    const verdicts = [childOf(result, 'behavior'), childOf(result, 'behaviorClose')]
    const isGood = verdicts.every((verdict) => GOOD.some((good) => good === verdict))
    return isGood ? [] : [`${number}: ${verdicts[0]}, its close ${verdicts[1]}`]
  })
  if (cases.length >= CASES) return faults
  return [...faults, `${cases.length} of ${CASES} cases have a result`]
}

function childOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  return Object.entries(value).find(([key]) => key === name)?.[1]
}
