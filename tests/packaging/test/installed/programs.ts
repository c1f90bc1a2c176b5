import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT_README = fileURLToPath(new URL('../../../../README.md', import.meta.url))

const PORT = "Number(process.env['PORT'])"

/**
 * The smallest examples of the READMEs as programs, by name. They are what the READMEs show, but for
 * the port, the address and what the text around them says to bring along.
 *
 * @param folder where the packages are installed
 */
export async function makePrograms(folder: string): Promise<Readonly<Record<string, string>>> {
  const example = (name: string, part?: string, language?: Language) =>
    exampleOf(join(folder, 'node_modules/@wirebeat', name, 'README.md'), part, language)
  return {
    root: replace(await exampleOf(ROOT_README), 'listen(5000)', `listen(${PORT})`),
    core: await example('core'),
    ws: replace(await example('adapter-ws'), 'listen(5000)', `listen(${PORT})`),
    uws: replace(await example('adapter-uws'), 'listen(5000,', `listen(${PORT},`),
    bun: replace(await example('adapter-bun'), 'port: 5000', `port: ${PORT}`),
    'uws-listen': `
      import { listen } from '@wirebeat/adapter-uws'
      import { createEndpoint, echo } from '@wirebeat/core'
      await listen(createEndpoint({ path: '/ws', session: echo() }), { port: ${PORT} })`,
    // Node 20 has no WebSocket of its own.
    client: `import { WebSocket } from 'ws'
      ${replace(
        await example('client'),
        "('wss://example.com/ws', [], { heartbeatMessage: 'beat' })\n",
        "(process.env['SERVER'] ?? '', [], { heartbeatMessage: 'beat', WebSocket })\n",
      )}
      socket.addEventListener('message', () => socket.close())`,
    session: `import { echo } from '@wirebeat/core'
      const session = echo()
      ${await example('core', 'MemoryClient')}
      console.log(client.isOpen)`,
    'http-transports': replace(await example('http-transports'), 'port: 5000', `port: ${PORT}`),
    prometheus: replace(await example('prometheus'), 'listen(5000)', `listen(${PORT})`),
    hub: replace(await example('hub', 'createHub', 'ts'), 'port: 5000', `port: ${PORT}`),
    'hub-client': `import type { chat } from './hub.mjs'
      ${replace(
        await example('hub', 'HubConnectionBuilder', 'ts'),
        "withUrl('/chat')",
        "withUrl(process.env['SERVER'] ?? '')",
      )}
      client.on('said', () => client.stop())`,
    messagepack: `
      import { createEndpoint } from '@wirebeat/core'
      import { createHub, hubOf } from '@wirebeat/hub'
      import { messagepack } from '@wirebeat/hub/messagepack'
      import { HubTestClient } from '@wirebeat/hub/testing'
      const { method, define } = hubOf()
      const answers = define({ answer: method([], () => 42) })
      const hub = createHub(answers, { encodings: [messagepack()] })
      const client = await HubTestClient.connect<typeof answers>(
        createEndpoint({ session: hub.session }),
      )
      console.log(await client.invoke('answer'))
      await client.stop()
      await hub.close()`,
    redis: unreachable(
      replace(await example('backplane-redis', 'createTopics', 'ts'), '127.0.0.1:6379', NOBODY),
    ),
    nats: unreachable(
      replace(await example('backplane-nats', 'createTopics', 'ts'), '127.0.0.1:4222', NOBODY),
    ),
  }
}

/** Where no broker is. */
const NOBODY = '127.0.0.1:1'

/** The example of a backplane, without a broker. */
function unreachable(example: string): string {
  return `${example}
    await topics.ready().catch((error: Error) => console.log(error.message))
    await topics.close()`
}

/** A program that uses what older compilers have trouble with: a loop session, subpaths and inferred contexts. */
export const OLD_COMPILER_PROGRAM = `
import { createServer } from 'node:http'
import { attach } from '@wirebeat/adapter-ws'
import { allow, createEndpoint, loop } from '@wirebeat/core'
import { ManualClock } from '@wirebeat/core/testing'

const endpoint = createEndpoint({
  authorize: () => allow({ name: 'a user' }),
  clock: new ManualClock(),
  session: loop<{ name: string }>(async (connection) => {
    for await (const message of connection) {
      const data: string | Uint8Array = message
      await connection.sendAndWait(connection.context.name)
      await connection.sendAndWait(data)
    }
  }),
})
attach(createServer(), endpoint)
`

/** The test file of an adapter that the README of the conformance kit shows. */
export function conformanceTest(folder: string): Promise<string> {
  return exampleOf(join(folder, 'node_modules/@wirebeat/conformance/README.md'))
}

/** The configuration for Jest that the README of core shows. */
export function jestConfig(folder: string): Promise<string> {
  return exampleOf(join(folder, 'node_modules/@wirebeat/core/README.md'), 'module.exports')
}

type Language = 'js' | 'ts'

/** The first of the blocks of a README that contains `part`. */
async function exampleOf(path: string, part = '', language: Language = 'js'): Promise<string> {
  const text = await readFile(path, 'utf8')
  const fences = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms')
  const blocks = [...text.matchAll(fences)].map(([, code = '']) => code)
  const block = blocks.find((code) => code.includes(part))
  if (block === undefined) throw new Error(`${path} has no example with ${part}`)
  return block
}

function replace(example: string, part: string, by: string): string {
  if (!example.includes(part)) throw new Error(`the example has no ${part}:\n${example}`)
  return example.replace(part, by)
}
