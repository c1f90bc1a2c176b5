import { isIPv4, isIPv6 } from 'node:net'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalAddress, clientNetwork } from '../../src/address/address.ts'

describe('canonicalAddress', () => {
  test.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:192.0.2.1', '192.0.2.1'],
    ['::ffff:c000:201', '192.0.2.1'],
    ['0000:0000:0000:0000:0000:ffff:c000:0201', '192.0.2.1'],
    ['::', '::'],
    ['::1', '::1'],
    ['0:0:0:0:0:0:0:0', '::'],
    ['0000:0000:0000:0000:0000:0000:0000:0001', '::1'],
    ['2001:DB8::A', '2001:db8::a'],
    ['2001:0db8:0000:0000:0000:0000:0000:0001', '2001:db8::1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['1:0:0:0:0:0:0:0', '1::'],
    ['10:0:0:10:100:0:0:0', '10:0:0:10:100::'],
    ['fe80::1%eth0', 'fe80::1'],
    ['64:ff9b::192.0.2.1', '64:ff9b::c000:201'],
    ['1::ffff:192.0.2.1', '1::ffff:c000:201'],
    ['', ''],
    ['/run/server.sock', '/run/server.sock'],
  ])('of %j is %j', (address, canonical) => {
    expect(canonicalAddress(address)).toBe(canonical)
  })

  test.each([
    ':',
    ':::',
    '1::2::3',
    '1:2:3:4::5:6:7:8::9',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7::8',
    '12345::',
    'g::',
    '::192.0.2',
    '::192.0.2.256',
    '::192.0.2.1.5',
    '::192.0.2.1:5',
    '::192..2.1',
    '::0x10.0.2.1',
    '192.0.2.1::',
    '192.0.2.1:8080',
  ])('hands back %j, which is no address', (text) => {
    expect(canonicalAddress(text)).toBe(text)
  })

  test('writes any IPv6 address as the URL standard does', () => {
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        const canonical = canonicalAddress(address)
        fc.pre(!isIPv4(canonical))
        expect(`[${canonical}]`).toBe(new URL(`http://[${address}]`).hostname)
      }),
      { numRuns: 1_000 },
    )
  })

  test('writes groups of many zeros as the URL standard does', () => {
    const groups = fc.array(fc.constantFrom('0', '0', '1', '10', 'a0'), {
      minLength: 8,
      maxLength: 8,
    })
    fc.assert(
      fc.property(groups, (parts) => {
        const address = parts.join(':')
        expect(`[${canonicalAddress(address)}]`).toBe(new URL(`http://[${address}]`).hostname)
      }),
      { numRuns: 1_000 },
    )
  })

  test('keeps IPv4, also where it came mapped into IPv6', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        expect(canonicalAddress(address)).toBe(address)
        expect(canonicalAddress(`::ffff:${address}`)).toBe(address)
        expect(canonicalAddress(`[${address}]`)).toBe(`[${address}]`)
      }),
    )
  })

  test('leaves alone what is canonical already', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV6(), fc.ipV4()), (address) => {
        const canonical = canonicalAddress(address)
        expect(canonicalAddress(canonical)).toBe(canonical)
      }),
    )
  })

  test('hands back what is no address', () => {
    const nearly = fc
      .array(fc.constantFrom(':', '::', '0', '1', 'ffff', '1.2.3.4', '.', 'g'), { maxLength: 10 })
      .map((parts) => parts.join(''))
    fc.assert(
      fc.property(nearly, (text) => {
        fc.pre(!isIPv6(text))
        expect(canonicalAddress(text)).toBe(text)
      }),
      { numRuns: 1_000 },
    )
  })
})

describe('clientNetwork', () => {
  test.each([
    ['192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8::/64'],
    ['::1', '::/64'],
    ['', ''],
  ])('of %j is %j', (address, network) => {
    expect(clientNetwork(address)).toBe(network)
  })

  test('is the same for two IPv6 addresses if their first 64 bits are', () => {
    const half = fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3), fc.nat(3))
    fc.assert(
      fc.property(half, half, half, half, (first, second, end, otherEnd) => {
        const [one, other] = [first, second].map((groups, index) =>
          canonicalAddress([...groups, ...(index === 0 ? end : otherEnd)].join(':')),
        )
        const isSame = clientNetwork(one ?? '') === clientNetwork(other ?? '')
        expect(isSame).toBe(first.join() === second.join())
      }),
    )
  })
})
