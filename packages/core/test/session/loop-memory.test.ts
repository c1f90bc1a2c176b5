import { expect, onTestFinished, test } from 'vitest'
import { createEndpoint, echo, echoLoop, type Session } from '../../src/index.ts'
import { MemoryClient } from '../../src/testing.ts'
import { heldBytes } from '../support/held-memory.ts'

const COUNT = 10_000

/** Bytes that each idle connection and its client hold. */
async function heldByEach(session: Session): Promise<number> {
  const endpoint = createEndpoint({ session })
  onTestFinished(() => void endpoint.close({ deadline: 0 }))
  const open = async (count: number): Promise<void> => {
    for (let opened = 0; opened < count; opened++) await MemoryClient.connect(endpoint)
  }
  // Until the engine has compiled what it does.
  await open(2_000)
  const before = await heldBytes()
  await open(COUNT)
  return ((await heldBytes()) - before) / COUNT
}

test('an idle loop holds some kilobyte, most of which is an async function that waits', {
  timeout: 60_000,
}, async () => {
  const handlers = await heldByEach(echo())
  expect((await heldByEach(echoLoop())) - handlers).toBeLessThan(1_150)
})
