import { clientNetwork } from '../address/address.ts'

/** Counts the connections of an endpoint, and the admitted requests that are not connections yet. */
export class Occupancy {
  readonly #maxTotal: number
  readonly #maxPerNetwork: number
  readonly #perNetwork = new Map<string, number>()
  #total = 0

  constructor(maxTotal: number, maxPerNetwork: number) {
    this.#maxTotal = maxTotal
    this.#maxPerNetwork = maxPerNetwork
  }

  /** Why no further connection from this address is possible, or `undefined` when one is. */
  fullFor(address: string): 'full' | 'address-limit' | undefined {
    if (this.#total >= this.#maxTotal) return 'full'
    if (!this.#countsNetworks) return undefined
    return this.#open(address) >= this.#maxPerNetwork ? 'address-limit' : undefined
  }

  /** The same for a place that counts for another address until now. */
  fullForMove(from: string, to: string): 'address-limit' | undefined {
    if (!this.#countsNetworks || clientNetwork(from) === clientNetwork(to)) return undefined
    return this.#open(to) >= this.#maxPerNetwork ? 'address-limit' : undefined
  }

  enter(address: string): void {
    this.#total++
    if (this.#countsNetworks) this.#add(clientNetwork(address), 1)
  }

  leave(address: string): void {
    this.#total--
    if (this.#countsNetworks) this.#add(clientNetwork(address), -1)
  }

  #open(address: string): number {
    return this.#perNetwork.get(clientNetwork(address)) ?? 0
  }

  get #countsNetworks(): boolean {
    return this.#maxPerNetwork !== Number.POSITIVE_INFINITY
  }

  #add(network: string, change: number): void {
    const count = (this.#perNetwork.get(network) ?? 0) + change
    if (count > 0) this.#perNetwork.set(network, count)
    else this.#perNetwork.delete(network)
  }
}
