import { createRequire } from 'node:module'
import { redisBackplane } from '@wirebeat/backplane-redis'
import * as redis from 'redis'
import { expect, test } from 'vitest'

const require = createRequire(import.meta.url)

test('the backplane is tried with the newest client, and with redis 5', async ({ task }) => {
  const newest = require('redis')
  const former = require('redis-5')
  expect(former.createClient).not.toBe(newest.createClient)
  const isNewest = task.file.projectName === 'the newest clients'
  expect(redis.createClient).toBe(isNewest ? newest.createClient : former.createClient)
  expect(redisBackplane().name).toBe('redis')
})
