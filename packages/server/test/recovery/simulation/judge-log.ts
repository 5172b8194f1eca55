/** What is in the logs, and what publishers were told: I-3, I-13. */
import type { GhostEntry } from "./ghost.ts";
import type { Publish, Story, Violation } from "./story.ts";

export function judgeLog(story: Story): Violation[] {
  const violations = [...story.publishes.values()].flatMap((publish) => judgeOutcomes(story, publish));
  for (const entry of story.ghost.all) {
    const publish = story.publishes.get(entry.id);
    if (publish?.isRecorded !== true)
      violations.push({ rule: "I-13", text: `${entry.id} is stored, and should not be` });
    else violations.push(...judgeEntry(story, entry, publish));
  }
  return violations;
}

function judgeEntry({ publishes }: Story, entry: GhostEntry, publish: Publish): Violation[] {
  const violations: Violation[] = [];
  let isFirst = !publish.isRepeated;
  for (let at = entry.previous; at !== undefined; at = at.previous) {
    if (at.id === entry.id) violations.push({ rule: "I-13", text: `${entry.id} is in a log twice` });
    const other = publishes.get(at.id);
    if (!isFirst || other === undefined || other.isRepeated || other.sender !== publish.sender) continue;
    isFirst = false;
    if (other.number > publish.number) {
      violations.push({
        rule: "I-3",
        text: `${publish.sender} sent ${entry.id} before ${at.id}; the log has them reversed`,
      });
    }
  }
  return violations;
}

function judgeOutcomes({ ghost }: Story, { id, outcomes, waiting }: Publish): Violation[] {
  const violations: Violation[] = [];
  const broken = (text: string): void => void violations.push({ rule: "I-13", text: `${id}: ${text}` });
  for (const outcome of outcomes) {
    if (typeof outcome === "object" && ghost.at(outcome)?.entry?.id !== id) {
      broken(`its sender was told ${JSON.stringify(outcome)}, where it is not`);
    }
  }
  const isRefused = outcomes.length > 0 && outcomes.every((one) => one === "refused" || one === "too_large");
  if (isRefused && waiting === 0 && ghost.entriesOf(id).length > 0) broken("it was refused, and is stored");
  if (waiting > 0) violations.push({ rule: "I-12", text: `${id}: its sender was told nothing` });
  return violations;
}
