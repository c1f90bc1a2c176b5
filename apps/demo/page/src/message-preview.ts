const SHOWN_CHARACTERS = 2000
const SHOWN_BYTES = 64

/** What the log keeps of a message: its beginning, however long it is. */
export type MessagePreview =
  | { readonly type: 'text'; readonly text: string; readonly length: number }
  | { readonly type: 'binary'; readonly bytes: Uint8Array; readonly length: number }

/** The beginning of a message and its length, in characters or bytes. */
export function preview(data: string | ArrayBuffer): MessagePreview {
  if (typeof data === 'string') {
    return { type: 'text', text: beginning(data, SHOWN_CHARACTERS), length: characterCount(data) }
  }
  // A copy, so that the rest can go.
  const bytes = new Uint8Array(data.slice(0, SHOWN_BYTES))
  return { type: 'binary', bytes, length: data.byteLength }
}

/** Whether there is more than what is kept. */
export function isCut(shown: MessagePreview): boolean {
  return shown.type === 'text'
    ? shown.length > characterCount(shown.text)
    : shown.length > shown.bytes.length
}

/** The beginning of a text, at most `length` UTF-16 units, never half a surrogate pair. */
export function beginning(text: string, length: number): string {
  if (text.length <= length) return text
  const splitsPair = (text.codePointAt(length - 1) ?? 0) > 0xffff
  return text.slice(0, splitsPair ? length - 1 : length)
}

/** Code points, so that an emoji is not two. */
function characterCount(text: string): number {
  let count = 0
  for (let i = 0; i < text.length; i += (text.codePointAt(i) ?? 0) > 0xffff ? 2 : 1) count++
  return count
}
