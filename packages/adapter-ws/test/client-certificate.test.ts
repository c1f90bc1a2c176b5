import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer as createPlainServer } from 'node:http'
import { createServer } from 'node:https'
import { makeCertificate } from '@wirebeat/conformance/certificate'
import { createEndpoint, echo, refuse } from '@wirebeat/core'
import { expect, onTestFinished, test } from 'vitest'
import { type ClientOptions, WebSocket } from 'ws'
import { attach } from '../src/attach.ts'

async function pair(): Promise<{ cert: Buffer; key: Buffer }> {
  const files = await makeCertificate()
  return { cert: await readFile(files.cert), key: await readFile(files.key) }
}

/** A server that lets in whose certificate it has verified, and greets them by it. */
async function start(ca: Buffer, rejectUnauthorized: boolean): Promise<string> {
  const options = { ...(await pair()), requestCert: true, rejectUnauthorized, ca }
  const endpoint = createEndpoint({
    authorize: ({ clientCertificate }) => clientCertificate?.fingerprint256 ?? refuse(401),
    session: { open: (connection) => connection.send(connection.context) },
  })
  const server = attach(createServer(options), endpoint).listen(0, '127.0.0.1')
  onTestFinished(async () => {
    server.close()
    await endpoint.close({ deadline: 0 })
  })
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port')
  return `wss://127.0.0.1:${address.port}/`
}

/** The first message, or the status of the refusal. */
async function greeting(url: string, options: ClientOptions): Promise<string | number> {
  const socket = new WebSocket(url, { rejectUnauthorized: false, ...options })
  onTestFinished(() => socket.terminate())
  return new Promise((resolve, reject) => {
    socket.once('message', (message) => resolve(String(message)))
    socket.once('unexpected-response', (_request, { statusCode = 0 }) => resolve(statusCode))
    socket.once('error', reject)
  })
}

test('authorize sees the certificate of a client that the server has verified', async () => {
  const device = await pair()
  const url = await start(device.cert, true)
  expect(await greeting(url, device)).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/)
})

test('a certificate that the server lets in without having verified it is none', async () => {
  const device = await pair()
  const url = await start(device.cert, false)
  expect(await greeting(url, await pair())).toBe(401)
  expect(await greeting(url, {})).toBe(401)
  expect(await greeting(url, device)).toMatch(/^[0-9A-F]{2}:/)
})

test('without TLS there is no certificate', async () => {
  const seen: unknown[] = []
  const endpoint = createEndpoint({
    authorize({ clientCertificate }) {
      seen.push(clientCertificate)
      return refuse(401)
    },
    session: echo(),
  })
  const server = attach(createPlainServer(), endpoint).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port')
  expect(await greeting(`ws://127.0.0.1:${address.port}/`, {})).toBe(401)
  expect(seen).toEqual([undefined])
})
