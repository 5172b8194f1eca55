import { Tabs } from "radix-ui";
import { useState } from "react";
import { Dialog, DialogBody } from "../parts/dialog.tsx";
import { useWorkspace } from "../workspace/context.ts";
import "./admin-dialog.css";
import { AnnouncementForm } from "./admin/announcement-form.tsx";
import { PeopleForm } from "./admin/people-form.tsx";
import { PermissionMatrix } from "./admin/permission-matrix.tsx";

const PAGES = [
  { value: "announcement", title: "Announcement", permissions: ["announce"], Page: AnnouncementForm },
  { value: "roles", title: "Roles", permissions: ["manage-roles"], Page: PermissionMatrix },
  { value: "people", title: "People", permissions: ["manage-roles", "ban-user"], Page: PeopleForm },
] as const;

/** What administrators do. Each sees the pages that they may use; the server asks again anyway. */
export function AdminDialog({ onClose }: { readonly onClose: () => void }) {
  const { me } = useWorkspace();
  const pages = PAGES.filter(({ permissions }) => permissions.some((one) => me.permissions.includes(one)));
  const [chosen, setChosen] = useState<string>(pages[0]?.value ?? "");
  // What was chosen may be taken away meanwhile.
  const shown = (pages.find(({ value }) => value === chosen) ?? pages[0])?.value ?? "";
  return (
    <Dialog size="large" title="Administration" onClose={onClose} testId="admin-dialog">
      <Tabs.Root className="admin" value={shown} onValueChange={setChosen}>
        <Tabs.List className="admin-tabs" aria-label="Administration">
          {pages.map(({ value, title }) => (
            <Tabs.Trigger className="admin-tab" key={value} value={value} data-testid={`admin-tab-${value}`}>
              {title}
            </Tabs.Trigger>
          ))}
        </Tabs.List>
        <DialogBody>
          {pages.length === 0 && <p>You may not administer anything any more.</p>}
          {pages.map(({ value, Page }) => (
            <Tabs.Content className="admin-page" key={value} value={value}>
              <Page />
            </Tabs.Content>
          ))}
        </DialogBody>
      </Tabs.Root>
    </Dialog>
  );
}
