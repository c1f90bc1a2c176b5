import process from 'node:process'
import { describe, expect } from 'vitest'
import { program } from '../client.ts'
import { playerOf, start } from './player.ts'

describe.each([
  ['18', '-18'],
  ['19', ''],
])('the hooks of React %s in Chromium', (version, suffix) => {
  const player = playerOf('WIREBEAT_CHROMIUM', (path) => [
    process.execPath,
    program('wirebeat/browser.js'),
    'chromium',
    path,
    'playReact',
    suffix,
  ])

  player.test('share one connection, in StrictMode and after hydration', async (context) => {
    const { url } = await start(context)
    expect(await player.play('react', url)).toEqual({
      version,
      made: 1,
      errors: [],
      rendersForStatus: true,
      rendersEcho: 0,
      stateAfterChange: ['open', 3],
      end: 'client',
      madeAgain: 4,
    })
  })
})
