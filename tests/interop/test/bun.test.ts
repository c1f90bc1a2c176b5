import { program } from './client.ts'
import { testOutsider } from './interop.ts'

testOutsider('Bun', 'WIREBEAT_BUN', (bun) => [bun, '--no-install', program('runtime.js')])
