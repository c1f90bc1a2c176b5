import { describe, expect } from 'vitest'
import { type Command, playerOf, start } from './player.ts'

export interface Runtime {
  readonly name: string
  /** The environment variable with the path of its program. Default: it comes with this workspace. */
  readonly variable?: string
  readonly command: Command
  /** Whether its WebSocket tells the status of a handshake that was refused. */
  readonly tellsStatus?: true
  /** Events of the page that it has. */
  readonly events?: readonly string[]
}

/** Makes each scenario a test of the client on this runtime. */
export function testRuntime({ name, variable, command, tellsStatus, events }: Runtime): void {
  describe(`the client on ${name}`, () => {
    const player = playerOf(variable, command)

    player.test('talks, and ends', async (context) => {
      const { url } = await start(context)
      expect(await player.play('talk', url)).toEqual({
        messages: ['é', [1, 2], [1, 2], [1, 2]],
        code: 4001,
        reason: 'done',
        wasClean: true,
        cause: 'client',
      })
    })

    player.test('connects again after a loss', async (context) => {
      const { url } = await start(context)
      expect(await player.play('cut', url)).toEqual({
        cause: 'lost',
        code: 1006,
        losses: 1,
        data: 'back',
      })
    })

    player.test('is told at once that it is refused', async (context) => {
      const { url } = await start(context)
      expect(await player.play('refused', `${url}?refuse`)).toEqual({
        cause: 'lost',
        code: 1006,
        httpStatus: tellsStatus ? 401 : null,
      })
    })

    player.test('is told at once that nobody listens', async (context) => {
      const { url, cable } = await start(context)
      cable.remove()
      expect(await player.play('refused', url)).toEqual({
        cause: 'lost',
        code: 1006,
        httpStatus: null,
      })
    })

    player.test('notices a server that is silent', async (context) => {
      const { url } = await start(context)
      expect(await player.play('silence', url)).toEqual({
        cause: 'heartbeat',
        code: 1006,
        losses: 1,
      })
    })

    player.test("knows the server's close codes", async (context) => {
      const { url } = await start(context)
      expect(await player.play('codes', url)).toEqual([
        ['closed', 'server', 1008],
        ['waiting', 'server', 1011],
        ['closed', 'server', 4000],
      ])
    })

    player.test('connects at once after its machine has slept', async (context) => {
      const { url } = await start(context)
      expect(await player.play('sleep', url)).toBe(1)
    })

    if (events !== undefined) {
      player.test('connects at once when it is back', async (context) => {
        const { url } = await start(context)
        expect(await player.play('back', url)).toEqual(events)
      })
    }
  })
}
