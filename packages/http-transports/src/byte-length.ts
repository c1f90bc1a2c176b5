/** The number of bytes of a text in UTF-8, where a lone surrogate is sent as U+FFFD. */
export function byteLength(text: string): number {
  let bytes = text.length
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    if (unit < 0x80) continue
    bytes += unit < 0x800 ? 1 : 2
    // Two units with four bytes, of which the second one is counted already.
    if (isHigh(unit) && isLow(text.charCodeAt(index + 1))) index++
  }
  return bytes
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000
}
