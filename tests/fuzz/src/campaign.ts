import type { AdapterName } from '@wirebeat/test-support/adapter-names'
import fc from 'fast-check'
import { FuzzTarget, INPUTS, type Kind, type Tally } from './fuzz-target.ts'
import { describeInput, type Input } from './input.ts'
import type { Complaint } from './ledger.ts'
import { minimise } from './minimise.ts'
import type { Memory } from './protocol.ts'
import { describeReplay } from './replay.ts'
import { Wire } from './wire.ts'

/** One kind of input for one adapter. */
export interface Plan {
  readonly kind: Kind
  readonly adapter: AdapterName
  readonly seed: number
  readonly inputs: number
  /** That batch alone. */
  readonly batch?: number
}

/** What has come of it. */
export interface Result {
  readonly inputs: number
  readonly seconds: number
  readonly tally: Tally
  /** Echoes that the bystander saw. */
  readonly echoes: number
  /** After the warm-up and at the end; nothing when there was too little to warm up. */
  readonly memory?: readonly [before: Memory, after: Memory]
  /** What was wrong once, and not again when the same was played alone; the server has survived it. */
  readonly unrepeated: readonly string[]
  /** What was wrong, in lines for people; nothing where all is well. */
  readonly failure?: string
}

const BATCH = 2_000
/** More complaints that cannot be repeated are a failure. */
const MOST_UNREPEATED = 20
/** Milliseconds for the search for the smallest input that fails as well. */
const SEARCH_TIME = 60_000
/** Milliseconds that a wait lasts once it is known that something fails again. */
const SEARCH_BOUND = 1_000

/**
 * Throws random inputs at a server of its own, and compares its memory at the end with that after the
 * first tenth.
 *
 * @param onProgress told after each batch of the inputs so far
 * @param onComplaint told at once of what is wrong; the search for its cause takes a while
 */
export async function runCampaign(
  plan: Plan,
  onProgress: (inputs: number) => void = () => {},
  onComplaint: (what: string) => void = () => {},
): Promise<Result> {
  const { kind, adapter, inputs: wanted, batch: only } = plan
  const start = performance.now()
  const tally: Tally = new Map()
  const unrepeated: string[] = []
  let target = await FuzzTarget.start(kind, adapter)
  let inputs = 0
  let warm = 0
  let echoes = 0
  let before: Memory | undefined
  const finish = (rest: Pick<Result, 'failure' | 'memory'>): Result => {
    const seconds = (performance.now() - start) / 1_000
    return { inputs, seconds, tally, unrepeated, echoes: echoes + target.echoes, ...rest }
  }
  try {
    const first = only ?? 0
    for (let batch = first; inputs < wanted && batch <= (only ?? batch); batch++) {
      const sample = sampleBatch(plan, batch, Math.min(BATCH, wanted - inputs))
      const complaint = await target.run(sample, tally)
      inputs += sample.length
      if (complaint !== undefined) {
        onComplaint(complaint.what)
        const { text, isRepeated } = await explain(plan, batch, sample, complaint)
        if (isRepeated || target.hasEnded || unrepeated.length === MOST_UNREPEATED) {
          return finish({ failure: text })
        }
        unrepeated.push(text)
        // What the other inputs of the batch have left is not known.
        echoes += target.echoes
        await target.stop()
        target = await FuzzTarget.start(kind, adapter)
        warm = inputs
        before = undefined
      }
      onProgress(inputs)
      if (inputs - warm >= (wanted - warm) / 10) before ??= await target.memory()
    }
    const complaint = await target.fill()
    if (complaint !== undefined) return finish({ failure: complaint.what })
    if (before === undefined) return finish({})
    const memory = [before, await target.memory()] as const
    const growth = excess(memory)
    return finish(growth === undefined ? { memory } : { memory, failure: growth })
  } finally {
    await target.stop()
  }
}

/** The inputs of a batch depend on nothing but the seed and its number. */
function sampleBatch({ kind, seed }: Plan, batch: number, count: number): Input[] {
  return fc.sample(INPUTS[kind], { seed: seed + batch, numRuns: count })
}

