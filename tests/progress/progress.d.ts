import type { WriteStream } from 'node:tty'

/** One line on the terminal about what takes long. Where the output is no terminal, nothing. */
export declare class Progress {
  /**
   * @param total all the work, in a unit of its own
   * @param options `stream`: standard error, unless another is given; `expected`: how many milliseconds it may take, if
   * that is known
   */
  constructor(
    total: number,
    options?: {
      readonly stream?: Pick<WriteStream, 'write' | 'isTTY' | 'columns'>
      readonly expected?: number
    },
  )
  /** Says what runs from now on, and how much of the work is done. */
  tell(what: string, done: number): void
  /** Writes a line that stays. */
  say(line: string): void
  /** Takes the line away until something is told again, for what others write. */
  clear(): void
  /** Takes the line away for good. */
  end(): void
}
