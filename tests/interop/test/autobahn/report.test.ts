import { describe, expect, test } from 'vitest'
import { CASES, faultsIn } from './report.ts'

/** A report on a server named ws, in which all cases are well but these. */
function reportWith(changes: Record<string, unknown> = {}, count = CASES): unknown {
  const numbers = Array.from({ length: count }, (_, index) => `1.${index}`)
  const good = { behavior: 'OK', behaviorClose: 'OK', duration: 1, remoteCloseCode: 1000 }
  return { ws: { ...Object.fromEntries(numbers.map((number) => [number, good])), ...changes } }
}

describe('a report of the Autobahn test suite', () => {
  test('in which all is well has no faults', () => {
    expect(faultsIn(reportWith(), 'ws')).toEqual([])
  })

  test.each(['OK', 'NON-STRICT', 'INFORMATIONAL'])('may say %s', (verdict) => {
    const result = { behavior: verdict, behaviorClose: verdict }
    expect(faultsIn(reportWith({ '1.7': result }), 'ws')).toEqual([])
  })

  test.each(['FAILED', 'WRONG CODE', 'UNCLEAN', 'FAILED BY CLIENT', 'UNIMPLEMENTED', 'new'])(
    'must not say %s, of the behaviour or of its close',
    (verdict) => {
      const changes = {
        '1.7': { behavior: verdict, behaviorClose: 'OK' },
        '1.8': { behavior: 'OK', behaviorClose: verdict },
      }
      expect(faultsIn(reportWith(changes), 'ws')).toEqual([
        `1.7: ${verdict}, its close OK`,
        `1.8: OK, its close ${verdict}`,
      ])
    },
  )

  test('must have a verdict on every case', () => {
    const changes = { '1.7': {}, '1.8': null, '1.9': { behavior: 'OK' } }
    expect(faultsIn(reportWith(changes), 'ws')).toEqual([
      '1.7: undefined, its close undefined',
      '1.8: undefined, its close undefined',
      '1.9: OK, its close undefined',
    ])
  })

  test.each([
    ['with too few cases', reportWith({}, CASES - 1), CASES - 1],
    ['without cases', reportWith({}, 0), 0],
    ['on another server', { uws: {} }, 0],
    ['that is empty', {}, 0],
    ['that is no report', null, 0],
  ])('%s is a fault', (_, report, count) => {
    expect(faultsIn(report, 'ws')).toEqual([`${count} of ${CASES} cases have a result`])
  })
})
