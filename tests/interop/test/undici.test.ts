import { program } from './client.ts'
import { testClient } from './interop.ts'

testClient('undici', [process.execPath, program('undici.js')])
