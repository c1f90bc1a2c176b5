import { describe, expect, test } from 'vitest'
import { Cancellation } from '../../src/runtime/cancellation.ts'

describe('a cancellation', () => {
  test('has one signal, however often it is asked for', () => {
    const cancellation = new Cancellation(() => {})
    expect(cancellation.signal).toBe(cancellation.signal)
  })

  test('tells those who asked for the signal before it, and those who ask after it', () => {
    const cancellation = new Cancellation(() => {})
    const { signal } = cancellation
    expect(signal.aborted).toBe(false)
    cancellation.cancel()
    expect(signal.aborted).toBe(true)

    const late = new Cancellation(() => {})
    late.cancel()
    expect(late.signal.aborted).toBe(true)
  })

  test('is watched once somebody has asked for the signal', () => {
    const cancellation = new Cancellation(() => {})
    expect(cancellation.isWatched).toBe(false)
    void cancellation.signal
    expect(cancellation.isWatched).toBe(true)
  })
})
