import type { Clock } from '@wirebeat/core'
import { Deferred } from '@wirebeat/core/extension'
import type { Backplane } from './backplane.ts'

/** How long after its last subscriber a channel is left, in milliseconds. Somebody may come back until then. */
const LATE = 1_000
/** After how many milliseconds a channel that the broker has refused is tried again. */
const RETRY = 5_000

type Phase = 'left' | 'joining' | 'joined' | 'leaving'

class Channel {
  readonly name: string
  phase: Phase = 'left'
  isWanted = false
  /** When it was wanted last. */
  wantedUntil = 0
  /** Whether the broker has refused it since it was wanted. */
  wasRefused = false
  /** Settled when the broker has confirmed or refused it, and the backplane is up. Made when somebody asks. */
  joined: Deferred<boolean> | undefined

  constructor(name: string) {
    this.name = name
  }

  settle(isJoined: boolean): void {
    this.joined?.resolve(isJoined)
    this.joined = undefined
  }
}

/** Is told of channels. */
export interface ChannelsListener {
  /** The broker has confirmed the channel. Called before promises of `joined` resolve. */
  channelJoined(name: string, wasRefused: boolean): void
  /** The channel was left, because it is not wanted any more, or because the broker has ended it. */
  channelLeft(name: string): void
}

/**
 * Keeps the subscriptions at the broker as they are wanted here. What is wanted in one turn is asked for in one call.
 * For one channel there is one call at a time. A channel is left late, so that a subscriber who comes and goes
 * costs the broker nothing.
 */
export class Channels {
  readonly #backplane: Backplane
  readonly #clock: Clock
  readonly #listener: ChannelsListener
  readonly #channels = new Map<string, Channel>()
  readonly #toJoin = new Set<Channel>()
  /** Those that nobody wants any more. */
  readonly #toLeave = new Set<Channel>()
  #isFlushing = false
  #cancelLeaving: (() => void) | undefined
  #cancelRetry: (() => void) | undefined
  #isUp = false
  #isClosed = false

  constructor(backplane: Backplane, clock: Clock, listener: ChannelsListener) {
    this.#backplane = backplane
    this.#clock = clock
    this.#listener = listener
  }

