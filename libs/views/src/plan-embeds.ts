import type { EmbedDescription, ViewDescription } from './describe.ts';
import { type Member, PlanEffect, type PlannedChange, changeOf, membersOf, sameJson } from './planned-change.ts';

/** What a view embeds otherwise than before. */
export const embedChanges = (before: ViewDescription, after: ViewDescription): readonly PlannedChange[] =>
  membersOf('embedded', before.embeds, after.embeds, after.name).map((member) => ofEmbed(member, before));

function ofEmbed(member: Member<EmbedDescription>, view: ViewDescription): PlannedChange {
  const { before, after } = member;
  const first = view.key.pk[0] ?? '';
  if (before === undefined) {
    const meaning =
      `Items show null there until rows of ${tablesOf(after).join(', ')} are loaded and the items filled anew, in this order, which the repair does. ` +
      `To show no null meanwhile, give the partition key another first word than "${first}".`;
    return changeOf(member, 'added', PlanEffect.refill, meaning);
  }
  if (after === undefined) {
    const meaning =
      'Items keep it, and readers of the SDK do not see it. Base items and references stay, and are no longer kept up to date: ' +
      'before it is embedded again by this name, give the partition key another first word.';
    return changeOf(member, 'removed', PlanEffect.leftovers, meaning);
  }
  const meaning = `Not in place, as ${reasonOf(before, after)}: give the partition key another first word than "${first}".`;
  return changeOf(member, 'changed', PlanEffect.rebuild, meaning);
}

const tablesOf = (embed: EmbedDescription | undefined): readonly string[] =>
  embed === undefined ? [] : [...new Set([...Object.values(embed.embeds).flatMap(tablesOf), embed.table])];

/** The first of what changed. */
function reasonOf(before: EmbedDescription, after: EmbedDescription): string {
  const changes = [
    ['source', 'versions of two sources cannot be compared'],
    ['table', 'base items stand for rows of another table'],
    ['primaryKey', 'base items stand for other rows'],
    ['on', 'references are those of other rows'],
    ['shards', 'references lie in other partitions, where rows that are embedded do not look for them'],
    ['attributes', 'base items hold what was embedded, and no change event brings the rest'],
  ] as const;
  const [, why] = changes.find(([name]) => !sameJson(before[name], after[name])) ?? [];
  return why ?? 'base items hold what the rows in between embedded, and no change event brings the rest';
}
