import { UserRoundSearch } from "lucide-react";
import { useState } from "react";
import { Avatar } from "../parts/avatar.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { EmptyState } from "../parts/empty-state.tsx";
import { SkeletonList } from "../parts/skeleton.tsx";
import { sentenceOf } from "../refusal.ts";
import { useWorkspace } from "../workspace/context.ts";
import { Picker } from "./picker.tsx";
import type { PickerOption } from "./picker.tsx";
import { useAnswer } from "./use-answer.ts";

const PAUSE = 120;

/** Finds somebody to write to. */
export function PersonDialog({ onClose }: { readonly onClose: () => void }) {
  const { me, actions, attempt, openRoom } = useWorkspace();
  const [query, setQuery] = useState("");
  const { value, error, waiting } = useAnswer(() => actions.findUsers(query), query, query === "" ? 0 : PAUSE);
  const people = (value?.users ?? []).filter(({ id }) => id !== me.user.id);
  const options: PickerOption[] = people.map((user) => ({
    key: String(user.id),
    mark: <Avatar user={user} size={28} />,
    text: user.name,
    hint: `@${user.username}`,
    testId: `open-dm-${user.username}`,
    run: () =>
      void attempt(async () => {
        const room = await actions.openDirect(user.id);
        onClose();
        openRoom(room.id);
      }),
  }));
  const nobody = error === undefined ? "Try a part of a name or username." : sentenceOf(error);
  return (
    <Dialog bare title="New message" onClose={onClose} testId="person-dialog">
      <Picker
        label="Who do you want to write to?"
        placeholder="Who do you want to write to?"
        query={query}
        onQuery={setQuery}
        options={options}
        empty={
          waiting && value === undefined ? (
            <div className="picker-loading">
              <SkeletonList count={4} label="Looking for people" />
            </div>
          ) : (
            <EmptyState icon={UserRoundSearch} title="Nobody found">
              {nobody}
            </EmptyState>
          )
        }
        testId="find-user"
      />
    </Dialog>
  );
}
