import { clientNetwork } from '@wirebeat/core/extension'

/** Counts what was negotiated and is not open yet, by the network of the client. */
export class WaitingCount {
  readonly #most: number
  readonly #perNetwork = new Map<string, number>()

  constructor(most: number) {
    this.#most = most
  }

  /** Returns what to call, any number of times, when the wait is over. `undefined` when there are too many already. */
  enter(address: string): (() => void) | undefined {
    const network = clientNetwork(address)
    const count = this.#perNetwork.get(network) ?? 0
    if (count >= this.#most) return undefined
    this.#perNetwork.set(network, count + 1)
    let isOver = false
    return () => {
      if (isOver) return
      isOver = true
      const left = (this.#perNetwork.get(network) ?? 0) - 1
      if (left > 0) this.#perNetwork.set(network, left)
      else this.#perNetwork.delete(network)
    }
  }
}
