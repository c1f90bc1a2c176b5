import type { Connection } from '@wirebeat/core'
import { type Asker, CallerClients } from '../clients/handles.ts'
import type { Recipient } from '../clients/recipient.ts'
import type { Caller, DisconnectOptions } from '../definition/call.ts'
import type { CallClients, OwnGroups } from '../definition/clients.ts'
import type { HubEnvironment } from './hub-environment.ts'

/** A connection, as those need it who act for its client. */
export interface CallerOwner extends Recipient {
  readonly hub: HubEnvironment
  readonly items: Map<string, unknown>
  disconnect(options?: DisconnectOptions): void
}

/** The client of a connection, as the application sees it. */
export class ConnectionCaller<Owner extends CallerOwner = CallerOwner>
  implements Caller<unknown, unknown>, Asker
{
  protected readonly owner: Owner

  constructor(owner: Owner) {
    this.owner = owner
  }

  get connectionId(): string {
    return this.owner.connection.id
  }

  get userId(): string | undefined {
    return this.owner.userId
  }

  get context(): unknown {
    return this.owner.connection.context
  }

  get connection(): Connection {
    return this.owner.connection
  }

  get items(): Map<string, unknown> {
    return this.owner.items
  }

  get clients(): CallClients<unknown> {
    const { hub, connection } = this.owner
    const clients: unknown = new CallerClients(hub, this, connection.id)
    // Their methods take the names of any client.
    return clients as CallClients<unknown>
  }

  get groups(): OwnGroups {
    return new CallerGroups(this.owner)
  }

  disconnect(options?: DisconnectOptions): void {
    this.owner.disconnect(options)
  }

  wait(answer: Promise<unknown>): Promise<unknown> {
    return answer
  }
}

class CallerGroups implements OwnGroups {
  readonly #owner: CallerOwner

  constructor(owner: CallerOwner) {
    this.#owner = owner
  }

  async add(group: string): Promise<boolean> {
    return this.#owner.hub.directory.addToGroup(this.#owner.connection.id, group)
  }

  async remove(group: string): Promise<boolean> {
    return this.#owner.hub.directory.removeFromGroup(this.#owner.connection.id, group)
  }
}
