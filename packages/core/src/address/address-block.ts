import { type Address, parseAddress } from './address.ts'

/** Whether an address lies in a block. */
export type AddressBlock = (address: Address) => boolean

/**
 * Reads an address, or a block of them in CIDR notation (RFC 4632, section 3.1; RFC 4291, section 2.3).
 * A block of IPv4 may be written mapped into IPv6; no other block of IPv6 contains an IPv4 address.
 *
 * @returns `undefined` for other texts. Also for a block with bits set behind its prefix, which could mean
 * one host or the whole network.
 */
export function parseAddressBlock(text: string): AddressBlock | undefined {
  const [, start = '', length] = /^([^/%]+)(?:\/(0|[1-9]\d{0,2}))?$/.exec(text) ?? []
  const base = parseAddress(start)
  if (base === undefined) return undefined
  const bits = base.length * 16
  const isMapped = start.includes(':') && bits === 32
  const prefix = length === undefined ? bits : Number(length) - (isMapped ? 96 : 0)
  if (prefix < 0 || prefix > bits) return undefined
  const mask = base.map((_, i) => maskOf(prefix - 16 * i))
  const network = masked(base, mask)
  if (network.some((group, i) => group !== base[i])) return undefined
  return (address) =>
    address.length === base.length &&
    masked(address, mask).every((group, i) => group === network[i])
}

/** @param bits how many are left of the prefix, which may end before this group or behind it */
function maskOf(bits: number): number {
  const set = Math.min(Math.max(bits, 0), 16)
  return (0xffff << (16 - set)) & 0xffff
}

function masked(groups: Address, mask: readonly number[]): readonly number[] {
  return groups.map((group, i) => group & (mask[i] ?? 0))
}
