import {
  checkFlag,
  checkNames,
  checkObject,
  TurnBudget,
  wrongValue,
} from '@wirebeat/core/extension'
import { Directory } from './clients/directory.ts'
import { checkName } from './clients/group-name.ts'
import { HubClients } from './clients/handles.ts'
import { PendingAnswers } from './clients/pending-answers.ts'
import type { DisconnectOptions } from './definition/call.ts'
import type { Groups } from './definition/clients.ts'
import { HubDefinition } from './definition/hub-definition.ts'
import { MethodTable } from './definition/method-table.ts'
import { type HubOptions, resolveOptions } from './options.ts'
import type { HubErrorSource } from './session/hub-environment.ts'
import { HubSession } from './session/hub-session.ts'

/** The implementation of a hub. */
export class RunningHub {
  readonly session: HubSession
  readonly clients: HubClients
  readonly groups: Groups
  readonly #directory: Directory
  readonly #release: () => Promise<void>

  constructor(definition: unknown, options: HubOptions) {
    if (!(definition instanceof HubDefinition)) {
      throw wrongValue(
        'The first argument of createHub',
        definition,
        'what define(...) has returned',
      )
    }
    const resolved = resolveOptions(options)
    const { name, topics, ownsTopics, encodings, limits, clock, onError, userId } = resolved
    const directory = new Directory(topics, encodings, name, limits.maxGroups)
    const answers = new PendingAnswers(clock)
    this.#directory = directory
    this.#release = () => (ownsTopics ? topics.close() : Promise.resolve())
    this.clients = new HubClients(directory, answers)
    this.groups = new HubGroups(directory)
    this.session = new HubSession({
      ...resolved,
      methods: new MethodTable(definition.methods),
      directory,
      answers,
      turnBudget: new TurnBudget(clock),
      userId: (context) => {
        const id = userId(context)
        if (id !== undefined) checkName('userId', id)
        return id
      },
      report: (error, source) => report(onError, error, source),
    })
  }

  async disconnect(
    target: { readonly user?: string; readonly connection?: string },
    options: DisconnectOptions = {},
  ): Promise<number> {
    checkObject('The first argument of disconnect', target)
    checkNames(target, ['user', 'connection'])
    checkObject('The second argument of disconnect', options)
    checkNames(options, ['allowReconnect'])
    const { allowReconnect = false } = options
    checkFlag('allowReconnect', allowReconnect)
    const { user, connection } = target
    if ((user === undefined) === (connection === undefined)) {
      throw wrongValue('The first argument of disconnect', target, 'a user or a connection')
    }
    const ids =
      user === undefined
        ? [String(connection)]
        : [...this.#directory.ofUser(user)].map((recipient) => recipient.connection.id)
    return this.session.disconnect(ids, allowReconnect)
  }

  async close(): Promise<void> {
    await this.session.closeAll()
    await this.#release()
  }
}

class HubGroups implements Groups {
  readonly #directory: Directory

  constructor(directory: Directory) {
    this.#directory = directory
  }

  async add(connection: string, group: string): Promise<boolean> {
    return this.#directory.addToGroup(connection, group)
  }

  async remove(connection: string, group: string): Promise<boolean> {
    return this.#directory.removeFromGroup(connection, group)
  }

  count(group: string): number {
    return this.#directory.count(group)
  }

  members(group: string): readonly string[] {
    return this.#directory.members(group)
  }
}

/** What the handler of errors throws itself is ignored, because the connection must still end in order. */
function report(
  onError: (error: unknown, source: HubErrorSource) => unknown,
  error: unknown,
  source: HubErrorSource,
): void {
  try {
    Promise.resolve(onError(error, source)).catch(() => {})
  } catch {
    // As above.
  }
}
