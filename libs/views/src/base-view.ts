import type { Embed, Embeds, ViewRelation } from './embed.ts';
import { column } from './key-template.ts';
import { Layout } from './layout.ts';
import { changeRulesOf } from './change-rules.ts';
import { Primary } from './primary.ts';
import { RawWrites } from './raw-writes.ts';
import type { AnyView } from './view.ts';

/**
 * The relations of a view, each with the hidden view of its parents. Every relation has base items of its own, named
 * after the build of its view: what one view embeds is changed without touching another one.
 * @param build the first word of the view's partition key
 */
export const relationsIn = (build: string, view: string, embeds: Embeds): readonly ViewRelation[] =>
  Object.entries(embeds).map(([name, one]) => {
    const id = `${build}.${view}.${name}`;
    return {
      name,
      on: one.on,
      base: baseView(build, `${view}.${name}`, one),
      relation: {
        id,
        name,
        attributes: [...Object.keys(one.attributes), ...Object.keys(one.embed)],
        shards: one.shards,
      },
    };
  });

/** Rows of a table, as much of them as a relation embeds: eager, and nobody's to read or change. */
function baseView(build: string, name: string, { table, attributes, embed }: Embed): AnyView {
  const attributeNames = Object.keys(attributes);
  return {
    name,
    table,
    key: { pk: ['A', `${build}.${name}`, ...table.primaryKey.map((key) => column(key))], sk: ['BASE'] },
    attributes,
    attributeNames,
    computed: {},
    documentNames: attributeNames,
    where: undefined,
    layout: Layout.flat,
    mode: 'eager',
    ttlSeconds: undefined,
    primary: Primary.sql,
    changes: changeRulesOf(undefined),
    rawWrites: RawWrites.forbid,
    access: {},
    indexes: {},
    events: [],
    embed,
    relations: relationsIn(build, name, embed as Embeds),
    collect: {},
    isBase: true,
    moves: false,
  };
}
