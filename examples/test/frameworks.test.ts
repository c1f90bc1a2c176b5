import { once } from 'node:events'
import { attach } from '@wirebeat/adapter-ws'
import { createEndpoint, echo } from '@wirebeat/core'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'

test.each([
  ['an Express application', express(), 'attach(createServer(app), endpoint)'],
  ['a Fastify instance', fastify(), 'attach(app.server, endpoint)'],
  [
    'a Hono application',
    new Hono(),
    'attach(createServer(getRequestListener(app.fetch)), endpoint)',
  ],
])('attach is given %s by mistake, and says what to write', (what, app, line) => {
  // As plain JavaScript can call it.
  const attachAnything = attach as (...args: unknown[]) => unknown
  expect(() => attachAnything(app, createEndpoint({ session: echo() }))).toThrow(
    `, got ${what}. Write ${line}.`,
  )
})

test.each(['before', 'after'])(
  'Fastify on localhost serves every address of it with an endpoint that was attached %s it listens',
  async (when) => {
    const app = fastify()
    const endpoint = createEndpoint({ path: '/ws', session: echo() })
    onTestFinished(async () => {
      await endpoint.close({ deadline: 0 })
      await app.close()
    })
    if (when === 'before') attach(app.server, endpoint)
    await app.listen({ host: 'localhost', port: 0 })
    if (when === 'after') attach(app.server, endpoint)
    for (const one of app.addresses()) {
      if (typeof one === 'string') throw new Error('the server listens on no address')
      const { address, family, port } = one
      const host = family === 'IPv6' ? `[${address}]` : address
      const socket = new WebSocket(`ws://${host}:${port}/ws`)
      await once(socket, 'open')
      socket.send('hello')
      const [message] = await once(socket, 'message')
      expect(String(message)).toBe('hello')
    }
  },
)
