import type { Methods } from './hub-definition.ts'
import type { Method } from './method.ts'
import { type Parameter, StreamOf } from './parameter.ts'

/** A method of a hub as it is run. */
export class HubMethod {
  /** The name as it is defined. */
  readonly name: string
  readonly parameters: readonly Parameter[]
  readonly handler: (...args: readonly unknown[]) => unknown
  /** How many of the parameters are streams. */
  readonly streams: number
  /** Whether the handler is a generator, so that it always returns a stream. */
  readonly isGenerator: boolean

  constructor(name: string, { parameters, handler }: Method) {
    this.name = name
    this.parameters = parameters
    // Its arguments are checked before it is called.
    this.handler = handler as (...args: readonly unknown[]) => unknown
    this.streams = parameters.filter((parameter) => parameter instanceof StreamOf).length
    this.isGenerator = GENERATORS.has(Object.prototype.toString.call(handler))
  }
}

const GENERATORS: ReadonlySet<string> = new Set([
  '[object AsyncGeneratorFunction]',
  '[object GeneratorFunction]',
])

/** The methods of a hub by name, without regard to case. */
export class MethodTable {
  readonly #methods = new Map<string, HubMethod>()

  constructor(methods: Methods) {
    for (const [name, method] of Object.entries(methods)) {
      const own = new HubMethod(name, method)
      this.#methods.set(name.toLowerCase(), own)
    }
    // Most clients write the name as it is defined.
    for (const own of [...this.#methods.values()]) this.#methods.set(own.name, own)
  }

  find(name: string): HubMethod | undefined {
    return this.#methods.get(name) ?? this.#methods.get(name.toLowerCase())
  }
}
