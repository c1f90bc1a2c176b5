import type { StandardSchemaV1 } from '@standard-schema/spec'

/** A schema of any library that implements Standard Schema, such as Zod, Valibot and ArkType. */
// biome-ignore lint/suspicious/noExplicitAny: schemas of all types are assignable to no other type
export type Schema = StandardSchemaV1<any, any>

/** What a client passes for a schema. */
export type SchemaInput<S> = S extends StandardSchemaV1<infer Input, unknown> ? Input : never

/** What a method is handed for a schema. */
export type SchemaOutput<S> = S extends StandardSchemaV1<unknown, infer Output> ? Output : never

/** What a schema says is wrong with a value. */
export type Issue = StandardSchemaV1.Issue

/** Whether a value is a schema. Some libraries have functions for schemas. */
export function isSchema(value: unknown): value is Schema {
  const mayBe = (typeof value === 'object' && value !== null) || typeof value === 'function'
  if (!mayBe || !('~standard' in value)) return false
  const standard = value['~standard']
  return (
    typeof standard === 'object' &&
    standard !== null &&
    'validate' in standard &&
    typeof standard.validate === 'function'
  )
}
