import process from 'node:process'
import { program } from '../client.ts'
import { testRuntime } from './runtime.ts'

const runtime = program('wirebeat/runtime.js')

testRuntime({
  name: 'undici',
  command: () => [process.execPath, program('wirebeat/undici.js')],
})

testRuntime({
  name: 'Node 26',
  variable: 'WIREBEAT_NODE',
  command: (node) => [node, runtime],
})

const DENO = ['run', '--no-config', '--no-remote', '--no-npm', '--allow-net=127.0.0.1']
testRuntime({
  name: 'Deno',
  variable: 'WIREBEAT_DENO',
  command: (deno) => [deno, ...DENO, runtime],
  tellsStatus: true,
})

testRuntime({
  name: 'Bun',
  variable: 'WIREBEAT_BUN',
  command: (bun) => [bun, '--no-install', runtime],
  tellsStatus: true,
})
