import { span } from './element.ts'
import { quantity } from './figure.ts'
import { isCut, type MessagePreview } from './message-preview.ts'

const PER_BLOCK = 8

/**
 * A hex dump of the first bytes in blocks of eight, each with its offset and its printable
 * ASCII. Blocks are elements of their own so that one or two fit on a line, as the width allows.
 */
export function renderBytes(message: Extract<MessagePreview, { type: 'binary' }>): Node[] {
  const { bytes, length } = message
  const size = span('remark', `binary, ${quantity(length, 'byte')}`)
  if (length === 0) return [size]

  const dump = document.createElement('div')
  dump.className = 'bytes'
  for (let offset = 0; offset < bytes.length; offset += PER_BLOCK) {
    dump.append(renderBlock(bytes.subarray(offset, offset + PER_BLOCK), offset))
  }
  if (!isCut(message)) return [size, dump]
  const rest = `… ${quantity(length, 'byte')} in all, the first ${bytes.length} shown`
  return [size, dump, span('remark', rest)]
}

function renderBlock(bytes: Uint8Array, offset: number): HTMLElement {
  const block = document.createElement('div')
  block.append(
    part('bytes-offset', offset.toString(16).padStart(4, '0')),
    part('bytes-hex', hex(bytes).padEnd(PER_BLOCK * 3 - 1)),
    part('bytes-ascii', ascii(bytes)),
  )
  return block
}

function part(name: string, text: string): HTMLElement {
  const made = span(name, text)
  // Read aloud, a dump is long enough with the values alone.
  if (name !== 'bytes-hex') made.setAttribute('aria-hidden', 'true')
  return made
}

/** "48 65 6c". */
export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ')
}

function ascii(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) =>
    byte >= 0x20 && byte <= 0x7e ? String.fromCharCode(byte) : '·',
  ).join('')
}
