import type { CancellationSignal } from '@wirebeat/core/extension'
import type { AnswerOf, ArgsOf, Asked, Told } from './client-methods.ts'
import type { Schema } from './schema.ts'

/** What became of a message to clients. A value, and never a promise: nobody has to wait for it. */
export interface Sent {
  /** How many connections of this server it was sent to. */
  readonly local: number
  /**
   * - `none`: it is for this server only, because there is no other one, or nobody else is meant.
   * - `handed-over`: it leaves for other servers.
   * - `down`: it reaches this server only, because the backplane is down, or too much waits for the broker.
   */
  readonly relay: 'none' | 'handed-over' | 'down'
  /**
   * Never rejects. To groups, users and all: resolves with whether the broker has taken it, as `confirmed` of topics. To
   * connections by their ids: with whether it was sent to each of them, `false` as soon as one of them is known nowhere.
   */
  confirmed(): Promise<boolean>
}

/** Any number of clients, which can be told something. */
export interface Many<Client> {
  /**
   * Calls a method of the clients, which give no answer.
   *
   * @throws SerializationError when an argument cannot be written. RangeError when it is too large for the backplane.
   * Nobody gets the message then.
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
   * could not answer or its answer does not fit; with a ClientResultError when the client is known nowhere or gone,
   * its server cannot be asked, or the time is up; and with the reason of the signal.
   * @throws OptionError for an option that is wrong or unknown. SerializationError when an argument cannot be
   * written. RangeError when it is too large for the backplane. All of them as rejections.
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
  /** One connection, on any server. Nothing happens where it is unknown. */
  connection(id: string): One<Client>
  /** Several connections, on any servers. One that is named twice gets the message once. */
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
   * Makes a connection of any server a member, until it ends. A name has 1 to 200 bytes of UTF-8, without control
   * characters.
   *
   * @returns a promise of whether it is a member: `false` when the connection is known nowhere or has ended.
   * @throws OptionError for a wrong name. HubError when the connection is in `maxGroups` already. AskError of topics
   * when it is not on this server, and another one could not be asked. All of them as rejections.
   */
  add(connection: string, group: string): Promise<boolean>
  /**
   * @returns a promise of whether it was a member.
   * @throws OptionError and AskError as `add`.
   */
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
