import { useState } from "react";
import type { FormEvent } from "react";
import { api } from "../../api.ts";
import { Button } from "../../parts/button.tsx";
import { Field } from "../../parts/field.tsx";
import { useToast } from "../../parts/toasts.tsx";
import { useWorkspace } from "../../workspace/context.ts";

/** One sentence above everybody's page, until it is taken back or replaced. */
export function AnnouncementForm() {
  const { announcement, attempt } = useWorkspace();
  const toast = useToast();
  const [text, setText] = useState(announcement?.text ?? "");
  const [busy, setBusy] = useState(false);
  const send = async (sent: string | null) => {
    setBusy(true);
    const done = await attempt(() => api.announce(sent));
    setBusy(false);
    if (!done) return;
    if (sent === null) setText("");
    toast(sent === null ? "The announcement is gone." : "Everybody sees it now.", { kind: "success" });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void send(text.trim());
  };
  return (
    <form className="admin-form" onSubmit={submit}>
      <Field
        label="Announcement"
        hint="Shown above every page at once, that of visitors too."
        placeholder="Maintenance tonight at ten"
        maxLength={500}
        required
        value={text}
        onChange={(event) => setText(event.target.value)}
        testId="admin-announcement"
      />
      <div className="admin-buttons">
        <Button type="submit" look="primary" busy={busy} disabled={text.trim() === ""} data-testid="admin-announce">
          Announce
        </Button>
        {announcement !== null && (
          <Button busy={busy} data-testid="admin-unannounce" onClick={() => void send(null)}>
            Take it back
          </Button>
        )}
      </div>
    </form>
  );
}
