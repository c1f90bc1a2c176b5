import { checkFunction, wrongValue } from '@wirebeat/core/extension'
import { type Parameter, StreamOf } from './parameter.ts'
import { isSchema } from './schema.ts'

/** A method that clients can call. `method` of {@link hubOf} makes one. */
export class Method<
  Parameters extends readonly Parameter[] = readonly Parameter[],
  Result = unknown,
> {
  readonly parameters: Parameters
  /** The first argument is the call. */
  readonly handler: (...args: never) => Result

  /** @throws OptionError for a parameter that is none, or a handler that is no function. */
  constructor(parameters: Parameters, handler: (...args: never) => Result) {
    checkParameters(parameters)
    checkFunction('The second argument of method', handler)
    this.parameters = parameters
    this.handler = handler
  }
}

function checkParameters(parameters: readonly unknown[]): void {
  if (!Array.isArray(parameters)) {
    throw wrongValue('The first argument of method', parameters, 'a list of schemas')
  }
  parameters.forEach((parameter: unknown, index) => {
    if (isSchema(parameter) || parameter instanceof StreamOf) return
    const name = `The first argument of method[${index}]`
    throw wrongValue(name, parameter, 'a Standard Schema or streamOf(...)')
  })
}
