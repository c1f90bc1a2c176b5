import * as engine from 'uWebSockets.js'
import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { makeCertificate } from '@wirebeat/conformance/certificate'
import { createEndpoint, refuse } from '@wirebeat/core'
import { expect, onTestFinished, test } from 'vitest'
import { type ClientOptions, WebSocket } from 'ws'
import { attach } from '../src/attach.ts'

/** An app that lets in whose certificate it has verified, and greets them by it. */
async function start(ca?: string): Promise<string> {
  const { cert, key } = await makeCertificate()
  const app = engine.SSLApp({
    cert_file_name: cert,
    key_file_name: key,
    ...(ca !== undefined && { ca_file_name: ca }),
  })
  onTestFinished(() => void app.close())
  const endpoint = createEndpoint({
    authorize: ({ clientCertificate }) => clientCertificate?.fingerprint256 ?? refuse(401),
    session: { open: (connection) => connection.send(connection.context) },
  })
  attach(app, endpoint)
  return new Promise((resolve, reject) => {
    app.listen('127.0.0.1', 0, (socket) => {
      if (socket) resolve(`wss://127.0.0.1:${engine.us_socket_local_port(socket)}/`)
      else reject(new Error('the app cannot listen'))
    })
  })
}

/** The first message, or the status of the refusal. Rejects where TLS fails. */
async function greeting(url: string, options: ClientOptions): Promise<string | number> {
  const socket = new WebSocket(url, { rejectUnauthorized: false, ...options })
  onTestFinished(() => socket.terminate())
  return new Promise((resolve, reject) => {
    socket.once('message', (message) => resolve(String(message)))
    socket.once('unexpected-response', (_request, { statusCode = 0 }) => resolve(statusCode))
    socket.once('error', reject)
  })
}

test('authorize sees the certificate that the engine has verified, and no other', async () => {
  const files = await makeCertificate()
  const device = { cert: await readFile(files.cert), key: await readFile(files.key) }
  const url = await start(files.cert)
  expect(await greeting(url, device)).toBe(new X509Certificate(device.cert).fingerprint256)
  expect(await greeting(url, {})).toBe(401)
  const others = await makeCertificate()
  const other = { cert: await readFile(others.cert), key: await readFile(others.key) }
  await expect(greeting(url, other)).rejects.toThrow()
  // Without ca_file_name the engine asks for none.
  expect(await greeting(await start(), device)).toBe(401)
})
