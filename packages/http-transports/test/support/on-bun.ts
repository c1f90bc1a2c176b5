// A hub on Bun, where on-bun.test.ts starts this file. It ends with its standard input.
import process from 'node:process'
import { adapter } from '@wirebeat/adapter-bun'
import { serveHub } from './hub-server.ts'

const server = await serveHub(adapter)
process.stdout.write(`${server.url}\n`)
process.stdin.on('end', async () => {
  await server.close()
  process.exit(0)
})
process.stdin.resume()
