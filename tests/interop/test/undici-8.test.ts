import { adapters } from '@wirebeat/test-support'
import { program } from './client.ts'
import { testOutsider } from './interop.ts'
import { overHttp2 } from './over-http2.ts'

testOutsider('undici 8', 'WIREBEAT_NODE', (node) => [node, program('undici-8.js')], {
  servers: [...adapters, overHttp2],
})
