export { type CallFilter, type MeasuredCall, measureCalls } from './measure-calls.ts'
export type { AnyRegistry, MetricsOptions } from './options.ts'
export { type CountedEndpoint, register } from './register.ts'
export { type CountedTopics, type CountedTopicsStats, registerTopics } from './register-topics.ts'
