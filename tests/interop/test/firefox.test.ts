import { adapters, can } from '@wirebeat/test-support'
import { program } from './client.ts'
import { testOutsider } from './interop.ts'
import { overHttp2 } from './over-http2.ts'

const LOST = 'Firefox drops what it has not told yet of a connection that ends by FIN at once'

testOutsider(
  'Firefox',
  'WIREBEAT_FIREFOX',
  (firefox) => [process.execPath, program('firefox.js'), firefox],
  {
    servers: [...adapters, overHttp2],
    // Engines that do not look at the answer to a close frame send FIN with it.
    fails: ({ endsAtOnce }, server) =>
      endsAtOnce && !can(server, 'close-answer') ? LOST : undefined,
  },
)
