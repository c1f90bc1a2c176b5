import type { Duplex } from 'node:stream'

/** Bytes that a client may send before it is answered; what is more stays in the network. */
const EARLY_LIMIT = 64 * 1024

/**
 * The socket of a request that is not answered yet. It is read from all the time, because nothing else
 * tells that the client has gone away; what it reads is kept for the WebSocket.
 */
export class WaitingSocket {
  readonly #socket: Duplex
  readonly #onGone: () => void
  readonly #early: Buffer[]
  #earlySize: number

  /**
   * @param head what has been read already
   * @param onGone called once, should the client go away before {@link WaitingSocket.release}
   */
  constructor(socket: Duplex, head: Buffer, onGone: () => void) {
    this.#socket = socket
    this.#onGone = onGone
    this.#early = [head]
    this.#earlySize = head.length
    // A client that closes its side can neither send messages nor answer a close frame.
    socket.on('end', this.#destroy)
    socket.on('error', this.#destroy)
    socket.on('close', onGone)
    socket.on('data', this.#keep)
  }

  /** Leaves the socket to somebody else, who must listen to it at once, and returns what it read. */
  release(): Buffer {
    this.#socket.off('data', this.#keep)
    this.#socket.off('close', this.#onGone)
    this.#socket.off('error', this.#destroy)
    this.#socket.off('end', this.#destroy)
    this.#socket.resume()
    return Buffer.concat(this.#early)
  }

  readonly #keep = (chunk: Buffer): void => {
    this.#early.push(chunk)
    this.#earlySize += chunk.length
    if (this.#earlySize > EARLY_LIMIT) this.#socket.pause()
  }

  readonly #destroy = (): void => {
    this.#socket.destroy()
  }
}
