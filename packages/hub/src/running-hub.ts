import {
  checkFlag,
  checkInteger,
  checkNames,
  checkObject,
  MAX_TIMER,
  report,
  TurnBudget,
  wrongValue,
} from '@wirebeat/core/extension'
import { checkName } from './clients/group-name.ts'
import { HubClients, type HubReach } from './clients/handles.ts'
import { PendingAnswers } from './clients/pending-answers.ts'
import { SharedHub } from './clients/shared-hub.ts'
import type { CloseOptions, DisconnectOptions } from './definition/call.ts'
import type { Groups } from './definition/clients.ts'
import { HubDefinition } from './definition/hub-definition.ts'
import { MethodTable } from './definition/method-table.ts'
import { type HubOptions, resolveOptions } from './options.ts'
import { HubSession } from './session/hub-session.ts'

/** The implementation of a hub. */
export class RunningHub {
  readonly session: HubSession
  readonly clients: HubClients
  readonly groups: Groups
  readonly #reach: HubReach
  readonly #closeTopics: () => Promise<void>
  /** `undefined` once the hub is closed. */
  #shared: SharedHub | undefined

  constructor(definition: unknown, options: HubOptions) {
    if (!(definition instanceof HubDefinition)) {
      throw wrongValue(
        'The first argument of createHub',
        definition,
        'what define(...) has returned',
      )
    }
    const resolved = resolveOptions(options)
    const { name, topics, ownsTopics, encodings, clock, onError, userId } = resolved
    const shared = SharedHub.of(topics, name)
    const { directory, others } = shared
    this.#reach = { directory, others, encodings, clock }
    this.#shared = shared
    this.#closeTopics = () => (ownsTopics ? topics.close() : Promise.resolve())
    this.clients = new HubClients(this.#reach)
    this.groups = new HubGroups(this.#reach)
    this.session = new HubSession({
      ...resolved,
      methods: new MethodTable(definition.methods),
      directory,
      others,
      answers: new PendingAnswers(clock),
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
    const { directory, others } = this.#reach
    if (user !== undefined) {
      const here = directory.disconnectUser(user, { allowReconnect })
      return here + (await others.disconnectUser(user, { allowReconnect }))
    }
    const id = String(connection)
    const here = directory.disconnect([id], { allowReconnect })
    return here > 0 ? here : others.disconnect(id, { allowReconnect })
  }

  async close(options: CloseOptions = {}): Promise<void> {
    checkObject('The argument of close', options)
    checkNames(options, ['deadline'])
    const { deadline = 10_000 } = options
    checkInteger('deadline', deadline, 0, MAX_TIMER, 'milliseconds')
    await this.session.closeAll(deadline)
    this.#shared?.leave()
    this.#shared = undefined
    await this.#closeTopics()
  }
}

class HubGroups implements Groups {
  readonly #reach: HubReach

  constructor(reach: HubReach) {
    this.#reach = reach
  }

  async add(connection: string, group: string): Promise<boolean> {
    const { directory, others } = this.#reach
    const isHere = directory.addToGroup(connection, group)
    if (directory.find(connection) !== undefined) return isHere
    return others.changeGroup('add', connection, group)
  }

  async remove(connection: string, group: string): Promise<boolean> {
    const { directory, others } = this.#reach
    const isHere = directory.removeFromGroup(connection, group)
    if (directory.find(connection) !== undefined) return isHere
    return others.changeGroup('remove', connection, group)
  }

  count(group: string): number {
    return this.#reach.directory.count(group)
  }

  members(group: string): readonly string[] {
    return this.#reach.directory.members(group)
  }
}
