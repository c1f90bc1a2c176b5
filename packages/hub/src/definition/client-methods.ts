// A client's methods are the members of an interface. One that returns something is asked, the others are told.

/** What a function returns that returns nothing. */
export type Nothing = ReturnType<() => void>

/** The methods of a client that return nothing. */
export type Told<Client> = {
  [Name in keyof Client as Client[Name] extends (...args: never) => infer Result
    ? [Result] extends [Nothing]
      ? Name
      : never
    : never]: Client[Name]
}

/** The methods of a client that return an answer. */
export type Asked<Client> = {
  [Name in keyof Client as Client[Name] extends (...args: never) => infer Result
    ? [Result] extends [Nothing]
      ? never
      : Name
    : never]: Client[Name]
}

/** The arguments of a client's method. */
export type ArgsOf<Method> = Method extends (...args: infer Args) => unknown ? Args : never

/** What a client's method answers. */
export type AnswerOf<Method> = Method extends (...args: never) => infer Result
  ? Awaited<Result>
  : never
