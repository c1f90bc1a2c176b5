import { adapters, serve } from '@wirebeat/test-support'
import { expect, test } from 'vitest'
import { faultsIn } from './report.ts'
import { PATIENCE, runSuite } from './suite.ts'

/** Bytes. The suite sends messages of 16 MiB, and expects them back. */
const ROOM = 32 * 1024 * 1024

for (const adapter of adapters) {
  test(`adapter-${adapter.name} passes the Autobahn test suite`, {
    timeout: PATIENCE,
  }, async (context) => {
    const { url } = await serve(context, adapter, {
      compression: true,
      maxMessageSize: ROOM,
      maxBufferedAmount: ROOM,
      // The suite expects nothing but answers.
      keepAliveInterval: 0,
    })
    expect(faultsIn(await runSuite(adapter.name, url), adapter.name)).toEqual([])
  })
}
