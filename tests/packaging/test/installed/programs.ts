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
  const example = (name: string, index: number) =>
    exampleOf(join(folder, 'node_modules/@wirebeat', name, 'README.md'), index)
  return {
    root: replace(await exampleOf(ROOT_README, 0), 'listen(5000)', `listen(${PORT})`),
    core: await example('core', 0),
    ws: replace(await example('adapter-ws', 0), 'listen(5000)', `listen(${PORT})`),
    uws: replace(await example('adapter-uws', 0), 'listen(5000,', `listen(${PORT},`),
    bun: replace(await example('adapter-bun', 0), 'port: 5000', `port: ${PORT}`),
    'uws-listen': `
      import { listen } from '@wirebeat/adapter-uws'
      import { createEndpoint, echo } from '@wirebeat/core'
      await listen(createEndpoint({ path: '/ws', session: echo() }), { port: ${PORT} })`,
    // Node 20 has no WebSocket of its own.
    client: `import { WebSocket } from 'ws'
      ${replace(
        await example('client', 0),
        "('wss://example.com/ws', [], { heartbeatMessage: 'beat' })\n",
        "(process.env['SERVER'] ?? '', [], { heartbeatMessage: 'beat', WebSocket })\n",
      )}
      socket.addEventListener('message', () => socket.close())`,
    session: `import { echo } from '@wirebeat/core'
      const session = echo()
      ${await example('core', 4)}
      console.log(client.isOpen)`,
  }
}

/** The test file of an adapter that the README of the conformance kit shows. */
export function conformanceTest(folder: string): Promise<string> {
  return exampleOf(join(folder, 'node_modules/@wirebeat/conformance/README.md'), 0)
}

/** One of the JavaScript blocks of a README. */
async function exampleOf(path: string, index: number): Promise<string> {
  const text = await readFile(path, 'utf8')
  const block = [...text.matchAll(/^```js\n(.*?)^```$/gms)][index]?.[1]
  if (block === undefined) throw new Error(`${path} has no example ${index}`)
  return block
}

function replace(example: string, part: string, by: string): string {
  if (!example.includes(part)) throw new Error(`the example has no ${part}:\n${example}`)
  return example.replace(part, by)
}
