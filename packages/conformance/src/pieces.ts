import { setImmediate as nextTurn } from 'node:timers/promises'

/** Bytes cut in two. */
export function cutAt(bytes: Uint8Array, place: number): readonly [Uint8Array, Uint8Array] {
  return [bytes.subarray(0, place), bytes.subarray(place)]
}

/** Bytes in pieces of a size; the last one may be smaller. */
export function* piecesOf(bytes: Uint8Array, size: number): Iterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

/** Sends the pieces so that each can leave, and arrive, by itself. */
export async function writeEach(
  client: { write(bytes: Uint8Array): void },
  pieces: Iterable<Uint8Array>,
): Promise<void> {
  for (const piece of pieces) {
    client.write(piece)
    await nextTurn()
  }
}
