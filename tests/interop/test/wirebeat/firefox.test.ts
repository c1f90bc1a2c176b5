import process from 'node:process'
import { program } from '../client.ts'
import { testRuntime } from './runtime.ts'

const variable = 'WIREBEAT_FIREFOX'
const command = (play: string) => (path: string) => [
  process.execPath,
  program('wirebeat/browser.js'),
  'firefox',
  path,
  play,
]

testRuntime({
  name: 'a page of Firefox',
  variable,
  command: command('play'),
  events: ['online', 'pageshow', 'resume', 'visibilitychange'],
})

testRuntime({
  name: 'a worker of Firefox',
  variable,
  command: command('playInWorker'),
  events: ['online'],
})
