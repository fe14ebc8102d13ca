/** A schema that also takes null: the way in which every answer says "there is none". No I/O: contracts load it. */
import { Type } from 'typebox';

export const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) =>
  Type.Union([schema, Type.Null()]);
