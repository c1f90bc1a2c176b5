import { adapters } from '@wirebeat/test-support'
import { program } from './client.ts'
import { testOutsider } from './interop.ts'
import { overHttp2 } from './over-http2.ts'

testOutsider('Node 26', 'WIREBEAT_NODE', (node) => [node, program('runtime.js')], {
  servers: [...adapters, overHttp2],
})
