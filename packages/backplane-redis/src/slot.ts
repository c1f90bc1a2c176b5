/** How many slots a Redis Cluster has. */
export const SLOTS = 16_384

/**
 * The slot of a channel of ASCII without braces: its CRC-16 in the variant of XMODEM, as the specification of Redis
 * Cluster says.
 */
export function slotOf(name: string): number {
  let crc = 0
  for (let index = 0; index < name.length; index++) {
    crc = ((crc << 8) ^ (TABLE[(crc >> 8) ^ name.charCodeAt(index)] ?? 0)) & 0xff_ff
  }
  return crc % SLOTS
}

const TABLE = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x80_00 ? (crc << 1) ^ 0x10_21 : crc << 1
  return crc
})
