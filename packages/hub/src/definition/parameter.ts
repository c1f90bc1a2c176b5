import { wrongValue } from '@wirebeat/core/extension'
import { isSchema, type Schema, type SchemaInput, type SchemaOutput } from './schema.ts'

/** A parameter that is a stream of the client. {@link streamOf} makes one. */
export class StreamOf<Item extends Schema = Schema> {
  /** The schema of each item. */
  readonly item: Item

  constructor(item: Item) {
    this.item = item
  }
}

/** What a method takes: values, and streams of values. */
export type Parameter = Schema | StreamOf

/**
 * A parameter that is a stream: the client sends any number of values, and the method reads them as an
 * `AsyncIterable`. Each is checked when it is read. After a value that does not fit, reading throws.
 *
 * @throws OptionError for something that is no schema.
 */
export function streamOf<Item extends Schema>(item: Item): StreamOf<Item> {
  if (!isSchema(item)) throw wrongValue('The argument of streamOf', item, 'a Standard Schema')
  return new StreamOf(item)
}

/** The parameters of a method, as it is handed them. */
export type ReceivedArgs<Parameters extends readonly Parameter[]> = {
  -readonly [Place in keyof Parameters]: Received<Parameters[Place]>
}

type Received<P> =
  P extends StreamOf<infer Item> ? AsyncIterable<SchemaOutput<Item>> : SchemaOutput<P>

/** A stream that a client sends, as much of the official client's `Subject` as one needs. */
export interface Subject<Item> {
  next(item: Item): void
  complete(): void
  error(error: unknown): void
}

/** The parameters of a method, as a client passes them. Those at the end that may be `undefined` may be left out. */
export type PassedArgs<Parameters extends readonly unknown[]> = Parameters extends readonly [
  ...infer Head,
  infer Last,
]
  ? undefined extends Passed<Last>
    ? [...PassedArgs<Head>, Passed<Last>?]
    : RequiredArgs<Parameters>
  : []

type RequiredArgs<Parameters extends readonly unknown[]> = {
  -readonly [Place in keyof Parameters]: Passed<Parameters[Place]>
}

type Passed<P> = P extends StreamOf<infer Item> ? Subject<SchemaInput<Item>> : SchemaInput<P>
