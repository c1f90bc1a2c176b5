import { expect, test } from 'vitest'
import { checkListenOptions } from '../../src/endpoint/listening.ts'
import { OptionError } from '../../src/runtime/option-error.ts'

/** As plain JavaScript can call it. */
const check = (options: unknown): unknown => checkListenOptions(options as object, {})

test('what is left out of the options of listen has its default', () => {
  const tls = { cert: 'cert.pem', key: 'key.pem' }
  expect(check({})).toEqual({ host: 'localhost', port: 0 })
  expect(check({ port: undefined })).toEqual({ host: 'localhost', port: 0 })
  expect(check({ host: '::', port: 65_535, tls })).toEqual({ host: '::', port: 65_535, tls })
})

test.each([
  [5000, 'The second argument of listen must be an object of options, got 5,000.'],
  [null, 'The second argument of listen must be an object of options, got null.'],
  [{ port: -1 }, 'port must be a whole number from 0 to 65,535, got -1.'],
  [{ port: 1.5 }, 'port must be a whole number from 0 to 65,535, got 1.5.'],
  [{ port: 65_536 }, 'port must be a whole number from 0 to 65,535, got 65,536.'],
  [{ port: '5000' }, 'port must be a whole number from 0 to 65,535, got "5000".'],
  [{ host: 5 }, 'host must be a name or an address of this machine, got 5.'],
  [{ host: '' }, 'host must be a name or an address of this machine, got "".'],
  [{ tls: true }, 'tls must be an object of options, got true.'],
  [{ tls: { cert: 'a' } }, 'tls.key must be the path of a file in PEM format, got undefined.'],
  [{ tls: { key: 'a' } }, 'tls.cert must be the path of a file in PEM format, got undefined.'],
  [
    { tls: { cert: 'a', key: 'b', ca: 'c' } },
    'Unknown option "tls.ca". Known options are cert, key.',
  ],
  [{ configure: 5 }, 'configure must be a function, got 5.'],
  [{ prot: 5000 }, 'Unknown option "prot". Did you mean "port"?'],
  [{ path: '/ws' }, 'Unknown option "path". Known options are host, port, tls, configure.'],
])('the options %j of listen are refused', (options, message) => {
  expect(() => check(options)).toThrow(OptionError)
  expect(() => check(options)).toThrow(message)
})

test('tls is refused on an engine without it, with the reason', () => {
  const missing = { tls: { reason: 'It speaks no TLS.', upstream: 'server.c' } }
  const options = { tls: { cert: 'cert.pem', key: 'key.pem' } }
  expect(() => checkListenOptions(options, missing)).toThrow(OptionError)
  expect(() => checkListenOptions(options, missing)).toThrow(
    'tls must be left out on this engine, got an object. It speaks no TLS.',
  )
})
