/**
 * The most objects and arrays that stand in one another in a record, itself and its arguments included. It is that of
 * other readers of this protocol too, so no more are written.
 */
export const MAX_LEVELS = 64
