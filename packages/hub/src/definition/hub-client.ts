import type { Nothing } from './client-methods.ts'
import type { HubDefinition } from './hub-definition.ts'
import type { Method } from './method.ts'
import type { Parameter, PassedArgs } from './parameter.ts'

/** A value as it arrives at the other end, in JSON. */
export type Wire<Value> = Value extends Date | Uint8Array
  ? string
  : Value extends bigint | symbol | ((...args: never) => unknown)
    ? never
    : Value extends string | number | boolean | null
      ? Value
      : Value extends undefined | Nothing
        ? null
        : Value extends { toJSON(): infer Json }
          ? Json
          : Value extends ReadonlyMap<unknown, unknown> | ReadonlySet<unknown>
            ? Record<string, never>
            : Value extends readonly unknown[]
              ? { [Place in keyof Value]: Wire<Value[Place]> }
              : Value extends object
                ? { [Name in keyof Value]: WireMember<Value[Name]> }
                : unknown

/** A member that is `undefined` does not arrive. */
type WireMember<Value> = Value extends undefined ? undefined : Wire<Value>

type Streamed<Result> = Awaited<Result> extends AsyncIterable<infer Item> ? Item : never

/** The names of the methods that return streams. One that only throws returns none. */
type StreamNames<M> = {
  [Name in keyof M]: M[Name] extends Method<infer _, infer Result>
    ? [Result] extends [never]
      ? never
      : [Awaited<Result>] extends [AsyncIterable<unknown>]
        ? Name
        : never
    : never
}[keyof M] &
  string

type CallNames<M> = Exclude<keyof M & string, StreamNames<M>>

type ArgsFor<M> =
  M extends Method<infer Parameters extends readonly Parameter[], infer _>
    ? PassedArgs<Parameters>
    : never

type ResultFor<M> = M extends Method<infer _, infer Result> ? Wire<Awaited<Result>> : never

type ItemFor<M> = M extends Method<infer _, infer Result> ? Wire<Streamed<Result>> : never

/** What a client does with a stream of the hub. */
export interface StreamObserver<Item> {
  next(item: Item): void
  error(error: unknown): void
  complete(): void
}

/** What a client returns for a call of the hub. */
type AnswerFor<Result> = [Result] extends [Nothing] ? unknown : Result | Awaited<Result>

/**
 * The official client's `HubConnection` with the names and types of a hub, by `typeof` of its definition:
 *
 * ```ts
 * const client: HubClient<typeof chat> = new HubConnectionBuilder().withUrl(url).build()
 * ```
 */
export type HubClient<Definition> =
  Definition extends HubDefinition<infer Client, infer _, infer M>
    ? {
        invoke<Name extends CallNames<M>>(
          name: Name,
          ...args: ArgsFor<M[Name]>
        ): Promise<ResultFor<M[Name]>>
        send<Name extends CallNames<M>>(name: Name, ...args: ArgsFor<M[Name]>): Promise<void>
        stream<Name extends StreamNames<M>>(
          name: Name,
          ...args: ArgsFor<M[Name]>
        ): { subscribe(observer: StreamObserver<ItemFor<M[Name]>>): { dispose(): void } }
        on<Name extends keyof Client & string>(
          name: Name,
          handler: Client[Name] extends (...args: infer Args) => infer Result
            ? (...args: Args) => AnswerFor<Result>
            : never,
        ): void
        off(name: keyof Client & string): void
        start(): Promise<void>
        stop(): Promise<void>
      }
    : never
