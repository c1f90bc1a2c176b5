import { OptionError } from '@wirebeat/core'
import { checkObject, wrongValue } from '@wirebeat/core/extension'
import { Method } from './method.ts'

/** Methods by their names. */
// biome-ignore lint/suspicious/noExplicitAny: methods of all types are assignable to no other type
export type Methods = Readonly<Record<string, Method<any, any>>>

/** What a hub is, without anything that changes. `define` of {@link hubOf} makes one, and `createHub` runs it. */
export class HubDefinition<in out Client, in out Context, M extends Methods> {
  readonly methods: M
  /** Only a type: whom the hub calls, and what `authorize` returns. */
  declare readonly '~types': (client: Client, context: Context) => readonly [Client, Context]

  /** @throws OptionError for something that is no method, or two names that differ in case only. */
  constructor(methods: M) {
    checkObject('The argument of define', methods)
    const names = new Map<string, string>()
    for (const [name, method] of Object.entries(methods)) {
      if (!(method instanceof Method)) throw wrongValue(`methods.${name}`, method, 'a method(...)')
      const other = names.get(name.toLowerCase())
      if (other !== undefined) throw sameName(name, other)
      names.set(name.toLowerCase(), name)
    }
    this.methods = methods
  }
}

function sameName(name: string, other: string): OptionError {
  const option = `methods.${name}`
  const problem = `${option} must have another name than ${other}, without regard to case.`
  return new OptionError(option, `${problem} Clients may write a name in any case.`)
}
