import { program } from './client.ts'
import { testOutsider } from './interop.ts'

testOutsider('Chromium', 'WIREBEAT_CHROMIUM', (chromium) => [
  process.execPath,
  program('chromium.js'),
  chromium,
])