/** Bytes that memory may grow by in all, however many inputs there are. */
const MOST_HEAP = 8 * 2 ** 20
const MOST_RESIDENT = 64 * 2 ** 20

function excess([before, after]: readonly [Memory, Memory]): string | undefined {
  const heap = after.heap - before.heap
  if (heap > MOST_HEAP) return `the heap grew by ${heap} bytes`
  const resident = after.resident - before.resident
  return resident > MOST_RESIDENT ? `the process grew by ${resident} bytes` : undefined
}

async function explain(
  plan: Plan,
  batch: number,
  sample: readonly Input[],
  complaint: Complaint,
): Promise<{ readonly text: string; readonly isRepeated: boolean }> {
  const { kind, adapter, seed } = plan
  const patience = Wire.bound
  const search = await Search.start(plan)
  try {
    const { inputs, what } = await search.smallest(sample, complaint)
    const isAll = inputs.length === sample.length
    const lines = [
      `${kind} on ${adapter}: ${what ?? complaint.what}`,
      `Again: WIREBEAT_SEED=${describeReplay(seed, kind, adapter, batch)} npx -y pnpm@12 fuzz`,
      ...(what === undefined ? ['It did not happen again when the batch was played alone.'] : []),
      ...(isAll
        ? [`It needs the whole batch of ${inputs.length} inputs.`]
        : inputs.map(describeInput)),
    ]
    return { text: lines.join('\n'), isRepeated: what !== undefined }
  } finally {
    Wire.bound = patience
    await search.stop()
  }
}

/** Looks for the smallest input that fails, on servers of its own. */
class Search {
  readonly #plan: Plan
  readonly #deadline = performance.now() + SEARCH_TIME
  #target: FuzzTarget
  /** What was wrong the last time that something was. */
  #what: string | undefined

  private constructor(plan: Plan, target: FuzzTarget) {
    this.#plan = plan
    this.#target = target
  }

  static async start(plan: Plan): Promise<Search> {
    return new Search(plan, await FuzzTarget.start(plan.kind, plan.adapter))
  }

  stop(): Promise<void> {
    return this.#target.stop()
  }

  async smallest(
    sample: readonly Input[],
    { input, before = Buffer.alloc(0) }: Complaint,
  ): Promise<{ readonly inputs: readonly Input[]; readonly what: string | undefined }> {
    const suspects = input && [
      input,
      { ...input, bytes: Buffer.concat([before, input.bytes]), cuts: [] },
    ]
    for (const suspect of suspects ?? []) {
      if (await this.#fails([suspect])) {
        Wire.bound = SEARCH_BOUND
        return { inputs: [await this.#shortest(suspect)], what: this.#what }
      }
    }
    if (!(await this.#fails(sample))) {
      return { inputs: input === undefined ? sample : [input], what: undefined }
    }
    Wire.bound = SEARCH_BOUND
    const inputs = await this.#fewest(sample)
    const [single] = inputs
    const least = inputs.length === 1 && single ? [await this.#shortest(single)] : inputs
    return { inputs: least, what: this.#what }
  }

  #fewest(sample: readonly Input[]): Promise<readonly Input[]> {
    return minimise(
      sample,
      (candidate) => this.#fails(candidate),
      (a, b) => [...a, ...b],
      this.#deadline,
    )
  }

  async #shortest(input: Input): Promise<Input> {
    const whole = { ...input, cuts: [] }
    const base = input.cuts.length > 0 && (await this.#fails([whole])) ? whole : input
    const bytes = await minimise<Uint8Array>(
      base.bytes,
      (candidate) => this.#fails([{ ...base, bytes: Buffer.from(candidate) }]),
      (a, b) => Buffer.concat([a, b]),
      this.#deadline,
    )
    return { ...base, bytes: Buffer.from(bytes) }
  }

  async #fails(inputs: readonly Input[]): Promise<boolean> {
    const complaint = await this.#target.run(inputs)
    if (complaint === undefined) return false
    this.#what = complaint.what
    await this.#target.stop()
    this.#target = await FuzzTarget.start(this.#plan.kind, this.#plan.adapter)
    return true
  }
}
