import { adapters } from '@wirebeat/test-support'
import { program } from './client.ts'
import { testOutsider } from './interop.ts'
import { overHttp2 } from './over-http2.ts'

testOutsider(
  'Chromium',
  'WIREBEAT_CHROMIUM',
  (chromium) => [process.execPath, program('chromium.js'), chromium],
  { servers: [...adapters, overHttp2] },
)
