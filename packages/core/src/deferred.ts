/** A promise that is settled from outside. Nobody needs to be waiting when it rejects. */
export class Deferred<Value> {
  readonly promise: Promise<Value>
  resolve: (value: Value) => void = () => {}
  reject: (error: unknown) => void = () => {}

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve
      this.reject = reject
    })
    this.promise.catch(() => {})
  }
}
