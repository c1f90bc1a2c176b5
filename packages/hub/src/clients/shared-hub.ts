import { Answering } from './answering.ts'
import { Directory, type HubTopics } from './directory.ts'
import { HubQuestions } from './hub-questions.ts'
import { OtherServers } from './other-servers.ts'

/** By their topics and names. */
const running = new WeakMap<HubTopics, Map<string, SharedHub>>()

/** What the hubs of one name on the same topics have in common. */
export class SharedHub {
  readonly directory: Directory
  readonly others: OtherServers
  readonly #stop: () => void
  #hubs = 0

  /** For one more hub, until it calls {@link leave}. */
  static of(topics: HubTopics, name: string): SharedHub {
    const ofTopics = running.get(topics) ?? new Map<string, SharedHub>()
    running.set(topics, ofTopics)
    const shared = ofTopics.get(name) ?? new SharedHub(topics, name, () => ofTopics.delete(name))
    ofTopics.set(name, shared)
    shared.#hubs++
    return shared
  }

  private constructor(topics: HubTopics, name: string, over: () => void) {
    const operation = `hub:${name}`
    this.directory = new Directory(topics, name)
    this.others = new OtherServers(new HubQuestions(topics, operation))
    const answering = new Answering(this.directory)
    const stopAnswering = topics.answer(operation, (question) => answering.answer(question))
    this.#stop = () => {
      stopAnswering()
      over()
    }
  }

  /** The hub is closed. The last one answers other servers no more. */
  leave(): void {
    this.#hubs--
    if (this.#hubs === 0) this.#stop()
  }
}
