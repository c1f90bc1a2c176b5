import type * as SignalR from '@microsoft/signalr'
import type { HubClient } from '@wirebeat/hub'
import type { ChatDefinition, Joined, Person } from '../../src/chat.ts'
import type { EndpointSettings } from './endpoint-settings.ts'

// The page loads it as a script of its own.
declare const signalR: typeof SignalR

export type ChatState = 'disconnected' | 'connecting' | 'open' | 'waiting' | 'closing'

/** What a conversation tells the page. */
export interface ChatListener {
  /** The state is another one. */
  changed(): void
  /** The client is in the room, for the first time or again. */
  joined(joined: Joined): void
  came(person: Person, people: readonly Person[]): void
  went(person: Person, people: readonly Person[]): void
  said(person: Person, text: string): void
  /** The connection is gone, and the next one is tried. */
  lost(): void
  /** There is no connection, and nothing more is tried. */
  failed(problem: string): void
}

/** The longest time until the next attempt to connect again, in milliseconds. */
const LONGEST_DELAY = 5_000

/** The page's connection to the hub. It connects again by itself, and goes back to its room. */
export class ChatConversation {
  readonly #listener: ChatListener
  readonly #connection: SignalR.HubConnection
  readonly #client: HubClient<ChatDefinition>
  #seat: { readonly name: string; readonly room: string } = { name: '', room: '' }
  #state: ChatState = 'disconnected'
  /** Why the hub did not let the client join. The end of the connection, which follows, tells it. */
  #refusal: unknown

  /** @param settings those of the endpoint, by which both sides know when the other is gone */
  constructor(url: string, settings: EndpointSettings, listener: ChatListener) {
    this.#listener = listener
    const connection = new signalR.HubConnectionBuilder()
      .withUrl(url)
      .withAutomaticReconnect({ nextRetryDelayInMilliseconds: delay })
      .withServerTimeout(settings.clientTimeout)
      .withKeepAliveInterval(settings.clientTimeout / 2)
      .configureLogging(signalR.LogLevel.Error)
      .build()
    this.#connection = connection
    this.#client = connection
    this.#client.on('came', (person, people) => listener.came(person, people))
    this.#client.on('went', (person, people) => listener.went(person, people))
    this.#client.on('said', (person, text) => listener.said(person, text))
    connection.onreconnecting(() => {
      this.#change('waiting')
      listener.lost()
    })
    connection.onreconnected(() => this.#enter())
    connection.onclose((error) => this.#end(error ?? this.#refusal))
  }

  get state(): ChatState {
    return this.#state
  }

  /** Connects and joins a room. There must be no connection. */
  async join(name: string, room: string): Promise<void> {
    this.#seat = { name, room }
    this.#refusal = undefined
    this.#change('connecting')
    try {
      await this.#connection.start()
    } catch (error) {
      this.#end(error)
      return
    }
    await this.#enter()
  }

  /** @throws Error (the promise rejects) with the words of the server, when the message was not taken. */
  async say(text: string): Promise<void> {
    try {
      await this.#client.invoke('say', text)
    } catch (error) {
      throw new Error(words(error))
    }
  }

  async leave(): Promise<void> {
    if (this.#state === 'disconnected' || this.#state === 'closing') return
    this.#change('closing')
    await this.#connection.stop()
    this.#end(undefined)
  }

  async #enter(): Promise<void> {
    const { name, room } = this.#seat
    try {
      const joined = await this.#client.invoke('join', name, room)
      // Who leaves has not joined.
      if (this.#state === 'closing') return
      this.#listener.joined(joined)
      this.#change('open')
    } catch (error) {
      // A connection that was lost meanwhile is told of by its own events.
      if (this.#connection.state !== signalR.HubConnectionState.Connected) return
      this.#refusal = error
      await this.#connection.stop()
    }
  }

  /** The first call counts: a connection that is stopped tells its end as well. */
  #end(error: unknown): void {
    if (this.#state === 'disconnected') return
    const isWanted = this.#state === 'closing'
    this.#change('disconnected')
    if (!isWanted && error !== undefined) this.#listener.failed(words(error))
  }

  #change(state: ChatState): void {
    // Who leaves does not join any more.
    if (this.#state === 'closing' && state !== 'disconnected') return
    this.#state = state
    this.#listener.changed()
  }
}

/** At once, and then ever later, at another time than other clients. */
function delay({ previousRetryCount }: { readonly previousRetryCount: number }): number {
  return Math.min(previousRetryCount * 1_000, LONGEST_DELAY) * (0.5 + Math.random() / 2)
}

/** What the hub has written for people, or else what the client says. */
function words(error: unknown): string {
  const { message } = error instanceof Error ? error : new Error(String(error))
  return /HubException: (.*)$/s.exec(message)?.[1] ?? message
}
