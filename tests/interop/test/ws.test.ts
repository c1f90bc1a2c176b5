import { program } from './client.ts'
import { testClient } from './interop.ts'

testClient('the ws client', [process.execPath, program('ws.js')])
