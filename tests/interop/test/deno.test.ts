import { program } from './client.ts'
import { testOutsider } from './interop.ts'

testOutsider('Deno', 'WIREBEAT_DENO', (deno) => [
  deno,
  'run',
  '--no-config',
  '--no-remote',
  '--no-npm',
  '--allow-net=127.0.0.1',
  program('runtime.js'),
])
