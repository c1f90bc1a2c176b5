import { Condition } from '../condition.ts'
import type { Backplane, BackplaneListener } from './backplane.ts'
import type { BackplaneUnderTest } from './backplane-under-test.ts'

/** A backplane that was started, and what it has told. */
export class StartedBackplane implements BackplaneListener {
  readonly backplane: Backplane
  readonly arrived: { readonly channel: string; readonly payload: Uint8Array }[] = []
  readonly states: ('up' | 'down')[] = []
  readonly #changed = new Condition()

  constructor(backplane: Backplane) {
    this.backplane = backplane
  }

  message(channel: string, payload: Uint8Array): void {
    this.arrived.push({ channel, payload })
    this.#changed.notify()
  }

  state(state: 'up' | 'down'): void {
    this.states.push(state)
    this.#changed.notify()
  }

  lost(): void {}

  refused(): void {}

  /** What has arrived on a channel, as text, once there are so many. */
  async texts(channel: string, count: number): Promise<string[]> {
    const here = (): string[] =>
      this.arrived
        .filter((message) => message.channel === channel)
        .map(({ payload }) => Buffer.from(payload).toString())
    return this.#changed.until(
      () => (here().length >= count ? here() : undefined),
      () => `${count} messages on ${channel}, got ${JSON.stringify(here())}`,
      20_000,
    )
  }

  /** Waits until it has told so many states. */
  async told(count: number): Promise<readonly string[]> {
    return this.#changed.until(
      () => (this.states.length >= count ? this.states : undefined),
      () => `${count} states, got ${JSON.stringify(this.states)}`,
      20_000,
    )
  }

  publish(channel: string, ...texts: readonly string[]): Promise<void> {
    return this.backplane.publish(texts.map((text) => ({ channel, payload: bytesOf(text) })))
  }
}

/** What a case needs. It ends what the case has begun. */
export class BackplaneHarness {
  readonly under: BackplaneUnderTest
  readonly #started: StartedBackplane[] = []
  /** Other cases run on the same broker at the same time. */
  readonly #suffix = Math.random().toString(36).slice(2)

  constructor(under: BackplaneUnderTest) {
    this.under = under
  }

  /** A channel that no other case has. */
  channel(name = 'news'): string {
    return `${name}-${this.#suffix}`
  }

  async start(): Promise<StartedBackplane> {
    const started = new StartedBackplane(this.under.make())
    this.#started.push(started)
    await started.backplane.start(started)
    return started
  }

  async finish(): Promise<void> {
    await Promise.all(this.#started.map(({ backplane }) => backplane.close()))
  }
}

export function bytesOf(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text))
}
