/**
 * The type of a class of the platform, if the program that uses this package has the types of the DOM, of Node
 * or of another runtime. Otherwise `Fallback`.
 */
export type Platform<Name extends string, Fallback> = typeof globalThis extends {
  [Key in Name]: { prototype: infer Type }
}
  ? Type
  : Fallback
