import { describe, expect, test } from 'vitest'
import { settle } from '../faults/fates.ts'

const account = { name: 'a', sent: 4, uncertain: [2, 3], received: [[1, 2], [4]] }

describe('the fates of messages', () => {
  test('are told of those that arrived, and those that are uncertain', () => {
    expect(settle(account)).toEqual({ sent: 4, received: 3, uncertain: 2, arrived: 1 })
  })

  test.each([
    [
      'arrives twice',
      {
        received: [
          [1, 2],
          [2, 4],
        ],
      },
    ],
    ['is told twice', { uncertain: [2, 2, 3] }],
    ['is lost without a word', { uncertain: [2] }],
    ['was never sent', { sent: 3 }],
    ['overtakes another', { received: [[2, 1], [4]] }],
  ])('are not in order when one %s', (_, wrong) => {
    expect(() => settle({ ...account, ...wrong })).toThrow()
  })
})
