import { attach } from '@wirebeat/adapter-ws'
import { createEndpoint, echo } from '@wirebeat/core'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import { expect, test } from 'vitest'

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
