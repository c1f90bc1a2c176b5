// What the adapter of adapter.ts cannot do is refused when it is asked for.
import { createEndpoint, echo } from '@wirebeat/core'
import { expect, test } from 'vitest'
import { adapter } from './adapter.ts'

test('TLS is refused in one sentence', async () => {
  const tls = { cert: 'cert.pem', key: 'key.pem' }
  await expect(adapter.listen(createEndpoint({ session: echo() }), { tls })).rejects.toThrow(
    'tls must be left out on this engine, got an object. It makes a server without TLS only, to be short.',
  )
})
