import process from 'node:process'
import { program } from '../client.ts'
import { testRuntime } from './runtime.ts'

const variable = 'WIREBEAT_CHROMIUM'
const command = (play: string) => (path: string) => [
  process.execPath,
  program('wirebeat/browser.js'),
  'chromium',
  path,
  play,
]

testRuntime({
  name: 'a page of Chromium',
  variable,
  command: command('play'),
  events: ['online', 'pageshow', 'resume', 'visibilitychange'],
})

testRuntime({
  name: 'a worker of Chromium',
  variable,
  command: command('playInWorker'),
  events: ['online'],
})
