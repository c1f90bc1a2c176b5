/**
 * The type of an object of the platform, where the program that uses this package has one: from the
 * DOM, from Node or from another runtime. `Fallback` elsewhere, so that no such types are needed.
 */
export type Platform<Name extends string, Fallback> = typeof globalThis extends {
  [Key in Name]: { prototype: infer Type }
}
  ? Type
  : Fallback
