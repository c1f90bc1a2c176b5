import assert from 'node:assert/strict'
import type { AllowedOrigins } from '@wirebeat/core'
import type { Capability } from '@wirebeat/core/adapter'
import { type Case, inGroup } from '../case.ts'
import { expectRefusal } from './handshake.ts'

interface Attempt {
  readonly allowed: AllowedOrigins
  readonly origin: string | readonly string[] | undefined
  readonly passes: boolean
  readonly host?: string
  readonly required?: boolean
  readonly needs?: readonly Capability[]
}

const CLIENT = 'https://client.example'
const PATTERN = ['https://*.example.com']

const attempts: Readonly<Record<string, Attempt>> = {
  'every origin passes with *': { allowed: '*', origin: CLIENT, passes: true },
  'null passes with *': { allowed: '*', origin: 'null', passes: true },
  'a listed origin passes': { allowed: [CLIENT], origin: CLIENT, passes: true },
  'an origin passes in whatever case it is sent': {
    allowed: [CLIENT],
    origin: 'HTTPS://Client.Example',
    passes: true,
  },
  'an origin passes with its default port': {
    allowed: [CLIENT],
    origin: `${CLIENT}:443`,
    passes: true,
  },
  'an entry may be written with case and default port': {
    allowed: ['HTTPS://Client.Example:443'],
    origin: CLIENT,
    passes: true,
  },
  'an origin that is not listed is refused': {
    allowed: [CLIENT],
    origin: 'https://elsewhere.example',
    passes: false,
  },
  'another scheme is another origin': {
    allowed: [CLIENT],
    origin: 'http://client.example',
    passes: false,
  },
  'another port is another origin': { allowed: [CLIENT], origin: `${CLIENT}:8443`, passes: false },
  'an empty list lets no origin pass': { allowed: [], origin: CLIENT, passes: false },
  'what is no origin is refused': { allowed: [CLIENT], origin: `${CLIENT}/`, passes: false },
  'an empty Origin header is refused': { allowed: [CLIENT], origin: '', passes: false },
  'two Origin headers are refused, even with *': {
    allowed: '*',
    origin: [CLIENT, CLIENT],
    passes: false,
  },
  'a page of a file passes where it is listed': {
    allowed: ['file://'],
    origin: 'file://',
    passes: true,
  },
  'a page of a file is refused where it is not listed': {
    allowed: [CLIENT],
    origin: 'file://',
    passes: false,
  },
  'a RegExp decides about a text that is no origin': {
    allowed: [/^app:$/],
    origin: 'app:',
    passes: true,
  },
  'a function decides about a text that is no origin, as it was sent': {
    allowed: [(origin) => origin === 'Shell'],
    origin: 'Shell',
    passes: true,
  },
  'two Origin headers are no text for a RegExp': {
    allowed: [/./],
    origin: ['app:', 'app:'],
    passes: false,
  },
  'null is refused where it is not listed': { allowed: [CLIENT], origin: 'null', passes: false },
  'null passes where it is listed': { allowed: ['null'], origin: 'null', passes: true },
  'a subdomain matches a pattern': {
    allowed: PATTERN,
    origin: 'https://a.example.com',
    passes: true,
  },
  'a deep subdomain matches a pattern': {
    allowed: PATTERN,
    origin: 'https://a.b.example.com',
    passes: true,
  },
  'the bare domain matches no pattern of its subdomains': {
    allowed: PATTERN,
    origin: 'https://example.com',
    passes: false,
  },
  'a lookalike domain matches no pattern': {
    allowed: PATTERN,
    origin: 'https://evilexample.com',
    passes: false,
  },
  'a domain that goes on matches no pattern': {
    allowed: PATTERN,
    origin: 'https://a.example.com.evil.example',
    passes: false,
  },
  'a subdomain over plain http matches no pattern of https': {
    allowed: PATTERN,
    origin: 'http://a.example.com',
    passes: false,
  },
  'a RegExp decides for': { allowed: [/^https:\/\/c/], origin: CLIENT, passes: true },
  'a RegExp decides against': { allowed: [/^https:\/\/d/], origin: CLIENT, passes: false },
  'a function decides for, from the form that browsers send': {
    allowed: [(origin) => origin === CLIENT],
    origin: `${CLIENT}:443`,
    passes: true,
  },
  'a function decides against': { allowed: [() => false], origin: CLIENT, passes: false },
  'a request without Origin passes': { allowed: [CLIENT], origin: undefined, passes: true },
  'a request without Origin is refused where one is required': {
    allowed: '*',
    origin: undefined,
    passes: false,
    required: true,
  },
  'same-origin: the host of the request passes': {
    allowed: 'same-origin',
    host: 'chat.example:8080',
    origin: 'http://chat.example:8080',
    passes: true,
    needs: ['http-1.1'],
  },
  'same-origin: case and default port do not matter': {
    allowed: 'same-origin',
    host: 'Chat.Example:80',
    origin: 'HTTP://chat.example',
    passes: true,
    needs: ['http-1.1'],
  },
  'same-origin: the host of the request passes, over TLS or behind a proxy that ends it': {
    allowed: 'same-origin',
    host: 'Chat.Example:8443',
    origin: 'HTTPS://chat.example:8443',
    passes: true,
  },
  'same-origin: another host is refused': {
    allowed: 'same-origin',
    host: 'chat.example',
    origin: 'http://evil.example',
    passes: false,
  },
  'same-origin: another port is refused': {
    allowed: 'same-origin',
    host: 'chat.example:8080',
    origin: 'http://chat.example',
    passes: false,
  },
  'same-origin: null is refused': {
    allowed: 'same-origin',
    host: 'chat.example',
    origin: 'null',
    passes: false,
  },
  'same-origin may stand in a list': {
    allowed: [CLIENT, 'same-origin'],
    host: 'chat.example',
    origin: 'https://chat.example',
    passes: true,
  },
}

/** The origin policy, through real sockets. */
export const originCases: readonly Case[] = inGroup(
  'origin',
  Object.entries(attempts).map(
    ([name, { allowed, origin, passes, host, required, needs = [] }]) => ({
      name,
      section: 'RFC 6455, section 10.2',
      needs,
      async run(harness) {
        const server = await harness.start({
          allowedOrigins: allowed,
          requireOrigin: required ?? false,
        })
        const request = {
          ...(origin !== undefined && { origin }),
          ...(host !== undefined && { headers: { Host: host } }),
        }
        if (passes) {
          await server.expectEcho(await server.open(request), 'hello')
        } else {
          expectRefusal(await server.request(request), 403)
          assert.equal((await server.told.refused.next()).reason, 'origin')
        }
      },
    }),
  ),
)
