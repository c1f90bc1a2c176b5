import { execFileSync } from 'node:child_process'
import process from 'node:process'
import { onTestFinished } from 'vitest'

let count = 0
const left = new Set<string>()
// For a run that is broken off in the middle of a test.
process.on('exit', () => {
  for (const name of left) remove(name)
})

function remove(name: string): void {
  left.delete(name)
  run('ip', 'netns', 'del', name)
}

function run(command: string, ...args: readonly string[]): void {
  execFileSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'] })
}

/** A network namespace, which ends with the test, and whatever is plugged into it as well. */
export class Namespace {
  readonly name: string
  /** What is written before a command line, to run it in here. */
  readonly prefix: readonly [string, ...string[]]

  private constructor() {
    this.name = `wirebeat-${process.pid}-${++count}`
    this.prefix = ['ip', 'netns', 'exec', this.name]
  }

  static add(): Namespace {
    const namespace = new Namespace()
    const { name } = namespace
    run('ip', 'netns', 'add', name)
    left.add(name)
    onTestFinished(() => remove(name))
    namespace.ip('link', 'set', 'lo', 'up')
    return namespace
  }

  /** Runs `ip` in here. */
  ip(...args: readonly string[]): void {
    run('ip', '-n', this.name, ...args)
  }

  /** Loses this share of all packets that come in from other namespaces, at random. */
  loseIncoming(percent: number): void {
    const rules = [
      'add table inet faults',
      'add chain inet faults input { type filter hook input priority 0; }',
      `add rule inet faults input iifname != "lo" numgen random mod 100 < ${percent} drop`,
    ]
    run(...this.prefix, 'nft', rules.join('; '))
  }
}

/** A cable between two namespaces: a veth pair, with an address at each end. */
export class Cable {
  /** The address of each end. */
  readonly addresses: readonly [near: string, far: string]
  readonly #near: Namespace
  readonly #far: Namespace
  readonly #name: string

  private constructor(near: Namespace, far: Namespace, number: number) {
    this.#near = near
    this.#far = far
    this.#name = `cable${number}`
    this.addresses = [`10.77.${number}.1`, `10.77.${number}.2`]
  }

  /** @param number tells it from the other cables of the same namespaces, 0 to 255 */
  static plug(near: Namespace, far: Namespace, number = 0): Cable {
    const cable = new Cable(near, far, number)
    const name = cable.#name
    near.ip('link', 'add', name, 'type', 'veth', 'peer', 'name', name, 'netns', far.name)
    for (const [end, address] of [
      [near, cable.addresses[0]],
      [far, cable.addresses[1]],
    ] as const) {
      end.ip('address', 'add', `${address}/30`, 'dev', name)
      end.ip('link', 'set', name, 'up')
    }
    return cable
  }

  /**
   * From now on nothing gets through, and nobody is told.
   *
   * @param end where: there no new connection finds a route, at the other end its packets are lost
   */
  cut(end: 'near' | 'far' = 'far'): void {
    this.#set(end, 'down')
  }

  /** Joins what was cut at that end. */
  mend(end: 'near' | 'far' = 'far'): void {
    this.#set(end, 'up')
  }

  #set(end: 'near' | 'far', state: 'up' | 'down'): void {
    const namespace = end === 'near' ? this.#near : this.#far
    namespace.ip('link', 'set', this.#name, state)
  }
}
