import type { CancellationSignal } from '@wirebeat/core/extension'
import type { AnswerOf, ArgsOf, Asked, Told } from './client-methods.ts'
import type { Schema } from './schema.ts'

/** What became of a message to clients. A value, and never a promise: nobody has to wait for it. */
export interface Sent {
  /** How many connections of this server it was sent to. */
  readonly local: number
}

/** Any number of clients, which can be told something. */
export interface Many<Client> {
  /**
   * Calls a method of the clients, which give no answer.
   *
   * @throws SerializationError when an argument cannot be written. Nobody gets the message then.
   */
  send<Name extends keyof Told<Client> & string>(name: Name, ...args: ArgsOf<Client[Name]>): Sent
}

/** Options of {@link One.invoke}. */
export interface InvokeOptions {
  /** How long the answer may take, in milliseconds, 1 to 2,147,483,647. */
  readonly timeout: number
  /** Ends the wait. */
  readonly signal?: CancellationSignal
  /** What the answer must be. Without it, whatever the client has sent is returned. */
  readonly answer?: Schema
}

/** One client, which can be told and asked. */
export interface One<Client> extends Many<Client> {
  /**
   * Calls a method of the client, and waits for its answer. While a method waits for an answer, it does not count
   * for `maxParallelCalls`, so that the client may call others before it answers.
   *
   * @returns a promise of the answer. It rejects with a HubError that has the client's own text, when the client
   * could not answer or its answer does not fit; with a ClientResultError when the client is unknown or gone, or the
   * time is up; and with the reason of the signal.
   * @throws OptionError for an option that is wrong or unknown. SerializationError when an argument cannot be
   * written.
   */
  invoke<Name extends keyof Asked<Client> & string>(
    name: Name,
    options: InvokeOptions,
    ...args: ArgsOf<Client[Name]>
  ): Promise<AnswerOf<Client[Name]>>
}

/** Who is left out, of clients that have something in common. */
export interface AudienceOptions {
  /** Ids of connections that are left out. Default: none. */
  readonly except?: string | Iterable<string>
}

/** The clients of a hub. */
export interface Clients<Client> {
  /** All of them. */
  readonly all: Many<Client>
  /** All but these connections. */
  allExcept(ids: string | Iterable<string>): Many<Client>
  /** One connection. Nothing happens where it is unknown. */
  connection(id: string): One<Client>
  /** Several connections. One that is named twice gets the message once. */
  connections(ids: Iterable<string>): Many<Client>
  /** The members of a group, or of several. Who is a member of two gets the message twice. */
  group(name: string | readonly string[], options?: AudienceOptions): Many<Client>
  /** All connections of a user, or of several. One who is named twice gets the message once. */
  user(id: string | readonly string[], options?: AudienceOptions): Many<Client>
}

/** The clients of a hub, seen from one of them. */
export interface CallClients<Client> extends Clients<Client> {
  /** The client that calls. */
  readonly caller: One<Client>
  /** All but the client that calls. */
  readonly others: Many<Client>
}

/** The groups of a hub: names under which connections can be told something. A group is there while it has members. */
export interface Groups {
  /**
   * Makes a connection a member, until it ends. A name has 1 to 200 bytes of UTF-8, without control characters.
   *
   * @returns a promise of whether it is a member: `false` when the connection is unknown or has ended.
   * @throws OptionError for a wrong name. HubError when the connection is in `maxGroups` already.
   */
  add(connection: string, group: string): Promise<boolean>
  /** @returns a promise of whether it was a member. */
  remove(connection: string, group: string): Promise<boolean>
  /** How many members a group has on this server. */
  count(group: string): number
  /** The ids of the members of a group on this server. */
  members(group: string): readonly string[]
}

/** The groups of the client that calls. */
export interface OwnGroups {
  /** As `add` of {@link Groups}. */
  add(group: string): Promise<boolean>
  /** As `remove` of {@link Groups}. */
  remove(group: string): Promise<boolean>
}
