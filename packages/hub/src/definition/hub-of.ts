import type { Call, Filter } from './call.ts'
import { HubDefinition, type Methods } from './hub-definition.ts'
import { Method } from './method.ts'
import type { Parameter, ReceivedArgs } from './parameter.ts'

/** What the parts of a hub are made with, so that they know its types wherever they stand. */
export interface HubFactory<Client, Context> {
  /**
   * A method that clients can call.
   *
   * @param parameters a schema for each argument, or `streamOf(schema)` for a stream of the client. Arguments at the
   * end may be left out where their schemas take `undefined`
   * @param handler called with the call and the checked arguments. What it returns is the answer, and what an
   * `async function*` yields is a stream
   * @throws OptionError for a parameter that is none, or a handler that is no function.
   */
  method<const Parameters extends readonly Parameter[], Result>(
    parameters: Parameters,
    handler: (call: Call<Client, Context>, ...args: ReceivedArgs<Parameters>) => Result,
  ): Method<Parameters, Result>
  /** Code around calls, with the types of this hub. */
  filter(filter: Filter<Client, Context>): Filter<Client, Context>
  /**
   * The hub of these methods. Clients call them by their names, in any case. Only own members count.
   *
   * @throws OptionError for something that is no method, or two names that differ in case only.
   */
  define<M extends Methods>(methods: M): HubDefinition<Client, Context, M>
}

const FACTORY: HubFactory<unknown, unknown> = {
  method: (parameters, handler) => new Method(parameters, handler),
  filter: (filter) => filter,
  define: (methods) => new HubDefinition(methods),
}

/**
 * The beginning of a hub: says whom it calls, and who its clients are.
 *
 * @typeParam Client an interface of the methods that the clients have. Those that return something are asked with
 * `invoke`, the others are told with `send`
 * @typeParam Context what `authorize` of the endpoint returns
 */
export function hubOf<Client extends object, Context = unknown>(): HubFactory<Client, Context> {
  // The same for all: the types are known to the compiler only.
  return FACTORY as unknown as HubFactory<Client, Context>
}