  /** How many channels the broker has confirmed. */
  get count(): number {
    let count = 0
    for (const { phase } of this.#channels.values()) if (phase === 'joined') count++
    return count
  }

  /** The channels that the broker has confirmed. */
  joinedNames(): string[] {
    const joined = [...this.#channels.values()].filter(({ phase }) => phase === 'joined')
    return joined.map(({ name }) => name)
  }

  want(name: string): void {
    if (this.#isClosed) return
    const channel = this.#channels.get(name) ?? new Channel(name)
    this.#channels.set(name, channel)
    channel.isWanted = true
    this.#toLeave.delete(channel)
    if (channel.phase === 'left') this.#join(channel)
  }

  unwant(name: string): void {
    const channel = this.#channels.get(name)
    if (channel === undefined) return
    channel.isWanted = false
    channel.wantedUntil = this.#clock.now()
    channel.wasRefused = false
    channel.settle(false)
    if (channel.phase === 'left') this.#forget(channel)
    if (channel.phase === 'joined') this.#leaveLater(channel)
  }

  /** Resolves with whether messages of a channel that is wanted arrive. Waits while it is down. Never rejects. */
  joined(name: string): Promise<boolean> {
    const channel = this.#channels.get(name)
    if (channel === undefined || !channel.isWanted) return Promise.resolve(false)
    if (channel.phase === 'joined' && this.#isUp) return Promise.resolve(true)
    if (channel.wasRefused) return Promise.resolve(false)
    channel.joined ??= new Deferred()
    return channel.joined.promise
  }

  /** The backplane can be used. Channels that were confirmed before are again. */
  up(): void {
    this.#isUp = true
    for (const channel of this.#channels.values()) {
      if (channel.phase === 'joined') channel.settle(true)
    }
    this.#retry()
    if (this.#toLeave.size > 0) this.#scheduleLeaving()
  }

  down(): void {
    this.#isUp = false
  }

  /** The broker has ended subscriptions. */
  refused(names: readonly string[]): void {
    for (const name of names) {
      const channel = this.#channels.get(name)
      if (channel?.phase !== 'joined') continue
      this.#toLeave.delete(channel)
      this.#listener.channelLeft(name)
      this.#notJoined(channel, true)
    }
  }

  close(): void {
    this.#isClosed = true
    this.#cancelLeaving?.()
    this.#cancelRetry?.()
    for (const channel of this.#channels.values()) channel.settle(false)
    this.#channels.clear()
    this.#toJoin.clear()
    this.#toLeave.clear()
  }

  #join(channel: Channel): void {
    this.#toJoin.add(channel)
    if (this.#isFlushing || !this.#isUp) return
    this.#isFlushing = true
    this.#clock.afterTurn(() => this.#flush())
  }

  #flush(): void {
    this.#isFlushing = false
    if (!this.#isUp) return
    const channels = [...this.#toJoin]
    this.#toJoin.clear()
    if (channels.length === 0) return
    for (const channel of channels) channel.phase = 'joining'
    void this.#subscribe(channels)
  }

  async #subscribe(channels: readonly Channel[]): Promise<void> {
    try {
      await this.#backplane.subscribe(channels.map(({ name }) => name))
    } catch {
      // One that the broker refuses must not keep the others away.
      if (channels.length > 1 && this.#isUp) {
        await Promise.all(channels.map((channel) => this.#subscribe([channel])))
      } else {
        // While the backplane is down, nobody has refused anything. It is tried again when it is up.
        for (const channel of channels) this.#notJoined(channel, this.#isUp)
      }
      return
    }
    for (const channel of channels) this.#confirmed(channel)
  }

  #confirmed(channel: Channel): void {
    if (this.#isClosed) return
    const { wasRefused } = channel
    channel.phase = 'joined'
    channel.wasRefused = false
    this.#listener.channelJoined(channel.name, wasRefused)
    if (this.#isUp) channel.settle(true)
    if (!channel.isWanted) this.#leaveLater(channel)
  }

  #notJoined(channel: Channel, isRefused: boolean): void {
    if (this.#isClosed) return
    channel.phase = 'left'
    if (!channel.isWanted) {
      this.#forget(channel)
      return
    }
    this.#toJoin.add(channel)
    if (!isRefused) return
    channel.wasRefused = true
    channel.settle(false)
    this.#cancelRetry ??= this.#clock.schedule(() => this.#retry(), RETRY)
  }

  #retry(): void {
    this.#cancelRetry?.()
    this.#cancelRetry = undefined
    this.#flush()
  }

  #leaveLater(channel: Channel): void {
    this.#toLeave.add(channel)
    this.#scheduleLeaving()
  }

  #scheduleLeaving(): void {
    this.#cancelLeaving ??= this.#clock.schedule(() => this.#leave(), LATE)
  }

  #leave(): void {
    this.#cancelLeaving = undefined
    if (!this.#isUp) return
    const due = this.#clock.now() - LATE
    const channels = [...this.#toLeave].filter(({ wantedUntil }) => wantedUntil <= due)
    for (const channel of channels) {
      channel.phase = 'leaving'
      this.#toLeave.delete(channel)
    }
    if (this.#toLeave.size > 0) this.#scheduleLeaving()
    if (channels.length === 0) return
    const names = channels.map(({ name }) => name)
    this.#backplane.unsubscribe(names).then(
      () => this.#left(channels),
      () => this.#notLeft(channels),
    )
  }

  #left(channels: readonly Channel[]): void {
    if (this.#isClosed) return
    for (const channel of channels) {
      channel.phase = 'left'
      this.#listener.channelLeft(channel.name)
      if (channel.isWanted) this.#join(channel)
      else this.#forget(channel)
    }
  }

  /** The broker may or may not send more. What comes for a channel that nobody wants is dropped. */
  #notLeft(channels: readonly Channel[]): void {
    if (this.#isClosed) return
    for (const channel of channels) {
      channel.phase = 'joined'
      if (this.#isUp) channel.settle(true)
      if (!channel.isWanted) this.#leaveLater(channel)
    }
  }

  #forget(channel: Channel): void {
    this.#toJoin.delete(channel)
    this.#channels.delete(channel.name)
  }
}
