import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseAddress } from '../../src/address/address.ts'
import { parseAddressBlock } from '../../src/address/address-block.ts'

function contains(block: string, text: string): boolean {
  const address = parseAddress(text)
  const has = parseAddressBlock(block)
  if (address === undefined || has === undefined) throw new Error(`${block} or ${text} is none`)
  return has(address)
}

describe('a block of addresses', () => {
  test.each([
    ['192.0.2.1', '192.0.2.1', true],
    ['192.0.2.1', '192.0.2.2', false],
    ['10.0.0.0/8', '10.255.255.255', true],
    ['10.0.0.0/8', '11.0.0.0', false],
    ['172.16.0.0/12', '172.31.0.1', true],
    ['172.16.0.0/12', '172.32.0.1', false],
    ['192.0.2.128/25', '192.0.2.127', false],
    ['0.0.0.0/0', '203.0.113.9', true],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['10.0.0.0/8', '::ffff:10.1.2.3', true],
    ['::ffff:10.0.0.0/104', '10.1.2.3', true],
    ['::ffff:10.0.0.0/104', '11.1.2.3', false],
    ['::ffff:192.0.2.1', '192.0.2.1', true],
    ['::1', '::1', true],
    ['fc00::/7', 'fdff::1', true],
    ['fc00::/7', 'fe00::1', false],
    ['2001:db8::/33', '2001:db8:7fff::1', true],
    ['2001:db8::/33', '2001:db8:8000::1', false],
    ['::/0', '2001:db8::1', true],
    ['::/0', '192.0.2.1', false],
    ['::/0', '::ffff:192.0.2.1', false],
  ])('%s has %s in it: %s', (block, address, expected) => {
    expect(contains(block, address)).toBe(expected)
  })

  test.each([
    '',
    '/8',
    '10.0.0.0/',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/08',
    '10.0.0.0/8/8',
    '10.0.0.0/255.0.0.0',
    '10.0.0.1/8',
    '10.0.0/8',
    '010.0.0.1',
    '256.0.0.1',
    '2001:db8::1/32',
    '2001:db8::/129',
    '::ffff:10.0.0.0/95',
    '::ffff:0.0.0.0/95',
    'fe80::1%eth0',
    'localhost',
    ' 10.0.0.1',
  ])('is none: %j', (text) => {
    expect(parseAddressBlock(text)).toBeUndefined()
  })

  test('has those addresses in it that share its prefix, and no others', () => {
    const group = fc.nat(0xffff)
    const groups = fc.oneof(
      fc.array(group, { minLength: 2, maxLength: 2 }),
      fc.array(group, { minLength: 8, maxLength: 8 }),
    )
    const bitsOf = (address: readonly number[]): string =>
      address.map((one) => one.toString(2).padStart(16, '0')).join('')
    fc.assert(
      fc.property(groups, fc.nat(), fc.nat(), (address, length, flip) => {
        const bits = bitsOf(address)
        const prefix = length % (bits.length + 1)
        const network = bits.slice(0, prefix).padEnd(bits.length, '0')
        const at = flip % bits.length
        const changed = [...bits]
          .map((bit, i) => (i === at ? String(1 - Number(bit)) : bit))
          .join('')
        const fromBits = (text: string): string => {
          const all = (text.match(/.{16}/g) ?? []).map((one) => Number.parseInt(one, 2))
          if (all.length === 8) return all.map((one) => one.toString(16)).join(':')
          return all.flatMap((one) => [one >> 8, one & 255]).join('.')
        }
        fc.pre(parseAddress(fromBits(network))?.length === address.length)
        fc.pre(parseAddress(fromBits(changed))?.length === address.length)
        expect(contains(`${fromBits(network)}/${prefix}`, fromBits(changed))).toBe(at >= prefix)
      }),
    )
  })
})
