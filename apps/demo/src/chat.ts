import type { TransportKind } from '@wirebeat/core'
import { createHub, type Filter, type Hub, HubError, hubOf } from '@wirebeat/hub'
import { z } from 'zod'
import { CHAT_LIMITS } from './chat-limits.ts'
import type { ConnectionNumbers } from './connection-numbers.ts'

/** Somebody in a room, with the number that the connection has on the terminal. */
export interface Person {
  readonly number: number
  readonly name: string
}

/** What the hub calls of its clients. */
export interface ChatClient {
  said(person: Person, text: string): void
  came(person: Person, people: readonly Person[]): void
  went(person: Person, people: readonly Person[]): void
}

/** What a client learns when it has joined a room. */
export interface Joined {
  /** The client's own. */
  readonly number: number
  readonly transport: TransportKind
  readonly people: readonly Person[]
}

/** The people of each room that is not empty, by the ids of their connections. */
class Rooms {
  readonly #people = new Map<string, Map<string, Person>>()
  readonly #roomOf = new Map<string, string>()

  /** @throws HubError for who is in a room already, and when it is full. */
  enter(room: string, connectionId: string, person: Person): void {
    if (this.#roomOf.has(connectionId)) throw new HubError('You are in a room already.')
    const people = this.#people.get(room) ?? new Map<string, Person>()
    if (people.size >= CHAT_LIMITS.peopleInRoom) {
      throw new HubError(`The room is full: ${CHAT_LIMITS.peopleInRoom} people are in it.`)
    }
    this.#people.set(room, people.set(connectionId, person))
    this.#roomOf.set(connectionId, room)
  }

  leave(connectionId: string): void {
    const room = this.#roomOf.get(connectionId) ?? ''
    const people = this.#people.get(room)
    people?.delete(connectionId)
    if (people?.size === 0) this.#people.delete(room)
    this.#roomOf.delete(connectionId)
  }

  /** Where somebody is, and who that is; `undefined` for who is in no room. */
  seatOf(connectionId: string): { readonly room: string; readonly person: Person } | undefined {
    const room = this.#roomOf.get(connectionId)
    if (room === undefined) return undefined
    const person = this.#people.get(room)?.get(connectionId)
    return person && { room, person }
  }

  peopleIn(room: string): readonly Person[] {
    return [...(this.#people.get(room)?.values() ?? [])]
  }
}

const { method, define } = hubOf<ChatClient>()

/** Without control characters, and without lone surrogates, which no group of a hub may have in its name. */
const label = z
  .string()
  .trim()
  .regex(/^[^\p{Cc}\p{Cs}]+$/u)

function defineChat(rooms: Rooms, numbers: ConnectionNumbers) {
  return define({
    join: method(
      [label.max(CHAT_LIMITS.name), label.max(CHAT_LIMITS.room)],
      async (call, name, room): Promise<Joined> => {
        const { connection, connectionId } = call
        const person = { number: numbers.of(connection), name }
        rooms.enter(room, connectionId, person)
        // False for a connection that has ended meanwhile.
        if (await call.groups.add(room)) {
          const others = call.clients.group(room, { except: connectionId })
          others.send('came', person, rooms.peopleIn(room))
        }
        const { transport } = connection
        return { number: person.number, transport, people: rooms.peopleIn(room) }
      },
    ),

    say: method([z.string().trim().min(1).max(CHAT_LIMITS.message)], (call, text) => {
      const seat = rooms.seatOf(call.connectionId)
      if (seat === undefined) throw new HubError('Join a room first.')
      call.clients.group(seat.room).send('said', seat.person, text)
    }),
  })
}

/** The definition of the chat, which types its clients. */
export type ChatDefinition = ReturnType<typeof defineChat>

/**
 * A chat with rooms. A connection is in one room, from its call of `join` until it ends.
 *
 * @param filters what sees every call
 */
export function createChat(
  numbers: ConnectionNumbers,
  filters: readonly Filter<ChatClient>[] = [],
): Hub<ChatClient, unknown> {
  const rooms = new Rooms()
  return createHub(defineChat(rooms, numbers), {
    filters,
    disconnected({ connectionId, clients }) {
      const seat = rooms.seatOf(connectionId)
      if (seat === undefined) return
      rooms.leave(connectionId)
      clients.group(seat.room).send('went', seat.person, rooms.peopleIn(seat.room))
    },
  })
}
